/* The apps of a run: APP[/k=v,…][:WEIGHT], given several times; APP is as swio_app_parse() says. */
#ifndef CLI_DIAL_APPS_H
#define CLI_DIAL_APPS_H

#include <switchio/app.h>

#include "cli/options.h"

enum { APP_ID_MAX = 96 };

typedef struct dial_app {
    const swio_app *app;
    char *params; /* "k=v,…", or NULL */
    double weight;
    char id[APP_ID_MAX]; /* under which it is loaded, and which its calls carry */
} dial_app;

typedef struct dial_apps {
    size_t count;
    dial_app *app;
} dial_apps;

/*
 * Reads them; an empty list gives one app, `standard`. The weight stands behind the name
 * ("Bert:3/pdd=1") or at the end ("Bert/pdd=1:3"), and is 1 where none is given. Each app gets an
 * id of its own, and of this run: a run of the same app beside it, on the same switches, neither
 * answers nor hangs up our calls. -1 to go on, else the exit status, with the sentence said.
 * dial_apps_free() in both cases.
 */
int dial_apps_read(const command *cmd, const option_texts *given, const char *standard,
                   dial_apps *out);
void dial_apps_free(dial_apps *apps);

/* "TonePlay", "Bert 34 % TonePlay 66 %": as snprintf() writes it. */
void dial_apps_format(const dial_apps *apps, char *text, size_t size);

#endif
