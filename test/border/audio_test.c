/* Sinks of sound: who hears what and when, and the statuses. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "callbacks/audio_sink.h"
#include "ear.h"
#include "engine.h"

/* Initial, then Started before the first block, Stopped after the last one. */
static void statuses(void) {
    static ear ears[4];
    begin();
    for (unsigned mode = 0; mode < 3; mode++) {
        ears[mode] = (ear){0};
        listen_mode(&ears[mode], mode);
        check_statuses(&ears[mode], "0");
        CHECK_EQUAL(MLWebRTCAudioSinkSetSource(ears[mode].sink, source), MLResult_Ok);
    }
    /* One that wants blocks and no statuses, and one that wants nothing at all. */
    MLHandle deaf;
    MLWebRTCAudioSinkParams params = {.mode = 2, .user_context = &ears[3], .audio_sink_callback = on_data};
    ears[3] = (ear){0};
    CHECK_EQUAL(MLWebRTCAudioSinkCreateEx(&params, &ears[3].sink), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCAudioSinkCreate(&deaf), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(ears[3].sink, source), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(deaf, source), MLResult_Ok);
    CHECK_EQUAL(ears[0].status_count, 1);
    say_times(source, 1000, 3);
    for (unsigned mode = 0; mode < 3; mode++) {
        check_statuses(&ears[mode], "01");
    }
    for (unsigned at = 1; at < 4; at++) {
        AWAIT(ears[at].count == 3);
        CHECK_EQUAL(ears[at].channels, 2);
    }
    CHECK_EQUAL(ears[1].count_at[1], 0);
    CHECK_EQUAL(ears[0].count, 0); /* None: it is not told of the data */
    /* Detached, attached again without a word, and then data. */
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(ears[2].sink, ML_INVALID_HANDLE), MLResult_Ok);
    check_statuses(&ears[2], "013");
    CHECK_EQUAL(ears[2].count_at[2], ears[2].count);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(ears[2].sink, source), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(ears[2].sink, source), MLResult_Ok);
    CHECK(say_in(source, 2000, 1));
    check_statuses(&ears[2], "0131");
    /* The end of the source. */
    CHECK_EQUAL(MLWebRTCSourceDestroy(source), MLResult_Ok);
    CHECK(!say(source, 1));
    check_statuses(&ears[0], "013");
    check_statuses(&ears[1], "013");
    check_statuses(&ears[2], "01313");
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(ears[1].sink, source), MLResult_WebRTCMismatchingHandle);
    destroy(&ears[1]);
    end();
    check_statuses(&ears[0], "013");
    check_statuses(&ears[2], "01313");
}

/* Who may be attached to what; and what is refused changes nothing. */
static void sources(void) {
    static ear self;
    begin();
    MLHandle video, video_sink;
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &video), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCVideoSinkCreate(&video_sink), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCVideoSinkSetSource(video_sink, source), MLResult_WebRTCMismatchingHandle);
    listen_to(&self, source);
    CHECK(ml_source_watched(source) && !ml_source_watched(other));
    const MLHandle wrong[] = {0, video, video_sink, self.sink, source + (UINT64_C(1) << 40)};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, wrong[at]), MLResult_WebRTCMismatchingHandle);
        CHECK_EQUAL(MLWebRTCAudioSinkSetSource(wrong[at], source),
                    wrong[at] == self.sink ? MLResult_Ok : MLResult_WebRTCMismatchingHandle);
        CHECK_EQUAL(MLWebRTCAudioSinkSetCacheSize(wrong[at], 100),
                    wrong[at] == self.sink ? MLResult_Ok : MLResult_WebRTCMismatchingHandle);
    }
    say_times(source, 1, 2);
    AWAIT(self.count == 2);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, other), MLResult_Ok);
    CHECK(!ml_source_watched(source) && ml_source_watched(other));
    CHECK_EQUAL(MLWebRTCSourceDestroy(other), MLResult_Ok);
    /* What is left of the one that has ended is no obstacle. */
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, other), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, source), MLResult_Ok);
    CHECK(ml_source_watched(source));
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, ML_INVALID_HANDLE), MLResult_Ok);
    CHECK(!ml_source_watched(source));
    MLWebRTCAudioSinkParams params = {.mode = 3};
    MLHandle made = 5;
    CHECK_EQUAL(MLWebRTCAudioSinkCreateEx(&params, &made), MLResult_InvalidParam);
    CHECK(made == ML_INVALID_HANDLE);
    made = 5;
    CHECK_EQUAL(MLWebRTCAudioSinkCreateEx(NULL, &made), MLResult_InvalidParam);
    CHECK(made == ML_INVALID_HANDLE);
    CHECK_EQUAL(MLWebRTCAudioSinkCreateEx(&params, NULL), MLResult_InvalidParam);
    end();
}

/* From the host, through the engine, to sinks on both ends of a track. */
static MLHandle announced;

static void on_added(const MLWebRTCSource *added, uint32_t count, const char *const *ids, void *context) {
    (void)count, (void)ids, (void)context;
    CHECK_EQUAL(added->type, MLWebRTCSourceType_Audio);
    announced = added->handle;
}

static void through_the_engine(void) {
    static ear near, far;
    begin();
    MLHandle connection;
    MLWebRTCConnectionConfig config = {0};
    MLWebRTCConnectionEventCallbacks callbacks = {.on_track_added = on_added};
    CHECK_EQUAL(MLWebRTCConnectionCreate(&config, &callbacks, &connection), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCConnectionAddLocalSourceTrack(connection, source, 0, NULL), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    listen_to(&near, source);
    listen_to(&far, announced);
    int16_t samples[960];
    for (unsigned at = 0; at < 960; at++) {
        samples[at] = 5000;
    }
    MLAudioBuffer buffer = {samples, sizeof samples};
    MLAudioBufferFormat format = {2, 48000, 16, 16, 0, 0};
    CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(announced, &buffer, &format),
                MLResult_WebRTCMismatchingHandle);
    for (unsigned at = 1; at <= 5; at++) {
        CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, &format), MLResult_Ok);
        AWAIT(far.count == at);
        AWAIT(near.count == at);
    }
    CHECK(far.first[4] == 5000 && near.first[4] == 5000);
    /* Each side is silent for itself. */
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(announced, 0), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, &format), MLResult_Ok);
    AWAIT(far.count == 6);
    AWAIT(near.count == 6);
    CHECK(far.first[5] == 0 && near.first[5] == 5000);
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(announced, 1), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceSetEnabled(source, 0), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, &format), MLResult_Ok);
    AWAIT(far.count == 7);
    AWAIT(near.count == 7);
    CHECK(far.first[6] == 0 && near.first[6] == 0);
    CHECK_EQUAL(MLWebRTCConnectionDestroy(connection), MLResult_Ok);
    check_statuses(&far, "013");
    check_statuses(&near, "01");
    CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, &format), MLResult_Ok);
    AWAIT(near.count == 8);
    end();
}

/* Every 10 ms, and never faster than twice as fast, on one thread. */
static void schedule(void) {
    static ear self;
    begin();
    listen_to(&self, source);
    say_times(source, 7, 20);
    AWAIT(self.count == 20);
    for (unsigned at = 2; at < 20; at++) {
        /* Two of them, since the first one may have been late on its way. */
        CHECK(self.when_ns[at] - self.when_ns[at - 2] > 5 * MS);
    }
    CHECK(self.when_ns[19] - self.when_ns[0] >= 90 * MS);
    CHECK(!self.threads_differ);
    /* Of what comes while the host is busy, the newest is kept, and one more than one is caught up. */
    self.action = BLOCK;
    CHECK(say(source, 7));
    AWAIT(self.inside);
    self.action = STAY;
    say_times(source, 100, 300);
    say_times(source, 200, 20);
    self.release = true;
    AWAIT(self.count == 41);
    CHECK(self.first[20] == 7 && self.first[21] == 200 && self.first[40] == 200);
    end();
}

static void check_cached(uint32_t milliseconds, unsigned blocks) {
    static ear self;
    listen_to(&self, source);
    CHECK_EQUAL(MLWebRTCAudioSinkSetCacheSize(self.sink, milliseconds), MLResult_Ok);
    self.action = BLOCK;
    say_times(source, 1, 2);
    AWAIT(self.inside);
    self.action = STAY;
    say_times(source, 2, 400 - blocks);
    say_times(source, 3, blocks);
    self.release = true;
    AWAIT(self.count == 1 + blocks);
    for (unsigned at = 1; at <= blocks; at++) {
        CHECK_EQUAL(self.first[at], 3);
    }
    /* Smaller at once, and what is left is the newest. */
    self.release = self.inside = false;
    self.action = BLOCK;
    say_times(source, 4, 1);
    AWAIT(self.inside);
    self.action = STAY;
    say_times(source, 5, 50);
    say_times(source, 6, 1);
    CHECK_EQUAL(MLWebRTCAudioSinkSetCacheSize(self.sink, 10), MLResult_Ok);
    self.release = true;
    AWAIT(self.count == 3 + blocks);
    CHECK_EQUAL(self.first[2 + blocks], 6);
    destroy(&self);
}

static void cache(void) {
    begin();
    check_cached(200, 20);
    check_cached(0, 1);
    check_cached(9, 1);
    check_cached(50, 5);
    check_cached(3000, 300);
    static ear self;
    listen_to(&self, source);
    CHECK_EQUAL(MLWebRTCAudioSinkSetCacheSize(self.sink, UINT32_MAX), MLResult_Ok);
    self.action = BLOCK;
    say_times(source, 1, 2000);
    CHECK(ml_sounds_alive() <= 1001);
    self.action = STAY;
    self.release = true;
    destroy(&self);
    /* The smallest one still gives sound, though what comes is never early. */
    listen_to(&self, source);
    CHECK_EQUAL(MLWebRTCAudioSinkSetCacheSize(self.sink, 10), MLResult_Ok);
    for (unsigned at = 0; at < 400 && self.count < 10; at++) {
        say_times(source, 1, 1);
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
    CHECK(self.count >= 10);
    end();
}

/* Beginnings, ends and changes of the source are no leaps, whether a block waits for the end or not. */
static void no_clicks(void) {
    static ear self;
    enum { LOUD = 24000, STEP = 2 * LOUD / 240 };
    for (unsigned waiting = 0; waiting < 2; waiting++) {
        begin();
        listen_to(&self, source);
        for (unsigned turn = 0; turn < 6; turn++) {
            MLHandle from = turn % 2 == 0 ? source : other;
            MLHandle to = turn % 2 == 0 ? other : source;
            int16_t level = turn % 2 == 0 ? LOUD : -LOUD;
            say_times(from, level, 3);
            if (waiting == 0) {
                AWAIT(self.count == 4 * turn + 3);
            } else {
                AWAIT(self.count > 0 && self.last[self.count - 1] == level);
            }
            CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, turn == 3 ? ML_INVALID_HANDLE : to), MLResult_Ok);
            if (turn == 3) {
                CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, to), MLResult_Ok);
            }
            if (turn == 5) {
                unsigned now = self.count;
                AWAIT(self.count > now || self.last[now - 1] == 0);
            }
        }
        check_statuses(&self, "0131313131313");
        CHECK(self.largest_step > 0 && self.largest_step <= STEP);
        CHECK_EQUAL(self.last[self.count - 1], 0);
        end();
    }
}

int main(void) {
    engine_start();
    statuses();
    sources();
    through_the_engine();
    schedule();
    cache();
    no_clicks();
    printf("OK: sinks of sound\n");
    return 0;
}
