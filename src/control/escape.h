/* Text that passes FreeSWITCH's readers unharmed, or is refused. Pure: no I/O, no state. */
#ifndef SWIO_CONTROL_ESCAPE_H
#define SWIO_CONTROL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * FreeSWITCH splits nearly everything with one function, switch_separate_string() (switch_utils.c):
 * a backslash keeps the next character, pairs of ' quote, blanks at both ends go, and each call
 * strips one level of all that. What passes n readers is escaped n times, for the last one first.
 *
 * Sentences begin with `what`, the name of the command. Checks return 0 or SWIO_EINVAL.
 */

/* A backslash in front of each of the `special` characters. */
void swio_escape(swio_buf *out, const char *text, size_t len, const char *special);

/* As one of several words between blanks: the arguments of an api command. */
void swio_escape_word(swio_buf *out, const char *text);

/* As the last or only part of a list that is split at `separator`, which is no blank. */
void swio_escape_part(swio_buf *out, const char *text, char separator);

/*
 * In the argument of an application, where FreeSWITCH puts the values of variables in the place of
 * ${names} and strips backslashes (switch_channel.c, switch_channel_expand_variables_check()). With
 * `literal` "${" stays what it is, else it goes on meaning a variable.
 */
void swio_escape_argument(swio_buf *out, const char *text, bool literal);

/*
 * The value of one variable in a block "{NAME=VALUE,…}" (switch_event.c,
 * switch_event_create_brackets(): split at commas, then at '='), without the name. Refused are a
 * name that is none, a line break, a curly bracket without its partner, and ":_:".
 */
int swio_escape_value(swio_buf *out, const char *what, const char *name, const char *value);

/*
 * No "${": a value with it is not set, without a word, by all that goes through
 * switch_channel_set_variable() (switch_channel.c): originate, bridge, uuid_setvar_multi.
 */
int swio_check_literal(const char *what, const char *name, const char *value);

/* Letters, digits and _ - . : */
int swio_check_name(const char *what, const char *name);

/* No line break, which would end the command: `part` is named in the sentence. */
int swio_check_line(const char *what, const char *part, const char *text);

/* Not empty, without control characters, any of `refused`, and ":_:", which separates calls. */
int swio_check_plain(const char *what, const char *part, const char *text, const char *refused);

/* Where a call goes: all but the destination may be NULL; a gateway takes the place of a profile.
 */
typedef struct swio_route {
    const char *dest_url, *profile, *gateway, *proxy;
} swio_route;

/* Appends "sofia/PROFILE/DEST;fs_path=sip:PROXY". */
int swio_dial_string(swio_buf *out, const char *what, const swio_route *route);

#endif
