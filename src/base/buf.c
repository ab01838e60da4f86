#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum { FIRST_CAPACITY = 256 };

char *swio_buf_reserve(swio_buf *buf, size_t len)
{
    if (buf->error)
        return NULL;
    if (len >= SIZE_MAX / 4 - buf->len || (buf->max && len > buf->max - buf->len)) {
        buf->error = SWIO_ELIMIT;
        return NULL;
    }
    size_t need = buf->len + len + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap ? buf->cap : FIRST_CAPACITY;
        while (cap < need)
            cap *= 2;
        char *data = swio_realloc(buf->data, cap);
        if (!data) {
            buf->error = SWIO_ENOMEM;
            return NULL;
        }
        buf->data = data;
        buf->cap = cap;
    }
    return buf->data + buf->len;
}

void swio_buf_add(swio_buf *buf, const void *bytes, size_t len)
{
    char *to = swio_buf_reserve(buf, len);
    if (!to)
        return;
    if (len)
        memcpy(to, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void swio_buf_puts(swio_buf *buf, const char *s)
{
    swio_buf_add(buf, s, strlen(s));
}

void swio_buf_putc(swio_buf *buf, char c)
{
    swio_buf_add(buf, &c, 1);
}

void swio_buf_vprintf(swio_buf *buf, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    if (len >= 0) {
        char *to = swio_buf_reserve(buf, (size_t)len);
        if (to) {
            vsnprintf(to, (size_t)len + 1, fmt, again);
            buf->len += (size_t)len;
        }
    }
    va_end(again);
}

void swio_buf_printf(swio_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    swio_buf_vprintf(buf, fmt, args);
    va_end(args);
}

void swio_buf_consume(swio_buf *buf, size_t len)
{
    if (len >= buf->len) {
        buf->len = 0;
    } else {
        memmove(buf->data, buf->data + len, buf->len - len);
        buf->len -= len;
    }
    if (buf->data)
        buf->data[buf->len] = '\0';
}

void swio_buf_clear(swio_buf *buf)
{
    buf->len = 0;
    buf->error = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void swio_buf_free(swio_buf *buf)
{
    swio_free(buf->data);
    *buf = (swio_buf){.max = buf->max};
}

char *swio_buf_steal(swio_buf *buf, size_t *len)
{
    if (!swio_buf_reserve(buf, 0))
        return NULL;
    char *data = buf->data;
    data[buf->len] = '\0';
    if (len)
        *len = buf->len;
    *buf = (swio_buf){.max = buf->max};
    return data;
}

int swio_buf_error(const swio_buf *buf)
{
    switch (buf->error) {
    case 0:
        return 0;
    case SWIO_ENOMEM:
        return swio_err_nomem();
    default:
        return swio_err(buf->error, "a text of more than %zu bytes", buf->max);
    }
}
