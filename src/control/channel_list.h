/* What FreeSWITCH answers to `show channels as json`. */
#ifndef SWIO_CONTROL_CHANNEL_LIST_H
#define SWIO_CONTROL_CHANNEL_LIST_H

#include <stddef.h>

/* The uuid of one row; no NUL behind it. */
typedef void swio_channel_list_fn(const char *uuid, size_t len, void *arg);

/*
 * Calls `fn` for each row. SWIO_EPROTO with a sentence for what is no such answer, or not the whole
 * of it; some rows may have been told by then.
 *
 * Nothing is parsed: a parser wants UTF-8, which the names in it need not be (mod_commands.c passes
 * them on as they came), and would build a tree of 38 texts for each row of which one is wanted.
 * Within a text every quotation mark has a backslash before it, and so `{"uuid":"` is the beginning
 * of a row wherever it stands. A uuid with a backslash in it is given as it stands there.
 */
int swio_channel_list_read(const char *text, size_t len, swio_channel_list_fn *fn, void *arg);

#endif
