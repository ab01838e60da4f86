/* The events that a listener subscribes to. */
#include "control/subscribe.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "esl/command.h"

static int check_event(const char *event)
{
    if (!event || !*event || strpbrk(event, " \r\n"))
        return swio_err(SWIO_EINVAL, "'%s' is no name of an event", event ? event : "");
    return 0;
}

/* Under the lock: what is missing in the set goes into both. */
static int add_missing(swio_listener *listener, const swio_strings *names, swio_strings *fresh)
{
    size_t count;
    const char *const *all = swio_strings_all(names, &count);
    int error = 0;
    for (size_t i = 0; !error && i < count; i++) {
        if (swio_strings_has(listener->events, all[i]))
            continue;
        error = swio_strings_add(fresh, all[i]);
        if (!error)
            error = swio_strings_add(listener->events, all[i]);
    }
    return error;
}

static void take_back(swio_listener *listener, const swio_strings *fresh)
{
    size_t count;
    const char *const *names = swio_strings_all(fresh, &count);
    pthread_mutex_lock(&listener->lock);
    for (size_t i = 0; i < count; i++)
        swio_strings_remove(listener->events, names[i]);
    pthread_mutex_unlock(&listener->lock);
}

/* Also the one whose command timed out: whether it got there is not known. Nobody waits, and what
 * fails is logged. */
static void unsubscribe_live(swio_conn *conn, const char *const *names, size_t count)
{
    swio_buf command = {0};
    if (count && !swio_command_nixevent(&command, names, count))
        swio_conn_send(conn, command.data, command.len, 0, NULL, NULL);
    swio_buf_free(&command);
}

/* Each by a command of its own: of several names in one, FreeSWITCH takes those that it knows and
 * does not say that there were others (mod_event_socket.c, parse_command()). */
static int subscribe_live(swio_conn *conn, double timeout, const swio_strings *fresh)
{
    size_t count, done = 0;
    const char *const *names = swio_strings_all(fresh, &count);
    int error = count ? swio_may_wait_or("subscribing to more events",
                                         ", or subscribe to them before the listener is started")
                      : 0;
    while (!error && done < count)
        error = swio_conn_subscribe(conn, SWIO_EVENT_PLAIN, &names[done++], 1, timeout);
    if (error) {
        char sentence[SWIO_ERRMSG_MAX];
        snprintf(sentence, sizeof sentence, "%s", swio_errmsg());
        unsubscribe_live(conn, names, error == SWIO_EWOULDBLOCK ? 0 : done);
        swio_err(error, "%s", sentence);
    }
    return error;
}

int swio_listener_subscribe_all(swio_listener *listener, const swio_strings *names)
{
    swio_strings *fresh;
    int error = swio_strings_new(&fresh);
    if (error)
        return error;
    pthread_mutex_lock(&listener->lock);
    bool live = listener->state >= SWIO_LISTENER_STARTING;
    error = add_missing(listener, names, fresh);
    /* Who comes from a session of the listener does not keep it from being closed. */
    swio_conn *conn = live ? swio_conn_ref(listener->conn) : NULL;
    pthread_mutex_unlock(&listener->lock);
    if (!error && conn)
        error = subscribe_live(conn, listener->timeout, fresh);
    swio_conn_unref(conn);
    if (error)
        take_back(listener, fresh);
    swio_strings_free(fresh);
    return error;
}

int swio_listener_subscribe(swio_listener *listener, const char *event)
{
    swio_strings *names;
    int error = check_event(event);
    if (!error)
        error = swio_strings_new(&names);
    if (error)
        return error;
    error = swio_strings_add(names, event);
    if (!error)
        error = swio_listener_subscribe_all(listener, names);
    swio_strings_free(names);
    return error;
}

int swio_listener_unsubscribe(swio_listener *listener, const char *event)
{
    int error = check_event(event);
    if (error)
        return error;
    pthread_mutex_lock(&listener->lock);
    bool down = listener->state == SWIO_LISTENER_DOWN;
    bool had = down && swio_strings_remove(listener->events, event);
    pthread_mutex_unlock(&listener->lock);
    if (!down)
        return swio_err(SWIO_ECONFIG,
                        "the listener of %s is connected: take event types out of its set before "
                        "connecting it",
                        swio_listener_contact(listener));
    if (!had)
        return swio_err(SWIO_ENOENT, "the listener of %s is not subscribed to %s",
                        swio_listener_contact(listener), event);
    return 0;
}
