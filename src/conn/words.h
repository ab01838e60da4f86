/* What goes into sentences and logs: bytes of a peer made safe to show, commands without secrets.
 */
#ifndef SWIO_CONN_WORDS_H
#define SWIO_CONN_WORDS_H

#include <stddef.h>

#include "base/err.h"

/* Room for what is shown of a command or of FreeSWITCH's words in a sentence. */
enum { SWIO_WORDS_MAX = 320 };

/*
 * Writes at most `max` of the `len` bytes to `out` (of `size` bytes), as one line: white space and
 * line ends become one blank and go at both ends, other control characters and bytes that are not
 * part of UTF-8 text become "\xNN"; "…" shows that something was left out. Returns `out`.
 */
const char *swio_words_show(char *out, size_t size, const char *bytes, size_t len, size_t max);

/*
 * A command for people: its first line, shown as above, with all of the password of an auth or
 * userauth line replaced by "***". Returns `out`.
 */
const char *swio_words_command(char *out, size_t size, const char *bytes, size_t len);

/* The same with all of its lines, for the log. */
const char *swio_words_frame(char *out, size_t size, const char *bytes, size_t len);

/* Copies swio_errmsg(), before the next failure overwrites it. Returns `out`. */
const char *swio_words_keep(char out[SWIO_ERRMSG_MAX]);

#endif
