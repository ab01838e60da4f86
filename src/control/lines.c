#include "control/lines.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "conn/conn.h"

struct swio_lines {
    size_t count;
    atomic_size_t turn;
    swio_away *away; /* of all of them: one line in the log for a loss */
    swio_conn *conns[];
};

static void destroy(void *obj)
{
    swio_lines *lines = obj;
    for (size_t i = 0; i < lines->count; i++)
        swio_conn_unref(lines->conns[i]);
    swio_obj_unref(lines->away);
}

int swio_lines_new(const char *contact, const swio_conn_opts *opts, size_t count, swio_lines **out)
{
    swio_lines *lines = swio_obj_new(sizeof *lines + count * sizeof(void *), destroy);
    if (!lines)
        return swio_err_nomem();
    lines->away = swio_obj_new(sizeof *lines->away, NULL);
    if (!lines->away) {
        swio_obj_unref(lines);
        return swio_err_nomem();
    }
    for (; lines->count < count; lines->count++) {
        int error = swio_conn_new(contact, opts, &lines->conns[lines->count]);
        if (error) {
            swio_obj_unref(lines);
            return error;
        }
        swio_conn_share_away(lines->conns[lines->count], lines->away);
    }
    *out = lines;
    return 0;
}

bool swio_lines_returning(const swio_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        if (swio_conn_returning(lines->conns[i]))
            return true;
    return false;
}

size_t swio_lines_losses(const swio_lines *lines)
{
    size_t losses = 0;
    for (size_t i = 0; i < lines->count; i++)
        losses += swio_conn_losses(lines->conns[i]);
    return losses;
}

/* Some are lost: the others are left alone, and may come back by themselves at any moment. */
static int connect_lost(swio_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
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
    for (size_t i = 0; i < lines->count; i++) {
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
    for (size_t i = 0; i < lines->count; i++)
        swio_conn_close(lines->conns[i]);
}

bool swio_lines_connected(const swio_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
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
