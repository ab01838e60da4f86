#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/err.h"

enum { LINE_MAX_BYTES = 4096 };

static const char *const level_names[] = {"error", "warning", "info", "debug", "trace"};
static const char *const level_tags[] = {"ERROR", "WARNING", "INFO", "DEBUG", "TRACE"};
enum { LEVELS = sizeof level_names / sizeof level_names[0] };

static atomic_int threshold = SWIO_LOG_WARNING;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static swio_log_fn *handler;
static void *handler_arg;

void swio_log_set_level(swio_log_level level)
{
    atomic_store(&threshold, (int)level);
}

swio_log_level swio_log_get_level(void)
{
    return (swio_log_level)atomic_load(&threshold);
}

int swio_log_level_by_name(const char *name, swio_log_level *out)
{
    for (int i = 0; i < LEVELS; i++)
        if (strcasecmp(name, level_names[i]) == 0) {
            *out = (swio_log_level)i;
            return 0;
        }
    return swio_err(SWIO_EINVAL, "'%s' is no log level: try error, warning, info, debug or trace",
                    name);
}

void swio_log_set_handler(swio_log_fn *fn, void *arg)
{
    pthread_mutex_lock(&lock);
    handler = fn;
    handler_arg = arg;
    pthread_mutex_unlock(&lock);
}

bool swio_log_wants(swio_log_level level)
{
    return (int)level <= atomic_load_explicit(&threshold, memory_order_relaxed);
}

static void to_stderr(swio_log_level level, const char *file, int line, const char *text)
{
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    strftime(when, sizeof when, "%b %d %H:%M:%S", &tm);
    fprintf(stderr, "%s [%s] switchio %s:%d : %s\n", when, level_tags[level], file, line, text);
}

SWIO_PRINTF(4, 0)
static void say(swio_log_level level, const char *file, int line, const char *fmt, va_list args)
{
    char text[LINE_MAX_BYTES];
    vsnprintf(text, sizeof text, fmt, args);

    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    pthread_mutex_lock(&lock);
    if (handler)
        handler(level, name, line, text, handler_arg);
    else
        to_stderr(level, name, line, text);
    pthread_mutex_unlock(&lock);
}

void swio_log_at(swio_log_level level, const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(level, file, line, fmt, args);
    va_end(args);
}

void swio_log_line(swio_log_level level, const char *file, int line, const char *fmt, ...)
{
    if (!swio_log_wants(level))
        return;
    va_list args;
    va_start(args, fmt);
    say(level, file, line, fmt, args);
    va_end(args);
}
