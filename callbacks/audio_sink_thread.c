/* The threads that invoke the callbacks of audio sinks. */
#include "callbacks/audio_sink_private.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "handles/handles.h"
#include "internal/sound/fade.h"
#include "internal/sound/samples.h"

#define NS_PER_MS UINT64_C(1000000)
#define PERIOD_NS (10 * NS_PER_MS)
/* How callbacks follow each other after the host has held the thread up. */
#define CATCH_UP_NS (5 * NS_PER_MS)
#define EARLY_NS NS_PER_MS
#define EARLY_PER_BLOCK (uint32_t)(PERIOD_NS / EARLY_NS)

/* Blocks that wait when the schedule begins; one alone is waited with for a period. */
#define BLOCKS_TO_BEGIN 2
/* It is looked this often (5 s) whether more wait than have to: one, while another is handed over. */
#define LOOKS 500
#define LEFT_FINE 1

/* A thread without anything to do ends after that: a managed host can't end while a foreign thread that ran its code is
 * alive, and hosts end without Destroy. */
#define LINGER_NS (100 * NS_PER_MS)

/* How long the end of the process waits for callbacks that run. */
#define EXIT_PATIENCE_NS (100 * NS_PER_MS)

/* What the host is shown stays for at least 100 ms, even when callbacks catch up. */
#define LENT_BUFFERS 24

typedef struct lent {
    int16_t *samples;
    uint32_t channels; /* that it has room for */
} lent;

struct ml_audio_thread {
    ml_pooled pooled;
    ml_audio_sink *sink;
    lent buffers[LENT_BUFFERS];
    unsigned at;
    int16_t last_frame[ML_SOUND_CHANNELS_MOST]; /* that was handed over */
    uint32_t last_channels;                     /* 0: none was */
};

static ml_pool threads;
static _Atomic bool silent;

static void prepare(void *object) { (void)object; }

__attribute__((constructor(102))) static void audio_threads_init(void) {
    ml_pool_init(&threads, sizeof(ml_audio_thread), prepare);
}

uint64_t ml_audio_threads_in_use(void) { return ml_pool_in_use(&threads); }

/* Threads inside callbacks, and whether this is one of them. */
static _Atomic unsigned inside;
static _Thread_local bool is_inside;

/* Without the sinks' locks: a collector may have stopped threads for good that hold them. */
static void fall_silent(void) {
    ml_mutex alone;
    ml_cond nothing;
    ml_mutex_init(&alone);
    ml_cond_init(&nothing);
    uint64_t deadline_ns = ml_clock_ns() + EXIT_PATIENCE_NS;
    atomic_store(&silent, true);
    ml_mutex_lock(&alone);
    while (atomic_load(&inside) > (is_inside ? 1 : 0) && ml_clock_ns() < deadline_ns) {
        ml_cond_wait_until(&nothing, &alone, ml_clock_ns() + NS_PER_MS);
    }
    ml_mutex_unlock(&alone);
}

/* What the host's callbacks use is destroyed by handlers of exit() as well: those that were registered before this one
 * run after it. */
static void note_exit(void) {
    static _Atomic bool noted;
    if (!atomic_exchange(&noted, true)) {
        ml_at_exit(fall_silent);
    }
}

/* Under the sink's lock: neither the process, nor the instance, nor the sink has ended. */
static bool may_call(const ml_audio_sink *sink) {
    return sink->handle != 0 && sink->epoch == ml_handles_epoch() && !atomic_load(&silent);
}

/* A callback that is to be invoked. */
typedef struct call {
    MLWebRTCOnAudioServiceStatus on_status; /* NULL: it is the other one */
    uint32_t status;
    MLWebRTCOnAudioSinkDataAvailable on_data;
    ml_sound *block; /* with its reference; NULL: none is left to end with */
    bool begins;
    bool ends;
    void *context;
} call;

/* Initial comes first; Started with the first block of a source; Stopped when that has ended. */
static bool status_to_tell(ml_audio_sink *sink, uint32_t *status) {
    if (!sink->initial_told) {
        sink->initial_told = true;
        *status = MLWebRTCAudioServiceStatus_Initial;
    } else if (sink->told_flow != 0 && sink->told_flow != sink->flow && !sink->ends) {
        sink->told_flow = 0;
        *status = MLWebRTCAudioServiceStatus_Stopped;
    } else if (sink->told_flow == 0 && sink->flow != 0) {
        sink->told_flow = sink->flow;
        *status = MLWebRTCAudioServiceStatus_Started;
    } else {
        return false;
    }
    return true;
}

/* When the next block is to be handed over; UINT64_MAX: when one comes. */
static uint64_t due(ml_audio_sink *sink, uint64_t now_ns) {
    ml_audio_schedule *schedule = &sink->schedule;
    if (sink->count == 0 && !sink->ends) {
        schedule->starved = schedule->begun;
        return UINT64_MAX;
    }
    if (!schedule->begun) {
        uint32_t enough = sink->most < BLOCKS_TO_BEGIN ? sink->most : BLOCKS_TO_BEGIN;
        if (sink->count < enough && now_ns < sink->first_came_ns + PERIOD_NS) {
            return sink->first_came_ns + PERIOD_NS;
        }
        schedule->begun = true;
        schedule->next_ns = now_ns;
        schedule->least = UINT32_MAX;
    }
    if (schedule->starved) {
        /* What came late is late: the schedule follows the one who produces. */
        schedule->next_ns = now_ns > schedule->next_ns ? now_ns : schedule->next_ns;
        schedule->starved = false;
    }
    uint64_t soonest = schedule->last_ns + CATCH_UP_NS;
    return schedule->next_ns > soonest ? schedule->next_ns : soonest;
}

/* After a callback. */
static void step(ml_audio_sink *sink, uint64_t now_ns) {
    ml_audio_schedule *schedule = &sink->schedule;
    /* Nothing is to be caught up for what was dropped meanwhile. */
    uint64_t dropped_ns = schedule->dropped * PERIOD_NS;
    uint64_t late_ns = now_ns > schedule->next_ns ? now_ns - schedule->next_ns : 0;
    schedule->next_ns += (dropped_ns < late_ns ? dropped_ns : late_ns) + PERIOD_NS;
    schedule->dropped = 0;
    schedule->last_ns = now_ns;
    if (schedule->early_yet > 0) {
        schedule->early_yet--;
        schedule->next_ns -= EARLY_NS;
    }
    schedule->least = sink->count < schedule->least ? sink->count : schedule->least;
    if (++schedule->looked == LOOKS) {
        if (schedule->least > LEFT_FINE) {
            schedule->early_yet = (schedule->least - LEFT_FINE) * EARLY_PER_BLOCK;
        }
        schedule->looked = 0;
        schedule->least = UINT32_MAX;
    }
}

/* What is due. */
static void take(ml_audio_sink *sink, call *next) {
    next->on_data = sink->on_data;
    next->ends = sink->ends;
    next->begins = sink->begins && !sink->ends;
    if (!sink->ends || sink->count_left > 0) {
        next->block = ml_audio_sink_take(sink);
    }
    if (!sink->ends) {
        sink->begins = false;
        sink->heard = true;
    }
    sink->ends = false;
}

/* Under the sink's lock, which it gives up while it waits: the next callback. False: the thread is to end. */
static bool next_call(ml_audio_thread *thread, call *next) {
    ml_audio_sink *sink = thread->sink;
    uint64_t idle_ns = ml_clock_ns() + LINGER_NS;
    while (sink->thread == thread && may_call(sink)) {
        *next = (call){.context = sink->context};
        if (sink->on_status != NULL && status_to_tell(sink, &next->status)) {
            next->on_status = sink->on_status;
            return true;
        }
        uint64_t now_ns = ml_clock_ns();
        uint64_t due_ns = due(sink, now_ns);
        if (due_ns <= now_ns) {
            take(sink, next);
            step(sink, now_ns);
            return true;
        }
        if (now_ns >= idle_ns && due_ns == UINT64_MAX) {
            return false;
        }
        sink->waits_for_block = due_ns == UINT64_MAX || !sink->schedule.begun;
        ml_cond_wait_until(&sink->work, &sink->lock, due_ns == UINT64_MAX ? idle_ns : due_ns);
        if (sink->thread == thread) { /* else it is another one's by now */
            sink->waits_for_block = false;
        }
    }
    return false;
}

/* Memory for a block, which is not used again for a while; NULL: none could be had. */
static int16_t *lend(ml_audio_thread *thread, uint32_t channels) {
    lent *buffer = &thread->buffers[thread->at];
    thread->at = (thread->at + 1) % LENT_BUFFERS;
    if (buffer->channels < channels) {
        free(buffer->samples);
        buffer->samples = malloc((size_t)channels * ML_SOUND_FRAMES * sizeof *buffer->samples);
        buffer->channels = buffer->samples == NULL ? 0 : channels;
    }
    return buffer->samples;
}

/* The frame that calls the host: it owns nothing, since it may never return. */
static void invoke(const call *next, const MLAudioBuffer *buffer, const MLAudioBufferFormat *format) {
    is_inside = true;
    atomic_fetch_add(&inside, 1);
    if (atomic_load(&silent)) {
        /* The process has ended after the last look. */
    } else if (next->on_status != NULL) {
        next->on_status(next->status, next->context);
    } else if (buffer->ptr != NULL) {
        next->on_data(buffer, format, next->context);
    }
    atomic_fetch_sub(&inside, 1);
    is_inside = false;
}

/* The block as the host gets it; NULL: there is none. */
static int16_t *render(ml_audio_thread *thread, const call *next, uint32_t channels) {
    int16_t *samples = channels == 0 ? NULL : lend(thread, channels);
    if (samples == NULL) {
        return NULL;
    }
    size_t count = (size_t)channels * ML_SOUND_FRAMES;
    if (next->block == NULL) {
        ml_fade_out_from(samples, thread->last_frame, channels);
    } else {
        ml_samples_to_s16(samples, next->block->samples, count);
        if (next->begins) {
            ml_fade_in(samples, channels);
        } else if (next->ends) {
            ml_fade_out(samples, channels);
        }
    }
    memcpy(thread->last_frame, samples + count - channels, channels * sizeof *samples);
    thread->last_channels = channels;
    return samples;
}

static void make(ml_audio_thread *thread, call *next) {
    MLAudioBuffer buffer = {0};
    MLAudioBufferFormat format = {0};
    if (next->on_status == NULL) {
        uint32_t channels = next->block != NULL ? next->block->channels : thread->last_channels;
        int16_t *samples = render(thread, next, channels);
        ml_sound_release(next->block);
        next->block = NULL;
        buffer = (MLAudioBuffer){samples, channels * ML_SOUND_FRAMES * (uint32_t)sizeof *samples};
        format = (MLAudioBufferFormat){.channel_count = channels,
                                       .samples_per_second = ML_SOUND_RATE,
                                       .bits_per_sample = 16,
                                       .valid_bits_per_sample = 16,
                                       .sample_format = MLAudioSampleFormat_Int,
                                       .channel_format = MLAudioChannelFormat_Default};
    }
    invoke(next, &buffer, &format);
}

static void serve(void *argument) {
    static _Atomic uint64_t last;
    ml_audio_thread *thread = argument;
    ml_audio_sink *sink = thread->sink;
    call next;
    ml_mutex_lock(&sink->lock);
    while (next_call(thread, &next)) {
        uint64_t number = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
        sink->running = number;
        sink->running_token = ml_thread_token();
        ml_mutex_unlock(&sink->lock);
        make(thread, &next);
        ml_mutex_lock(&sink->lock);
        if (sink->running == number) {
            sink->running = 0;
            ml_cond_broadcast(&sink->quiet);
        }
    }
    if (sink->thread == thread) {
        sink->thread = NULL;
        sink->heard = sink->ends = false;
        sink->schedule = (ml_audio_schedule){0};
    }
    ml_mutex_unlock(&sink->lock);
    ml_pool_give(&threads, thread);
}

bool ml_audio_sink_wake(ml_audio_sink *sink) {
    if (sink->thread != NULL) {
        ml_cond_broadcast(&sink->work);
        return true;
    }
    if (!may_call(sink)) {
        return true;
    }
    ml_audio_thread *thread = ml_pool_take(&threads);
    if (thread == NULL) {
        return false;
    }
    note_exit();
    thread->sink = sink;
    thread->last_channels = 0;
    sink->thread = thread;
    if (!ml_thread_start(serve, thread)) {
        sink->thread = NULL;
        ml_pool_give(&threads, thread);
        return false;
    }
    return true;
}
