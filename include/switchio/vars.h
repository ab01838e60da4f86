/* Vars: an app's own key -> value store, kept on a session or on a call. */
#ifndef SWITCHIO_VARS_H
#define SWITCHIO_VARS_H

#include <stdbool.h>
#include <stddef.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * What apps remember about a session (swio_session_vars()) or a call (swio_call_vars()). These are
 * ours alone and never reach FreeSWITCH: a channel variable is set with swio_session_setvar() and
 * read with swio_session_getvar().
 *
 * A store belongs to its session or call and lives as long as that is held. Keys are compared
 * exactly. Any thread may call any function.
 */
typedef struct swio_vars swio_vars;

/*
 * Sets `key` to a copy of `value`, or with NULL removes it. Whoever waits for this variable
 * (swio_session_waitfor()) wakes. SWIO_EINVAL for an empty key, SWIO_ENOMEM.
 */
SWIO_API int swio_vars_set(swio_vars *vars, const char *key, const char *value);

/* Adds to a whole number; a variable that is not there, or is no number, counts as 0. The sum goes
 * to `out` (may be NULL). For counters: no text is kept for the numbers in between. */
SWIO_API int swio_vars_add(swio_vars *vars, const char *key, long long delta, long long *out);

/*
 * The value, or NULL where there is none. The text stays valid as long as the session or call is
 * held, also when the variable is set anew meanwhile.
 */
SWIO_API const char *swio_vars_get(swio_vars *vars, const char *key);

/* The value as a whole decimal number, or `otherwise` where it is none or does not fit. */
SWIO_API long long swio_vars_get_int(swio_vars *vars, const char *key, long long otherwise);

/* True if it is set, as text, number or data. */
SWIO_API bool swio_vars_has(swio_vars *vars, const char *key);

/*
 * Hangs the caller's data on a key. `release` (may be NULL) gets it when the key is set anew or
 * removed, on that thread, or when the session or call goes, on whichever thread gives up the last
 * reference; it must not wait. On an error nothing was taken over. NULL data removes the key.
 */
typedef void swio_vars_release_fn(void *data);
SWIO_API int swio_vars_set_data(swio_vars *vars, const char *key, void *data,
                                swio_vars_release_fn *release);

/* The data hung there, or NULL. It is the caller's affair that nobody replaces it meanwhile. */
SWIO_API void *swio_vars_data(swio_vars *vars, const char *key);

SWIO_END_DECLS

#endif
