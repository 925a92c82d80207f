/* One thing that happened, with its payload, on its way to a callback. */
#ifndef ML_EVENT_H
#define ML_EVENT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ml_event_kind {
    ML_EVENT_ERROR,
    ML_EVENT_CONNECTED,
    ML_EVENT_DISCONNECTED,
    ML_EVENT_LOCAL_OFFER,
    ML_EVENT_LOCAL_ANSWER,
    ML_EVENT_LOCAL_CANDIDATE,
    ML_EVENT_GATHERING_COMPLETED,
    ML_EVENT_DATA_CHANNEL,
    ML_EVENT_TRACK_ADDED,
    ML_EVENT_TRACK_REMOVED,
    /* From here on: of a data channel. */
    ML_EVENT_CHANNEL_OPEN,
    ML_EVENT_CHANNEL_MESSAGE,
    ML_EVENT_CHANNEL_CLOSED
} ml_event_kind;

typedef struct ml_event {
    struct ml_event *next;
    uint64_t order;   /* in which it happened on its connection */
    uint64_t channel; /* the data channel or source it is about or announces; 0: the connection */
    uint64_t size;    /* of data, without the closing NUL */
    ml_event_kind kind;
    int32_t mline_index;          /* candidate */
    uint32_t mid_at;              /* candidate: where in data its sdpMid starts */
    int32_t source_type;          /* track */
    uint32_t count;               /* track: stream ids; data begins with so many pointers to them */
    bool is_binary;               /* message */
    _Alignas(void *) char data[]; /* text or message, always with a closing NUL */
} ml_event;

/* What an event takes of the bounds of a queue, in bytes. */
static inline uint64_t ml_event_cost(const ml_event *event) { return event->size + 128; }

/* Events in the order in which they happened. Zeroed memory is an empty list. */
typedef struct ml_event_list {
    ml_event *head;
    ml_event *tail;
} ml_event_list;

/* An event with size bytes of room in data (uninitialised but for the NUL); NULL without memory. */
ml_event *ml_event_new(ml_event_kind kind, uint64_t channel, uint64_t size);
void ml_event_free(ml_event *event);
uint64_t ml_events_alive(void);

void ml_event_append(ml_event_list *list, ml_event *event);
ml_event *ml_event_pop(ml_event_list *list);

/* Puts the events of more, which it empties, behind those of list. */
void ml_event_splice(ml_event_list *list, ml_event_list *more);

/* Puts the events of more, which it empties, among those of list where their order wants them. */
void ml_event_merge(ml_event_list *list, ml_event_list *more);

#endif
