/* Tracks and pictures, as one thread sees them: what is announced, what reaches which sink, and who ends what. */
#include <setjmp.h>
#include <string.h>
#include <time.h>

#include "callbacks/connection.h"
#include "callbacks/source.h"
#include "callbacks/video_sink.h"
#include "check.h"
#include "engine.h"
#include "internal/picture/picture.h"
#include "ml_webrtc.h"

static MLHandle connection, source, sink;
static jmp_buf escape;

static struct {
    unsigned added, removed;
    MLHandle remote; /* announced last */
    MLHandle removed_handle;
    int32_t type;
    uint32_t streams;
    char stream_ids[4][16];
    enum { STAY, THROW, DESTROY_CONNECTION } action;
} seen;

static void act(void) {
    switch (seen.action) {
    case STAY:
        break;
    case THROW:
        longjmp(escape, 1);
    case DESTROY_CONNECTION:
        CHECK_EQUAL(MLWebRTCConnectionDestroy(connection), MLResult_Ok);
        break;
    }
}

static void on_added(const MLWebRTCSource *announced, uint32_t count, const char *const *ids, void *context) {
    CHECK(context == &seen && announced->version == 1);
    seen.added++;
    seen.remote = announced->handle;
    seen.type = announced->type;
    seen.streams = count;
    for (uint32_t at = 0; at < count && at < 4; at++) {
        snprintf(seen.stream_ids[at], sizeof seen.stream_ids[at], "%s", ids[at]);
    }
    act();
}

static void on_removed(MLHandle handle, void *context) {
    int32_t type = -1;
    CHECK(context == &seen);
    CHECK_EQUAL(MLWebRTCSourceGetType(handle, &type), MLResult_Ok);
    seen.removed++;
    seen.removed_handle = handle;
    act();
}

static void begin(void) {
    memset(&seen, 0, sizeof seen);
    MLWebRTCConnectionConfig config = {0};
    MLWebRTCConnectionEventCallbacks callbacks = {
        .context = &seen, .on_track_added = on_added, .on_track_removed = on_removed};
    CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCConnectionCreate(&config, &callbacks, &connection), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &source), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCVideoSinkCreate(&sink), MLResult_Ok);
}

static void end(void) {
    CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_Ok);
    CHECK_EQUAL(ml_connections_in_use(), 0);
    CHECK_EQUAL(ml_sources_in_use(), 0);
    CHECK_EQUAL(ml_video_sinks_in_use(), 0);
    CHECK_EQUAL(ml_frames_in_use(), 0);
    CHECK_EQUAL(ml_pictures_alive(), 0);
    CHECK_EQUAL(ml_events_alive(), 0);
}

static void add(MLHandle what, const char *id) {
    const char *const streams[] = {"one", "two"};
    MLWebRTCTrackInfo info = {.version = 1, .stream_count = 2, .streams = streams, .track_id = id};
    CHECK_EQUAL(MLWebRTCConnectionAddLocalSourceTrackEx(connection, what, &info), MLResult_Ok);
}

static void process(void) { CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok); }

static void push(uint64_t time_stamp) {
    static const uint8_t pixels[6] = {40, 50, 60, 70, 80, 90};
    MLWebRTCFramePlanes planes = {
        .plane_count = 3,
        .image_planes = {{2, 2, 2, 1, pixels, 4}, {1, 1, 1, 1, pixels + 4, 1}, {1, 1, 1, 1, pixels + 5, 1}}};
    MLWebRTCFrame frame = {.version = 2, .frame_data = &planes, .time_stamp = time_stamp};
    CHECK_EQUAL(MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, &frame), MLResult_Ok);
}

static bool waits(void) {
    MLWebRTCBool available = 0;
    CHECK_EQUAL(MLWebRTCVideoSinkIsNewFrameAvailable(sink, &available), MLResult_Ok);
    return available != 0;
}

/* The engine passes pictures on in its own time. */
static void await_frame(void) {
    while (!waits()) {
        nanosleep(&(struct timespec){0, 100000}, NULL);
    }
}

static uint64_t acquire(MLHandle *frame) {
    MLWebRTCFrame out = {.version = 2, .format = MLWebRTCOutputFormat_YUV_420_888};
    CHECK_EQUAL(MLWebRTCVideoSinkAcquireNextAvailableFrame(sink, frame), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCFrameGetData(*frame, &out), MLResult_Ok);
    return out.time_stamp;
}

static void check_track_id(MLHandle of, const char *should) {
    char *id = NULL;
    CHECK_EQUAL(MLWebRTCSourceGetTrackId(of, &id), MLResult_Ok);
    CHECK(strcmp(id, should) == 0);
    CHECK_EQUAL(MLWebRTCSourceReleaseTrackId(of, id), MLResult_Ok);
}

/* From the application's source, through the engine, to a sink on the peer's. */
static void through_the_engine(void) {
    begin();
    push(1); /* before anybody wants it */
    add(source, "name");
    process();
    CHECK_EQUAL(seen.added, 1);
    CHECK_EQUAL(seen.type, MLWebRTCSourceType_Video);
    CHECK_EQUAL(seen.streams, 2);
    CHECK(strcmp(seen.stream_ids[0], "one") == 0 && strcmp(seen.stream_ids[1], "two") == 0);
    check_track_id(seen.remote, "name");
    CHECK_EQUAL(MLWebRTCVideoSinkSetSource(sink, seen.remote), MLResult_Ok);
    MLHandle frame;
    for (uint64_t at = 2; at < 10; at++) {
        push(at);
        uint64_t shown = 0;
        while (shown != at) { /* the one from before the sink may come first */
            await_frame();
            shown = acquire(&frame);
        }
    }
    /* The source's own id, no streams. */
    MLHandle second;
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &second), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCConnectionAddLocalSourceTrack(connection, second, 0, NULL), MLResult_Ok);
    process();
    CHECK_EQUAL(seen.streams, 0);
    char *own = NULL;
    CHECK_EQUAL(MLWebRTCSourceGetTrackId(second, &own), MLResult_Ok);
    check_track_id(seen.remote, own);
    CHECK_EQUAL(MLWebRTCSourceReleaseTrackId(second, own), MLResult_Ok);
    end();
}

/* What a remote source can do, and what it can't. */
static void remote_sources(void) {
    begin();
    add(source, NULL);
    process();
    MLHandle remote = seen.remote;
    MLWebRTCBool enabled = 0;
    uint8_t pixels[4] = {0};
    MLWebRTCFramePlanes planes = {.plane_count = 1, .image_planes = {{1, 1, 4, 4, pixels, 4}}};
    MLWebRTCFrame frame = {.version = 2, .frame_data = &planes, .format = MLWebRTCOutputFormat_RGBA_8888};
    CHECK_EQUAL(MLWebRTCSourceDestroy(remote), MLResult_InvalidParam);
    CHECK_EQUAL(MLWebRTCSourceAppDefinedVideoSourcePushFrame(remote, &frame), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(MLWebRTCConnectionAddLocalSourceTrack(connection, remote, 0, NULL), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(MLWebRTCConnectionRemoveLocalSourceTrack(connection, remote), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(MLWebRTCSourceIsEnabled(remote, &enabled), MLResult_Ok);
    CHECK_EQUAL(enabled, 1);
    /* Disabled it shows one black picture, and then nothing, whatever comes. */
    CHECK_EQUAL(MLWebRTCVideoSinkSetSource(sink, remote), MLResult_Ok);
    CHECK(ml_source_watched(remote));
    push(100);
    await_frame();
    MLHandle shown, black;
    CHECK_EQUAL(acquire(&shown), 100);
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(remote, 0), MLResult_Ok);
    CHECK(waits());
    CHECK(acquire(&black) > 100);
    CHECK(ml_source_publish(remote, ml_picture_black(2, 2)));
    CHECK(!waits());
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(remote, 0), MLResult_Ok);
    CHECK(!waits());
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(remote, 1), MLResult_Ok);
    CHECK(!waits());
    push(300);
    await_frame();
    CHECK_EQUAL(acquire(&shown), 300);
    CHECK_EQUAL(MLWebRTCVideoSinkSetSource(sink, ML_INVALID_HANDLE), MLResult_Ok);
    CHECK(!ml_source_watched(remote));
    /* It is the connection's. */
    CHECK_EQUAL(MLWebRTCVideoSinkSetSource(sink, remote), MLResult_Ok);
    push(400);
    await_frame();
    CHECK_EQUAL(MLWebRTCConnectionDestroy(connection), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceIsEnabled(remote, &enabled), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(acquire(&shown), 400);
    CHECK_EQUAL(MLWebRTCVideoSinkSetSource(sink, remote), MLResult_WebRTCMismatchingHandle);
    end();
}

/* The handle is valid inside OnTrackRemoved, and then no more. */
static void removed(void) {
    begin();
    int32_t type;
    for (unsigned round = 0; round < 5; round++) {
        add(source, "again");
        process();
        MLHandle remote = seen.remote;
        CHECK_EQUAL(MLWebRTCVideoSinkSetSource(sink, remote), MLResult_Ok);
        CHECK_EQUAL(MLWebRTCConnectionRemoveLocalSourceTrack(connection, source), MLResult_Ok);
        CHECK_EQUAL(MLWebRTCSourceGetType(remote, &type), MLResult_Ok);
        process();
        CHECK_EQUAL(seen.removed, round + 1);
        CHECK(seen.removed_handle == remote);
        CHECK_EQUAL(MLWebRTCSourceGetType(remote, &type), MLResult_WebRTCMismatchingHandle);
        CHECK_EQUAL(MLWebRTCConnectionRemoveLocalSourceTrack(connection, source), MLResult_InvalidParam);
    }
    /* A source that is destroyed leaves its connections. */
    add(source, "last");
    process();
    CHECK_EQUAL(MLWebRTCSourceDestroy(source), MLResult_Ok);
    process();
    CHECK_EQUAL(seen.removed, 6);
    end();
}

/* What was posted and never fetched ends with the connection, or with the instance. */
static void never_fetched(void) {
    for (unsigned how = 0; how < 4; how++) {
        begin();
        add(source, "unseen");
        if (how % 2 == 1) {
            CHECK_EQUAL(MLWebRTCConnectionRemoveLocalSourceTrack(connection, source), MLResult_Ok);
        }
        push(1);
        if (how < 2) {
            CHECK_EQUAL(MLWebRTCConnectionDestroy(connection), MLResult_Ok);
            CHECK_EQUAL(ml_sources_in_use(), 1);
        }
        end();
        CHECK_EQUAL(seen.added + seen.removed, 0);
    }
}

__attribute__((noinline)) static void process_throwing(void) {
    if (setjmp(escape) == 0) {
        process();
        CHECK(!"a callback threw");
    }
}

/* As a managed exception does: what comes next is delivered, and the source of a removed track ends. */
static void thrown(void) {
    begin();
    int32_t type;
    add(source, "thrown");
    CHECK_EQUAL(MLWebRTCConnectionRemoveLocalSourceTrack(connection, source), MLResult_Ok);
    add(source, "next");
    seen.action = THROW;
    process_throwing();
    CHECK_EQUAL(seen.added, 1);
    MLHandle remote = seen.remote;
    process_throwing();
    CHECK_EQUAL(seen.removed, 1);
    process_throwing();
    CHECK_EQUAL(seen.added, 2);
    seen.action = STAY;
    process();
    CHECK_EQUAL(MLWebRTCSourceGetType(remote, &type), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(MLWebRTCSourceGetType(seen.remote, &type), MLResult_Ok);
    end();
}

static void destroyed_inside(void) {
    for (unsigned how = 0; how < 2; how++) {
        begin();
        add(source, "inside");
        if (how == 1) {
            process();
            CHECK_EQUAL(MLWebRTCConnectionRemoveLocalSourceTrack(connection, source), MLResult_Ok);
        }
        seen.action = DESTROY_CONNECTION;
        process();
        CHECK_EQUAL(seen.added + seen.removed, how + 1);
        end();
    }
}

/* What the engine takes: its time stamp, and whether it begins anew. */
static void check_taken(uint64_t time_stamp, bool key) {
    ml_picture *taken = ml_source_take(source);
    CHECK(taken != NULL);
    CHECK_EQUAL(taken->time_us, time_stamp);
    CHECK_EQUAL((taken->flags & ML_PICTURE_KEY) != 0, key);
    ml_picture_release(taken);
    CHECK(ml_source_take(source) == NULL);
}

/* Pictures while the engine wants them, the newest only, and where it begins anew. */
static void feed(void) {
    begin();
    CHECK(ml_source_take(source) == NULL);
    push(1);
    push(2);
    CHECK(ml_source_take(source) == NULL);
    CHECK(ml_source_feed(source, true));
    check_taken(2, false);
    CHECK(ml_source_feed(source, true));
    CHECK(ml_source_take(source) == NULL);
    for (uint64_t at = 3; at < 6; at++) {
        push(at);
    }
    check_taken(5, false);
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(source, 0), MLResult_Ok);
    ml_picture *black = ml_source_take(source);
    CHECK(black != NULL && black->time_us > 5 && (black->flags & ML_PICTURE_KEY) != 0 && black->y[0] == 16);
    ml_picture_release(black);
    push(6);
    CHECK(ml_source_take(source) == NULL);
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(source, 1), MLResult_Ok);
    push(7);
    check_taken(7, true);
    push(8);
    check_taken(8, false);
    /* The beginning is missed, and is the next one's. */
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(source, 0), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(source, 1), MLResult_Ok);
    push(9);
    push(10);
    check_taken(10, true);
    push(11);
    CHECK(ml_source_feed(source, false));
    CHECK(ml_source_take(source) == NULL);
    push(12);
    CHECK(ml_source_take(source) == NULL);
    CHECK(!ml_source_feed(source + 1, true));
    CHECK_EQUAL(MLWebRTCSourceDestroy(source), MLResult_Ok);
    CHECK(!ml_source_feed(source, true));
    CHECK(ml_source_take(source) == NULL);
    end();
}

int main(void) {
    engine_start();
    through_the_engine();
    remote_sources();
    removed();
    never_fetched();
    thrown();
    destroyed_inside();
    feed();
    printf("OK: tracks and pictures\n");
    return 0;
}
