/* One app that is loaded under one id, and its coroutines. On the loop's thread only. */
#ifndef SWIO_CONTROL_LOADED_H
#define SWIO_CONTROL_LOADED_H

#include <stdbool.h>
#include <switchio/app.h>
#include <sys/queue.h>

#include "control/wait.h"

/* A coroutine of an app, from its start to its end; loaded.c's. */
typedef struct swio_running_coroutine swio_running_coroutine;

/*
 * An object of swio_obj_new(): held by the registry until it is unloaded, and by each of its
 * coroutines. With the last reference it is torn down.
 */
typedef struct swio_loaded {
    TAILQ_ENTRY(swio_loaded) link;
    const swio_app *app;
    void *self;
    bool handles;   /* has a handler entry */
    bool gone;      /* unloaded: none of its entries runs any more */
    void *life;     /* objects that are held until it is torn down: the registry's, … */
    void *farewell; /* … and that of its unloading, or NULL */
    TAILQ_HEAD(, swio_running_coroutine) coroutines;
    char id[];
} swio_loaded;

/* Holds `life`. NULL without memory. */
swio_loaded *swio_loaded_new(const swio_app *app, const char *id, void *self, void *life);

/* What entries are run for: those of one kind and event. What does not concern the kind is NULL. */
typedef struct swio_occasion {
    swio_app_kind kind;
    const char *id; /* NULL: of every id */
    const char *key;
    swio_event *event;
    swio_session *session;
    swio_job *job;
    swio_waits *waits; /* of the session's listener */
    swio_loop *loop;
} swio_occasion;

/* Runs the entries of the app that are meant; says in the log which of them failed. */
void swio_loaded_run(swio_loaded *loaded, const swio_occasion *occasion);

/* An object that sets the completion (of which it takes a reference) when it goes: what is handed
 * around while things end. NULL without memory. */
void *swio_farewell_new(swio_completion *ended);

/* Cancels its coroutines, which run out soon. */
void swio_loaded_cancel(swio_loaded *loaded);

/* Cancels the coroutines of a session that has ended. */
void swio_session_cancel_coroutines(swio_session *session);

#endif
