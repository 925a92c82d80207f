#include "callbacks/event.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Counted in test builds only: two atomics per message are not free. */
#ifdef ML_TEST
static _Atomic uint64_t alive;
#define COUNT(change) atomic_fetch_add(&alive, (uint64_t)(change))
uint64_t ml_events_alive(void) { return atomic_load(&alive); }
#else
#define COUNT(change) ((void)0)
uint64_t ml_events_alive(void) { return 0; }
#endif

ml_event *ml_event_new(ml_event_kind kind, uint64_t channel, uint64_t size) {
    ml_event *event = malloc(sizeof *event + (size_t)size + 1);
    if (event == NULL) {
        return NULL;
    }
    COUNT(1);
    *event = (ml_event){.channel = channel, .size = size, .kind = kind};
    event->data[size] = '\0';
    return event;
}

void ml_event_free(ml_event *event) {
    if (event != NULL) {
        COUNT(-1);
        free(event);
    }
}

void ml_event_append(ml_event_list *list, ml_event *event) {
    event->next = NULL;
    if (list->tail == NULL) {
        list->head = event;
    } else {
        list->tail->next = event;
    }
    list->tail = event;
}

ml_event *ml_event_pop(ml_event_list *list) {
    ml_event *event = list->head;
    if (event != NULL) {
        list->head = event->next;
        if (list->head == NULL) {
            list->tail = NULL;
        }
    }
    return event;
}

void ml_event_splice(ml_event_list *list, ml_event_list *more) {
    if (more->head == NULL) {
        return;
    }
    if (list->tail == NULL) {
        list->head = more->head;
    } else {
        list->tail->next = more->head;
    }
    list->tail = more->tail;
    *more = (ml_event_list){0};
}

void ml_event_merge(ml_event_list *list, ml_event_list *more) {
    ml_event_list merged = {0};
    while (list->head != NULL && more->head != NULL) {
        ml_event_append(&merged, ml_event_pop(list->head->order < more->head->order ? list : more));
    }
    ml_event_splice(&merged, list);
    ml_event_splice(&merged, more);
    *list = merged;
}
