#include "control/lines.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

struct swio_lines {
    size_t count;
    atomic_size_t turn;
    swio_conn *conns[];
};

static void destroy(void *obj)
{
    swio_lines *lines = obj;
    for (size_t i = 0; i < lines->count; i++)
        swio_conn_unref(lines->conns[i]);
}

int swio_lines_new(const char *contact, const swio_conn_opts *opts, size_t count, swio_lines **out)
{
    swio_lines *lines = swio_obj_new(sizeof *lines + count * sizeof(void *), destroy);
    if (!lines)
        return swio_err_nomem();
    for (; lines->count < count; lines->count++) {
        int error = swio_conn_new(contact, opts, &lines->conns[lines->count]);
        if (error) {
            swio_obj_unref(lines);
            return error;
        }
    }
    *out = lines;
    return 0;
}

int swio_lines_connect(swio_lines *lines)
{
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
