/* A connection to a scripted server, and what the connection's handlers saw. */
#ifndef SWIO_TESTS_CONN_FIXTURE_H
#define SWIO_TESTS_CONN_FIXTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <switchio/connection.h>

#include "support/gate.h"
#include "support/mock_server.h"

typedef struct fixture {
    mock_server *server;
    swio_conn *conn;
    char expected[400]; /* of a sentence */

    atomic_int events, logs, closed, replies;
    char order[200]; /* names of events and bodies of replies as they came; read after `closed` */
    int closed_error;
    bool closed_wrongly;
    char closed_sentence[1024];
    int reply_error;
    char reply_sentence[1024];
    gate gate;
    swio_conn_event_fn *also_on_event; /* what a test does in a handler; their `arg` is this */
    swio_conn_closed_fn *also_on_closed;
} fixture;

/* The options with all handlers of the fixture. */
swio_conn_opts fixture_opts(fixture *f);

/* Starts the server (the script gets the fixture) and a connection to it, not yet connected. */
void fixture_make(fixture *f, mock_script *script, const swio_conn_opts *opts);
/* The same, connected. */
void fixture_begin_with(fixture *f, mock_script *script, const swio_conn_opts *opts);
void fixture_begin(fixture *f, mock_script *script);
/* Gives up the connection, if the test has not, and the server, whose script must be content. */
void fixture_end(fixture *f);

/* Sends `api NAME` without waiting. */
void fixture_api(fixture *f, const char *name);
/* Its handler: notes the body of the reply. */
swio_conn_reply_fn fixture_on_reply;

/* The sentence is "HOST:PORT: rest". */
void fixture_sentence(fixture *f, const char *sentence, const char *rest);
/* Waits for the end that the connection finds by itself, and checks its reason. */
void fixture_ended(fixture *f, int error, const char *rest);

/* Scripts that more than one test uses. */
mock_script fixture_talk;    /* wants `api a` and `api b`; events E1…E3 and a log line between */
mock_script fixture_hang_up; /* after the first command */
mock_script fixture_wait_for_exit;

#endif
