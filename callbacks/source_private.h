/* A source as the files see it that are about sources. */
#ifndef ML_SOURCE_PRIVATE_H
#define ML_SOURCE_PRIVATE_H

#include "callbacks/audio_sink.h"
#include "callbacks/running.h"
#include "callbacks/source.h"
#include "callbacks/video_sink.h"
#include "handles/pool.h"
#include "handles/text.h"
#include "internal/platform/platform.h"
#include "internal/request/request.h"
#include "internal/sound/import.h"

struct ml_source {
    ml_pooled pooled;
    ml_mutex lock;
    ml_cond quiet; /* an OnSetEnabled has returned */
    uint64_t handle;
    int32_t type;
    MLWebRTCAppDefinedSourceEventCallbacks callbacks;
    ml_text *track_id;
    ml_running runs[ML_SOURCE_RUNS]; /* OnSetEnabled, by thread */
    unsigned waiters;

    uint64_t connection; /* that a remote source belongs to; 0: a local one */
    bool added;          /* the engine wants to know of its end */
    ml_request bell;
    ml_request watch_bell;
    bool fed;

    ml_video_sink *sinks;
    ml_picture *newest; /* for the engine to take */
    ml_picture *last;   /* that was pushed: all that a source shows whose picture does not change */
    bool anew;          /* the next picture does not continue the last one */

    ml_audio_sink *audio_sinks;
    ml_sound_row sounds;  /* for the engine to take */
    uint32_t hungry;      /* how many blocks the engine waits for; 0: it does not */
    uint32_t feed_number; /* how often the feed was turned on */

    /* Serialises those who push sound, whose conversion the source's lock is not held for, which is taken after this
     * one. Guards what follows. */
    ml_mutex push_lock;
    ml_sound_intake intake;
    uint32_t intake_feed; /* the number of the feed that the intake belongs to */
};

/* Locks the source that handle names; NULL if there is none. */
ml_source *ml_source_lock(uint64_t handle);

/* Under the source's lock: its first sink came, or its last one went. */
void ml_source_tell_watched(ml_source *source);

/* Under the source's lock: the engine takes no more sound, or, with an end of the source, nobody hears any. */
void ml_source_stop_feeding_sound(ml_source *source);
void ml_source_silence_sinks(ml_source *source);

/* Without the source's lock, after its end: what was kept between two pushes. */
void ml_source_drop_intake(ml_source *source);

/* Under the source's lock: the picture that was shown last, for an engine that begins to want them. */
void ml_source_hand_over_last(ml_source *source);

/* A source that is disabled shows one black picture of the size it had, and then nothing. */
void ml_source_go_black(uint64_t handle);

#endif
