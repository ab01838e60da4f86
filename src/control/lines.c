#include "control/lines.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "conn/conn.h"

struct swio_lines {
    size_t count;      /* that swio_lines_pick() has */
    atomic_bool ahead; /* the one behind them is in use as well */
    atomic_size_t turn;
    swio_away *away; /* of all of them: one line in the log for a loss */
    swio_conn *conns[];
};

/* How many are in use. */
static size_t used(const swio_lines *lines)
{
    return lines->count + atomic_load(&lines->ahead);
}

static void destroy(void *obj)
{
    swio_lines *lines = obj;
    for (size_t i = 0; i <= lines->count; i++)
        swio_conn_unref(lines->conns[i]);
    swio_obj_unref(lines->away);
}

int swio_lines_new(const char *contact, const swio_conn_opts *opts, size_t count, swio_lines **out)
{
    swio_lines *lines = swio_obj_new(sizeof *lines + (count + 1) * sizeof(void *), destroy);
    if (!lines)
        return swio_err_nomem();
    lines->away = swio_obj_new(sizeof *lines->away, NULL);
    if (!lines->away) {
        swio_obj_unref(lines);
        return swio_err_nomem();
    }
    lines->count = count;
    for (size_t i = 0; i <= count; i++) {
        int error = swio_conn_new(contact, opts, &lines->conns[i]);
        if (error) {
            swio_obj_unref(lines);
            return error;
        }
        swio_conn_share_away(lines->conns[i], lines->away);
    }
    *out = lines;
    return 0;
}

bool swio_lines_returning(const swio_lines *lines)
{
    for (size_t i = 0; i < used(lines); i++)
        if (swio_conn_returning(lines->conns[i]))
            return true;
    return false;
}

size_t swio_lines_losses(const swio_lines *lines)
{
    size_t losses = 0;
    for (size_t i = 0; i < used(lines); i++)
        losses += swio_conn_losses(lines->conns[i]);
    return losses;
}

/* Some are lost: the others are left alone, and may come back by themselves at any moment. */
static int connect_lost(swio_lines *lines)
{
    for (size_t i = 0; i < used(lines); i++) {
        int error = swio_conn_connected(lines->conns[i]) ? 0 : swio_conn_connect(lines->conns[i]);
        if (error && !swio_conn_connected(lines->conns[i]))
            return error;
    }
    return 0;
}

int swio_lines_connect(swio_lines *lines)
{
    if (swio_lines_returning(lines))
        return connect_lost(lines);
    for (size_t i = 0; i < used(lines); i++) {
        int error = swio_conn_connect(lines->conns[i]);
        if (error) {
            while (i > 0)
                swio_conn_close(lines->conns[--i]);
            return error;
        }
    }
    return 0;
}

void swio_lines_close(swio_lines *lines)
{
    for (size_t i = 0; i < used(lines); i++)
        swio_conn_close(lines->conns[i]);
}

bool swio_lines_connected(const swio_lines *lines)
{
    for (size_t i = 0; i < used(lines); i++)
        if (!swio_conn_connected(lines->conns[i]))
            return false;
    return true;
}

/* FNV-1a. */
static size_t hash(const char *key)
{
    uint32_t h = 2166136261u;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 16777619u;
    return h;
}

swio_conn *swio_lines_pick(swio_lines *lines, const char *key)
{
    size_t at = key ? hash(key) : atomic_fetch_add(&lines->turn, 1);
    return lines->conns[at % lines->count];
}

int swio_lines_connect_ahead(swio_lines *lines)
{
    swio_conn *conn = lines->conns[lines->count];
    int error = swio_conn_connected(conn) ? 0 : swio_conn_connect(conn);
    if (error && !swio_conn_connected(conn)) /* else it was back before us */
        return error;
    atomic_store(&lines->ahead, true);
    return 0;
}

swio_conn *swio_lines_ahead(swio_lines *lines)
{
    return lines->conns[lines->count];
}
