#include "callbacks/connection.h"

#include <stddef.h>

#include "callbacks/channel.h"
#include "callbacks/source.h"
#include "handles/handles.h"

static ml_pool pool;

/* Connections that were destroyed while one of their callbacks ran. */
static struct {
    ml_mutex lock;
    ml_connection *head;
} abandoned;

/* Connections that the host has destroyed and the engine still closes. */
static struct {
    ml_mutex lock;
    ml_cond none;
    uint64_t count;
} closing;

static void count_closing(uint64_t change) {
    ml_mutex_lock(&closing.lock);
    closing.count += change;
    if (closing.count == 0) {
        ml_cond_broadcast(&closing.none);
    }
    ml_mutex_unlock(&closing.lock);
}

void ml_connections_wait_closed(uint64_t deadline_ns) {
    ml_mutex_lock(&closing.lock);
    while (closing.count > 0 && ml_cond_wait_until(&closing.none, &closing.lock, deadline_ns)) {
    }
    ml_mutex_unlock(&closing.lock);
}

static void prepare(void *object) {
    ml_connection *connection = object;
    ml_mutex_init(&connection->lock);
    ml_cond_init(&connection->quiet);
    ml_mutex_init(&connection->inbox.lock);
}

__attribute__((constructor(102))) static void connections_init(void) {
    ml_pool_init(&pool, sizeof(ml_connection), prepare);
    ml_mutex_init(&abandoned.lock);
    ml_mutex_init(&closing.lock);
    ml_cond_init(&closing.none);
}

uint64_t ml_connections_in_use(void) { return ml_pool_in_use(&pool); }

ml_connection *ml_connection_new(uint64_t epoch, const MLWebRTCConnectionEventCallbacks *callbacks, uint64_t *handle) {
    ml_connection *connection = ml_pool_take(&pool);
    if (connection == NULL) {
        return NULL;
    }
    ml_mutex_lock(&connection->lock);
    connection->callbacks = *callbacks;
    ml_mutex_lock(&connection->inbox.lock);
    connection->handle = ml_handle_new(epoch, ML_KIND_CONNECTION, connection);
    connection->inbox.handle = connection->handle;
    connection->inbox.last_order = 0;
    ml_mutex_unlock(&connection->inbox.lock);
    *handle = connection->handle;
    connection->engine = *handle != 0;
    bool made = connection->engine;
    ml_connection_unlock_or_recycle(connection);
    return made ? connection : NULL;
}

ml_connection *ml_connection_lock(uint64_t handle) {
    ml_connection *connection = ml_handle_find(handle, ML_KIND_CONNECTION);
    if (connection == NULL) {
        return NULL;
    }
    ml_mutex_lock(&connection->lock);
    if (connection->handle != handle) {
        ml_mutex_unlock(&connection->lock);
        return NULL;
    }
    return connection;
}

void ml_connection_unlock_or_recycle(ml_connection *connection) {
    bool unowned = connection->handle == 0 && !connection->engine && connection->running.id == 0 &&
                   connection->waiters == 0 && !connection->abandoned;
    while (unowned && connection->lent.head != NULL) {
        ml_event_free(ml_event_pop(&connection->lent));
    }
    ml_mutex_unlock(&connection->lock);
    if (unowned) {
        ml_pool_give(&pool, connection);
    }
}

void ml_connection_engine_done(ml_connection *connection) {
    ml_mutex_lock(&connection->lock);
    connection->engine = false;
    if (connection->handle == 0) {
        count_closing((uint64_t)-1);
    }
    ml_connection_unlock_or_recycle(connection);
}

void ml_connection_fetch(ml_connection *connection) {
    ml_mutex_lock(&connection->inbox.lock);
    ml_event_splice(&connection->events, &connection->inbox.events);
    ml_mutex_unlock(&connection->inbox.lock);
}

void ml_connection_update_flag(ml_connection *connection) {
    if (connection->handle == 0) {
        return;
    }
    ml_mutex_lock(&connection->inbox.lock);
    bool something =
        connection->events.head != NULL || connection->resumed.head != NULL || connection->inbox.events.head != NULL;
    ml_handle_set_flags(connection->handle, something ? ML_FLAG_EVENTS : 0, something ? 0 : ML_FLAG_EVENTS);
    ml_mutex_unlock(&connection->inbox.lock);
}

static void drop_events(ml_event_list *list) {
    ml_event *event;
    while ((event = ml_event_pop(list)) != NULL) {
        ml_event_free(event);
    }
}

bool ml_connection_destroy(uint64_t handle, const void *here, uint64_t deadline_ns) {
    ml_connection *connection = ml_connection_lock(handle);
    if (connection == NULL) {
        return false;
    }
    ml_mutex_lock(&connection->inbox.lock);
    ml_handle_retire(handle);
    connection->handle = 0;
    connection->inbox.handle = 0;
    ml_mutex_unlock(&connection->inbox.lock);
    if (connection->engine) {
        count_closing(1);
    }
    while (connection->channels != NULL) {
        ml_channel_retire(connection->channels);
    }
    ml_connection_fetch(connection);
    drop_events(&connection->events);
    drop_events(&connection->resumed);
    connection->inbox.bytes = 0;
    connection->inbox.control_bytes = 0;
    connection->inbox.engine_waits = false;
    ml_connection_wait_quiet(connection, 0, here, deadline_ns);
    if (connection->running.id != 0) {
        connection->abandoned = true;
        ml_mutex_lock(&abandoned.lock);
        connection->next_abandoned = abandoned.head;
        abandoned.head = connection;
        ml_mutex_unlock(&abandoned.lock);
    }
    ml_connection_unlock_or_recycle(connection);
    ml_sources_end_of(handle);
    return true;
}

void ml_connections_sweep(const void *here) {
    ml_mutex_lock(&abandoned.lock);
    ml_connection *connection = abandoned.head;
    abandoned.head = NULL;
    ml_mutex_unlock(&abandoned.lock);
    while (connection != NULL) {
        ml_connection *next = connection->next_abandoned;
        ml_mutex_lock(&connection->lock);
        ml_connection_wait_quiet(connection, 0, here, 0);
        if (connection->running.id == 0) {
            connection->abandoned = false;
            ml_connection_unlock_or_recycle(connection);
        } else {
            ml_mutex_lock(&abandoned.lock);
            connection->next_abandoned = abandoned.head;
            abandoned.head = connection;
            ml_mutex_unlock(&abandoned.lock);
            ml_mutex_unlock(&connection->lock);
        }
        connection = next;
    }
}
