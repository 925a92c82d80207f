#include "internal/request/request.h"

#include <stddef.h>

static struct {
    ml_mutex lock;
    ml_cond work;
    ml_request *head;
    ml_request **tail;
} queue;

__attribute__((constructor(102))) static void queue_init(void) {
    ml_mutex_init(&queue.lock);
    ml_cond_init(&queue.work);
    queue.tail = &queue.head;
}

static void append(ml_request *request) {
    request->next = NULL;
    *queue.tail = request;
    queue.tail = &request->next;
    ml_cond_signal(&queue.work);
}

int32_t ml_request_call(ml_op op, uint64_t handle, const void *in) {
    ml_request request = {.op = op, .handle = handle, .in = in};
    ml_cond_init(&request.done_cond);
    ml_mutex_lock(&queue.lock);
    append(&request);
    while (!request.done) {
        ml_cond_wait(&request.done_cond, &queue.lock);
    }
    ml_mutex_unlock(&queue.lock);
    ml_cond_destroy(&request.done_cond);
    return request.result;
}

void ml_bell_ring(ml_request *bell, ml_op op, uint64_t handle) {
    ml_mutex_lock(&queue.lock);
    if (!bell->queued) {
        bell->queued = true;
        bell->bell = true;
        bell->op = op;
        bell->handle = handle;
        append(bell);
    } else if (bell->handle != handle) {
        /* The object was recycled while its bell still stood in the queue. */
        bell->handle = handle;
    }
    ml_mutex_unlock(&queue.lock);
}

void ml_work_next(ml_work *work) {
    ml_mutex_lock(&queue.lock);
    while (queue.head == NULL) {
        ml_cond_wait(&queue.work, &queue.lock);
    }
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
    ml_mutex_unlock(&queue.lock);
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
