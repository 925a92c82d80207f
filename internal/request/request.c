#include "internal/request/request.h"

#include <stddef.h>

#ifdef __linux__
#include <sys/eventfd.h>
#include <unistd.h>
#endif

static struct {
    ml_mutex lock;
    ml_cond work;
    ml_request *head;
    ml_request **tail;
    int alarm;       /* -1: nobody reads it */
    bool sounded;    /* for the first one of the queue */
    ml_cond courier; /* there is an alarm to be sounded */
    bool has_courier;
} queue;

__attribute__((constructor(102))) static void queue_init(void) {
    ml_mutex_init(&queue.lock);
    ml_cond_init(&queue.work);
    ml_cond_init(&queue.courier);
    queue.tail = &queue.head;
    queue.alarm = -1;
}

int ml_work_alarm(void) {
    int alarm = -1;
#ifdef __linux__
    ml_mutex_lock(&queue.lock);
    if (queue.alarm < 0) {
        queue.alarm = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    }
    alarm = queue.alarm;
    ml_mutex_unlock(&queue.lock);
#endif
    return alarm;
}

/* Without the lock, which the engine wants as soon as it is awake. */
static void sound(int alarm) {
#ifdef __linux__
    if (alarm >= 0) {
        uint64_t one = 1;
        ssize_t written = write(alarm, &one, sizeof one);
        (void)written; /* it can only be full, and then it sounds already */
    }
#else
    (void)alarm;
#endif
}

/* Gives the alarm to sound after the unlock. Once is enough: who takes the first of several
 * sounds it again for the others. */
static int append(ml_request *request) {
    request->next = NULL;
    *queue.tail = request;
    queue.tail = &request->next;
    ml_cond_signal(&queue.work);
    int alarm = queue.sounded ? -1 : queue.alarm;
    return alarm;
}

/* The same, for who sounds it himself. */
static int append_now(ml_request *request) {
    int alarm = append(request);
    queue.sounded = true;
    return alarm;
}

/* A thread that sounds the alarm for those who must not be held up. It does not preempt, and so the ones whom the alarm
 * wakes are not put in the place of the thread that called. */
static void carry(void *argument) {
    (void)argument;
    ml_thread_be_patient();
    ml_mutex_lock(&queue.lock);
    for (;;) {
        while (queue.head == NULL || queue.sounded) {
            ml_cond_wait(&queue.courier, &queue.lock);
        }
        queue.sounded = true;
        ml_mutex_unlock(&queue.lock);
        sound(queue.alarm);
        ml_mutex_lock(&queue.lock);
    }
}

int32_t ml_request_call(ml_op op, uint64_t handle, const void *in) {
    ml_request request = {.op = op, .handle = handle, .in = in};
    ml_cond_init(&request.done_cond);
    ml_mutex_lock(&queue.lock);
    int alarm = append_now(&request);
    ml_mutex_unlock(&queue.lock);
    sound(alarm);
    ml_mutex_lock(&queue.lock);
    while (!request.done) {
        ml_cond_wait(&request.done_cond, &queue.lock);
    }
    ml_mutex_unlock(&queue.lock);
    ml_cond_destroy(&request.done_cond);
    return request.result;
}

/* Under the lock. False: it is in the queue already. */
static bool fill_in(ml_request *bell, ml_op op, uint64_t handle) {
    /* An object may have been recycled while its bell still stood in the queue. */
    bell->op = op;
    bell->handle = handle;
    bell->bell = true;
    bool fresh = !bell->queued;
    bell->queued = true;
    return fresh;
}

bool ml_bell_queue(ml_request *bell, ml_op op, uint64_t handle) {
    ml_mutex_lock(&queue.lock);
    int alarm = fill_in(bell, op, handle) ? append(bell) : -1;
    ml_mutex_unlock(&queue.lock);
    return alarm >= 0;
}

void ml_bell_sound(void) {
    ml_mutex_lock(&queue.lock);
    queue.has_courier = queue.has_courier || ml_thread_start(carry, NULL);
    int alarm = -1;
    if (!queue.has_courier && queue.head != NULL && !queue.sounded) {
        queue.sounded = true;
        alarm = queue.alarm;
    }
    ml_mutex_unlock(&queue.lock);
    sound(alarm);
    ml_cond_signal(&queue.courier);
}

void ml_bell_ring(ml_request *bell, ml_op op, uint64_t handle) {
    ml_mutex_lock(&queue.lock);
    int alarm = fill_in(bell, op, handle) ? append_now(bell) : -1;
    ml_mutex_unlock(&queue.lock);
    sound(alarm);
}

/* Takes the first, unlocks, and has another server look for the rest. */
static void take(ml_work *work) {
    ml_request *request = queue.head;
    queue.head = request->next;
    if (queue.head == NULL) {
        queue.tail = &queue.head;
    }
    *work = (ml_work){.op = request->op, .handle = request->handle, .in = request->in, .request = request};
    if (request->bell) {
        request->queued = false;
        work->in = NULL;
        work->request = NULL;
    }
    queue.sounded = queue.head != NULL;
    int alarm = queue.sounded ? queue.alarm : -1;
    ml_mutex_unlock(&queue.lock);
    sound(alarm);
}

bool ml_work_try(ml_work *work) {
    ml_mutex_lock(&queue.lock);
    if (queue.head == NULL) {
        ml_mutex_unlock(&queue.lock);
        return false;
    }
    take(work);
    return true;
}

void ml_work_next(ml_work *work) {
    ml_mutex_lock(&queue.lock);
    while (queue.head == NULL) {
        ml_cond_wait(&queue.work, &queue.lock);
    }
    take(work);
}

void ml_work_done(ml_request *request, int32_t result) {
    if (request == NULL) {
        return;
    }
    /* Signalled under the lock: the waiter can't leave, and its stack can't go, before. */
    ml_mutex_lock(&queue.lock);
    request->result = result;
    request->done = true;
    ml_cond_signal(&request->done_cond);
    ml_mutex_unlock(&queue.lock);
}
