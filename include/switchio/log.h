/* Logging: levels, and where the lines go. */
#ifndef SWITCHIO_LOG_H
#define SWITCHIO_LOG_H

#include <switchio/export.h>

SWIO_BEGIN_DECLS

typedef enum swio_log_level {
    SWIO_LOG_ERROR,
    SWIO_LOG_WARNING,
    SWIO_LOG_INFO,
    SWIO_LOG_DEBUG,
    SWIO_LOG_TRACE, /* every frame that comes and goes, without passwords */
} swio_log_level;

/*
 * Gets one log line. `file` and `line` are where it was said; `text` has no line end and lives
 * for the duration of the call. Runs on whichever thread logs; calls never overlap. It must not
 * call back into the library.
 */
typedef void swio_log_fn(swio_log_level level, const char *file, int line, const char *text,
                         void *arg);

/* The threshold, SWIO_LOG_WARNING at first. Any thread. */
SWIO_API void swio_log_set_level(swio_log_level level);
SWIO_API swio_log_level swio_log_get_level(void);

/*
 * Finds a level by its name ("error", "warning", "info", "debug", "trace"; any case). Returns 0,
 * or SWIO_EINVAL with a sentence that lists the names.
 */
SWIO_API int swio_log_level_by_name(const char *name, swio_log_level *out);

/*
 * Sends the lines to `fn`, or with NULL to the standard error again, which is the default:
 * "Aug 26 21:59:01 [INFO] switchio dial.c:114 : text". Any thread.
 */
SWIO_API void swio_log_set_handler(swio_log_fn *fn, void *arg);

/*
 * Says a line, if its level is wanted. For programs and apps of one's own, so that their lines
 * stand among those of the library:
 *     swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__, "%d calls", n);
 */
SWIO_API void swio_log_line(swio_log_level level, const char *file, int line, const char *fmt, ...)
    SWIO_PRINTF(4, 5);

SWIO_END_DECLS

#endif
