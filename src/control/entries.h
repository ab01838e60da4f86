/* Running the entries of a loaded app, and its coroutines. On the loop's thread only. */
#ifndef SWIO_CONTROL_ENTRIES_H
#define SWIO_CONTROL_ENTRIES_H

#include <switchio/app.h>

#include "control/load.h"
#include "control/wait.h"

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
void swio_load_run(swio_load *load, const swio_occasion *occasion);

/* An object that sets the completion (of which it takes a reference) when it goes: what is handed
 * around while things end. NULL without memory. */
void *swio_farewell_new(swio_completion *ended);

/* Cancels its coroutines, which run out soon. */
void swio_load_cancel(swio_load *load);

/* Cancels the coroutines of a session that has ended. */
void swio_session_cancel_coroutines(swio_session *session, const char *sentence);

#endif
