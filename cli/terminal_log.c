#include "cli/terminal_log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/log.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { KEPT_MAX = 1024 * 1024 }; /* bytes; what is beyond is counted */

static struct {
    pthread_mutex_t lock;
    bool taken;
    char *text;
    size_t bytes, size;
    size_t left_out; /* lines */
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool has_room(size_t bytes)
{
    if (kept.bytes + bytes <= kept.size)
        return true;
    size_t size = kept.size ? 2 * kept.size : 4096;
    while (size < kept.bytes + bytes)
        size *= 2;
    char *more = size <= KEPT_MAX ? realloc(kept.text, size) : NULL;
    if (!more)
        return false;
    kept.text = more;
    kept.size = size;
    return true;
}

/* As the library writes them to the standard error; a byte that would move the cursor is a blank.
 */
static void keep(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    static const char *const tags[] = {"ERROR", "WARNING", "INFO", "DEBUG", "TRACE"};
    char head[128];
    struct tm tm;
    time_t now = time(NULL);
    (void)arg;
    localtime_r(&now, &tm);
    size_t n = strftime(head, sizeof head, "%b %d %H:%M:%S", &tm);
    int more =
        snprintf(head + n, sizeof head - n, " [%s] switchio %s:%d : ", tags[level], file, line);
    n = more > 0 && (size_t)more < sizeof head - n ? n + (size_t)more : sizeof head - 1;
    size_t bytes = strlen(text);
    pthread_mutex_lock(&kept.lock);
    if (has_room(n + bytes + 1)) {
        memcpy(kept.text + kept.bytes, head, n);
        kept.bytes += n;
        for (size_t i = 0; i < bytes; i++) {
            unsigned char c = (unsigned char)text[i];
            kept.text[kept.bytes++] = c < 0x20 || c == 0x7f ? ' ' : text[i];
        }
        kept.text[kept.bytes++] = '\n';
    } else {
        kept.left_out++;
    }
    pthread_mutex_unlock(&kept.lock);
}

static bool same_terminal(void)
{
    struct stat out, err;
    return isatty(STDERR_FILENO) && fstat(STDOUT_FILENO, &out) == 0 &&
           fstat(STDERR_FILENO, &err) == 0 && out.st_rdev == err.st_rdev;
}

void terminal_log_take(void)
{
    if (!same_terminal())
        return;
    kept.taken = true;
    swio_log_set_handler(keep, NULL);
}

static void to_stderr(void *arg, const char *text, size_t bytes)
{
    (void)arg;
    fwrite(text, 1, bytes, stderr);
}

void terminal_log_release(void)
{
    if (!kept.taken)
        return;
    swio_log_set_handler(NULL, NULL);
    terminal_log_give(to_stderr, NULL);
    pthread_mutex_lock(&kept.lock);
    free(kept.text);
    kept.text = NULL;
    kept.size = 0;
    kept.taken = false;
    pthread_mutex_unlock(&kept.lock);
}

bool terminal_log_waits(void)
{
    pthread_mutex_lock(&kept.lock);
    bool waits = kept.bytes > 0 || kept.left_out > 0;
    pthread_mutex_unlock(&kept.lock);
    return waits;
}

void terminal_log_give(terminal_log_fn *fn, void *arg)
{
    pthread_mutex_lock(&kept.lock);
    char *text = kept.text;
    size_t bytes = kept.bytes, left_out = kept.left_out;
    kept.text = NULL;
    kept.bytes = kept.size = kept.left_out = 0;
    pthread_mutex_unlock(&kept.lock);
    if (bytes)
        fn(arg, text, bytes);
    if (left_out) {
        char line[80];
        int n = snprintf(line, sizeof line, "… and %zu lines of the log that came too fast\n",
                         left_out);
        fn(arg, line, (size_t)n);
    }
    free(text);
}
