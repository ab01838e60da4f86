/* The inside of a store of variables. */
#ifndef SWIO_TRACK_VARS_H
#define SWIO_TRACK_VARS_H

#include <switchio/session.h>
#include <switchio/vars.h>

#include "track/home.h"

typedef struct swio_var swio_var;

/* Part of its session or call. Few variables are set, if any: a list, and nothing until then. */
struct swio_vars {
    swio_home *home;        /* that of the session or call */
    swio_session *session;  /* to be told about on_var; NULL for a call */
    swio_var *first;        /* guarded */
    struct swio_text *past; /* replaced texts that were handed out */
};

void swio_vars_init(swio_vars *vars, swio_home *home, swio_session *session);

/* Releases all; runs the release functions of data. Not guarded: the last reference is gone. */
void swio_vars_free(swio_vars *vars);

#endif
