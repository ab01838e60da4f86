/* A growable byte buffer, for commands, rendered events and text. */
#ifndef SWIO_BASE_BUF_H
#define SWIO_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <switchio/export.h>

/*
 * `data` always has a NUL behind its `len` bytes once something was appended. An append that finds
 * no memory, or would pass `max` (0: no bound), sets `error` and leaves the buffer as it was; every
 * later append does nothing, so a writer checks once, at the end. A zeroed struct is an empty
 * buffer.
 */
typedef struct swio_buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max;
    int error; /* 0, SWIO_ENOMEM or SWIO_ELIMIT */
} swio_buf;

void swio_buf_add(swio_buf *buf, const void *bytes, size_t len);
void swio_buf_puts(swio_buf *buf, const char *s);
void swio_buf_putc(swio_buf *buf, char c);
void swio_buf_printf(swio_buf *buf, const char *fmt, ...) SWIO_PRINTF(2, 3);
void swio_buf_vprintf(swio_buf *buf, const char *fmt, va_list args) SWIO_PRINTF(2, 0);

/* Makes room for `len` more bytes and returns where they go, or NULL with `error` set. */
char *swio_buf_reserve(swio_buf *buf, size_t len);

/* Drops the first `len` bytes. */
void swio_buf_consume(swio_buf *buf, size_t len);

/* Forgets the content and any error, keeps the memory. */
void swio_buf_clear(swio_buf *buf);

/* Releases the memory; the buffer is empty and usable again (`max` is kept). */
void swio_buf_free(swio_buf *buf);

/* Hands the memory to the caller (swio_free()); the buffer is empty again. NULL after an error. */
char *swio_buf_steal(swio_buf *buf, size_t *len);

/* 0, or the error with its sentence. */
int swio_buf_error(const swio_buf *buf);

#endif
