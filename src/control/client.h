/* A client from the inside: what the files of this room share. */
#ifndef SWIO_CONTROL_CLIENT_H
#define SWIO_CONTROL_CLIENT_H

#include <pthread.h>
#include <stdatomic.h>
#include <switchio/client.h>

#include "conn/ahead.h"
#include "control/lines.h"
#include "control/listener.h"

/*
 * `users` are the public references, which together hold one of the references of swio_obj_new(),
 * and whose end closes it. The others keep its memory alone: those of loaded apps, which may not
 * keep open what they belong to.
 */
struct swio_client {
    atomic_size_t users;

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

/* Connections of it were lost, and are being made again. */
bool swio_client_returning(const swio_client *client);
/* How often one was lost. */
size_t swio_client_losses(const swio_client *client);

/* The listener, or SWIO_ECONFIG with the sentence. The caller owns the reference. */
int swio_client_need_listener(swio_client *client, swio_listener **out);

/* What swio_client_set_originate() left. A reference (swio_obj_unref()), or NULL. */
swio_originate_opts *swio_client_template(swio_client *client);

/*
 * Places a call by a template (NULL: by `call` alone), with the app id, uuid and fields of `call`.
 * With a shot at its time: through swio_client_ahead(), and on the loop's thread.
 */
int swio_client_originate_by(swio_client *client, const swio_originate_opts *template,
                             const swio_originate_opts *call, swio_shot *shot, swio_job **job);

/* Connects the connection for such calls, from now on one of the client's. Waits. */
int swio_client_connect_ahead(swio_client *client);
swio_conn *swio_client_ahead(swio_client *client); /* borrowed */

/* Unloads this app under this id, and no other of the id. */
void swio_client_unload_one(swio_client *client, const swio_app *app, const char *id);

/* Unloads what was loaded through this client into a listener. */
void swio_client_unload_all(swio_client *client, swio_listener *listener);

/*
 * A copy of the options, with the variables that the parameters of the id's apps ask for before
 * those that are there. *out is an object. On the loop's thread. SWIO_ENOMEM.
 */
int swio_client_adapt_originate(swio_client *client, const char *id,
                                const swio_originate_opts *opts, swio_originate_opts **out);

/* Calls read(self, arg) on the loop's thread for a loaded app; `id` NULL is any. SWIO_ENOENT. */
typedef void swio_visit_app_fn(void *self, void *arg);
int swio_client_visit_app(swio_client *client, const swio_app *app, const char *id,
                          swio_visit_app_fn *read, void *arg);

/* Tells the apps of an id what an originator has changed. */
void swio_client_tell(swio_client *client, const char *id, const swio_news *news);

#endif
