/* A client from the inside: what the files of this room share. */
#ifndef SWIO_CONTROL_CLIENT_H
#define SWIO_CONTROL_CLIENT_H

#include <pthread.h>
#include <switchio/client.h>

#include "control/lines.h"
#include "control/listener.h"

struct swio_client {
    /* Fixed from swio_client_new() on. */
    swio_loop *loop;
    swio_lines *lines;
    const char *contact; /* of the first line */
    double timeout;

    /* Under the lock. */
    pthread_mutex_t lock;
    swio_listener *listener;
    swio_originate_opts *originate; /* the template, or NULL */
};

/* The listener, or SWIO_ECONFIG with the sentence. The caller owns the reference. */
int swio_client_need_listener(swio_client *client, swio_listener **out);

/* What swio_client_set_originate() left. A reference (swio_obj_unref()), or NULL. */
swio_originate_opts *swio_client_template(swio_client *client);

/* Places a call by a template (NULL: by `call` alone), with the app id, uuid and fields of `call`.
 */
int swio_client_originate_by(swio_client *client, const swio_originate_opts *template,
                             const swio_originate_opts *call, swio_job **job);

/* Unloads this app under this id, and no other of the id. */
void swio_client_unload_one(swio_client *client, const swio_app *app, const char *id);

#endif
