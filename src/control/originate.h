/* The originate line, built into a buffer. Pure: no I/O, no state. */
#ifndef SWIO_CONTROL_ORIGINATE_H
#define SWIO_CONTROL_ORIGINATE_H

#include <switchio/originate.h>

#include "base/buf.h"

/*
 * Appends "originate {…}sofia/… &app(…)" to `out`, which is left as it was on an error.
 * `opts->uuid` must be given here. SWIO_EINVAL with a sentence, SWIO_ENOMEM.
 */
int swio_originate_build(const swio_originate_opts *opts, swio_buf *out);

/*
 * Appends "NAME=VALUE" so that FreeSWITCH reads back these very bytes. The value passes three
 * readers there: the argument splitter at blanks, the variable splitter at commas, the assignment
 * splitter at '=' (switch_utils.c switch_separate_string(), called by mod_commands.c
 * originate_function() and twice by switch_event.c switch_event_create_brackets()). Each strips
 * quotes and one level of backslashes.
 */
int swio_originate_variable(swio_buf *out, const char *name, const char *value);

/* A deep copy of the options without their fields, one object (swio_obj_unref()); NULL without
 * memory. */
swio_originate_opts *swio_originate_copy(const swio_originate_opts *opts);

/*
 * The options by which one call is placed: a copy of the template, with the app id (where there is
 * one) and the uuid of `call`, and with every {NAME} in its texts filled in. SWIO_EINVAL for a name
 * that has no value, SWIO_ENOMEM.
 */
int swio_originate_fill(const swio_originate_opts *template, const swio_originate_opts *call,
                        swio_originate_opts **out);

#endif
