/* Saying something to the log. */
#ifndef SWIO_BASE_LOG_H
#define SWIO_BASE_LOG_H

#include <stdbool.h>
#include <switchio/log.h>

/* True if a line of this level would be shown: for lines that are costly to make. */
bool swio_log_wants(swio_log_level level);

void swio_log_at(swio_log_level level, const char *file, int line, const char *fmt, ...)
    SWIO_PRINTF(4, 5);

#define swio_log(level, ...)                                     \
    do {                                                         \
        if (swio_log_wants(level))                               \
            swio_log_at(level, __FILE__, __LINE__, __VA_ARGS__); \
    } while (0)

#define swio_error(...)   swio_log(SWIO_LOG_ERROR, __VA_ARGS__)
#define swio_warning(...) swio_log(SWIO_LOG_WARNING, __VA_ARGS__)
#define swio_info(...)    swio_log(SWIO_LOG_INFO, __VA_ARGS__)
#define swio_debug(...)   swio_log(SWIO_LOG_DEBUG, __VA_ARGS__)
#define swio_trace(...)   swio_log(SWIO_LOG_TRACE, __VA_ARGS__)

#endif
