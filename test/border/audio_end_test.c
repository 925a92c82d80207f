/* The end of sinks of sound, of their sources, of instances and of processes: nothing is heard after it. */
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "callbacks/audio_sink.h"
#include "callbacks/running.h"
#include "ear.h"
#include "engine.h"

/* Destroy from inside the callbacks, of the sink, of the source and of everything. */
static void destroyed_inside(void) {
    static ear self, beside;
    for (unsigned how = 0; how < 8; how++) {
        static const uint32_t in[] = {0, MLWebRTCAudioServiceStatus_Initial + 1,
                                      MLWebRTCAudioServiceStatus_Started + 1};
        begin();
        listen_to(&beside, source);
        self = (ear){.action = how < 3    ? DESTROY_SINK
                               : how < 6  ? DESTROY_INSTANCE
                               : how == 6 ? DESTROY_SOURCE
                                          : MOVE,
                     .on_status = how < 6 ? in[how % 3] : 0};
        uint32_t when = self.on_status;
        listen_mode(&self, MLWebRTCBufferNotifyMode_NotifyOnly);
        if (when == MLWebRTCAudioServiceStatus_Initial + 1) {
            AWAIT(self.ended);
        } else {
            CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self.sink, source), MLResult_Ok);
            for (unsigned at = 0; at < 10; at++) {
                say(source, 1);
            }
        }
        AWAIT(how < 6 ? self.ended : self.action == STAY);
        if (how < 3) {
            CHECK_EQUAL(MLWebRTCAudioSinkDestroy(self.sink), MLResult_WebRTCMismatchingHandle);
        } else if (how >= 6) {
            check_statuses(&self, "013");
        }
        if (how >= 3 && how < 6) {
            CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_WebRTCInstanceNotCreated);
            check_nothing_left();
        } else {
            end();
        }
    }
}

static void *release_soon(void *argument) {
    ear *self = argument;
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    self->release = true;
    return NULL;
}

/* Destroy waits for a callback on another thread, but not for ever. */
static void destroyed_elsewhere(void) {
    static ear self, next;
    for (unsigned instance = 0; instance < 2; instance++) {
        begin();
        listen_to(&self, source);
        self.action = BLOCK;
        say_times(source, 1, 5);
        AWAIT(self.inside);
        pthread_t helper;
        pthread_create(&helper, NULL, release_soon, &self);
        CHECK_EQUAL(instance != 0 ? MLWebRTCInstanceDestroy() : MLWebRTCAudioSinkDestroy(self.sink), MLResult_Ok);
        CHECK(self.release && !self.inside);
        self.ended = true;
        pthread_join(helper, NULL);
        if (instance == 0) {
            end();
        } else {
            check_nothing_left();
        }
    }
    /* One that does not come back in time: the sink's memory is used again meanwhile. */
    begin();
    listen_to(&self, source);
    self.action = BLOCK;
    say_times(source, 1, 5);
    AWAIT(self.inside);
    uint64_t before = ml_clock_ns();
    CHECK_EQUAL(MLWebRTCAudioSinkDestroy(self.sink), MLResult_Ok);
    CHECK(ml_clock_ns() - before >= ML_CALLBACK_PATIENCE_NS && self.inside);
    for (unsigned round = 0; round < 3; round++) {
        listen_to(&next, source);
        say_times(source, 2, 5);
        AWAIT(next.count == 5);
        self.release = self.release || round == 1;
        AWAIT(round < 1 || !self.inside);
        destroy(&next);
    }
    CHECK_EQUAL(self.count, 1);
    end();
}

/* A new instance over the living one: the old callbacks are gone, and not one of them is told of it. */
static void dropped(void) {
    static ear old[3];
    begin();
    for (unsigned at = 0; at < 3; at++) {
        listen_to(&old[at], source);
        check_statuses(&old[at], "0");
    }
    say_times(source, 1, 3);
    for (unsigned at = 0; at < 3; at++) {
        AWAIT(old[at].count == 3);
    }
    say_times(source, 1, 20);
    CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
    for (unsigned at = 0; at < 3; at++) {
        old[at].ended = true;
    }
    CHECK_EQUAL(ml_audio_sinks_in_use(), 0);
    for (unsigned at = 0; at < 3; at++) {
        check_statuses(&old[at], "01");
    }
    end();
}

/* Threads end when there is nothing to do, and come again. */
static void threads(void) {
    static ear ears[3];
    begin();
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned at = 0; at < 3; at++) {
            if (round == 0) {
                listen_to(&ears[at], source);
            }
        }
        say_times(source, 1, 2);
        for (unsigned at = 0; at < 3; at++) {
            AWAIT(ears[at].count == 2 * round + 2);
        }
        CHECK_EQUAL(ml_audio_threads_in_use(), 3);
        uint64_t before = ml_clock_ns();
        AWAIT(ml_audio_threads_in_use() == 0);
        CHECK(ml_clock_ns() - before >= 50 * MS);
    }
    end();
}

/* A host that ends without a Destroy, whose exit handlers destroy what its callbacks use. */
enum { EXIT_INSIDE, RETURN, RETURN_STUCK, WAYS };

static ear leaving;
static unsigned way;

static void forget_all(void) {
    CHECK(!leaving.inside || way != RETURN);
    leaving.ended = true;
}

static void on_leaving(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context) {
    CHECK(!leaving.ended);
    leaving.inside = true;
    on_data(buffer, format, context);
    if (leaving.count == 5 && way == EXIT_INSIDE) {
        exit(7);
    }
    nap();
    leaving.inside = false;
}

static void *say_on(void *argument) {
    (void)argument;
    for (;;) {
        say(source, 1);
        nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    return NULL;
}

static int leave(void) {
    engine_start();
    atexit(forget_all);
    begin();
    MLWebRTCAudioSinkParams params = {.mode = 2, .user_context = &leaving, .audio_sink_callback = on_leaving};
    leaving.action = way == RETURN_STUCK ? FOREVER : STAY;
    CHECK_EQUAL(MLWebRTCAudioSinkCreateEx(&params, &leaving.sink), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(leaving.sink, source), MLResult_Ok);
    pthread_t speaker;
    pthread_create(&speaker, NULL, say_on, NULL);
    AWAIT(way == RETURN_STUCK ? leaving.inside : leaving.count > 5);
    return 7;
}

static void exits(char *program) {
    for (unsigned how = 0; how < WAYS; how++) {
        char number[2] = {(char)('0' + how), 0};
        pid_t child = fork();
        if (child == 0) {
            execl(program, program, number, (char *)NULL);
            _exit(1);
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK_EQUAL(WEXITSTATUS(status), 7);
    }
}

int main(int argc, char **argv) {
    if (argc > 1) {
        way = (unsigned)(argv[1][0] - '0');
        return leave();
    }
    engine_start();
    destroyed_inside();
    destroyed_elsewhere();
    dropped();
    threads();
    exits(argv[0]);
    printf("OK: ends of sinks of sound\n");
    return 0;
}
