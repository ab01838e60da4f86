#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/log.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "cli/console_state.h"

/* What is kept at most while a prompt is shown. */
enum { KEPT_MAX = 64 * 1024, LOG_LINE_MAX = 1200 };

static struct {
    pthread_mutex_t lock;
    int fd;
    bool prompt;
    char *kept;
    size_t len;
    unsigned long left_out; /* lines for which there was no room */
} screen = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

int screen_fd(void)
{
    return screen.fd;
}

void screen_wake(void)
{
    int saved = errno;
    uint64_t one = 1;
    if (write(screen.fd, &one, sizeof one) < 0)
        errno = saved; /* full: it is readable all the same */
}

/* Under the lock. */
static void keep(const char *line)
{
    size_t len = strlen(line);
    if (!screen.kept)
        screen.kept = malloc(KEPT_MAX);
    if (!screen.kept || screen.len + len + 1 > KEPT_MAX) {
        screen.left_out++;
        return;
    }
    memcpy(screen.kept + screen.len, line, len + 1);
    screen.len += len;
}

static void on_log(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    static const char *const names[] = {"error", "warning", "info", "debug", "trace"};
    char whole[LOG_LINE_MAX], when[16];
    time_t now = time(NULL);
    struct tm tm;
    (void)file, (void)line, (void)arg;
    strftime(when, sizeof when, "%H:%M:%S", localtime_r(&now, &tm));
    snprintf(whole, sizeof whole - 1, "%s %s: %s", when, names[level], text);
    for (char *p = whole; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';    /* what would move the cursor */
    strcat(whole, "\n"); /* there is room for it */
    pthread_mutex_lock(&screen.lock);
    if (screen.prompt)
        keep(whole);
    else
        fputs(whole, stderr);
    bool wake = screen.prompt;
    pthread_mutex_unlock(&screen.lock);
    if (wake)
        screen_wake();
}

int screen_start(console *c)
{
    screen.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (screen.fd < 0)
        return console_error(c, NULL, "no prompt: %s", strerror(errno));
    if (c->terminal)
        swio_log_set_handler(on_log, NULL);
    return 0;
}

void screen_stop(void)
{
    swio_log_set_handler(NULL, NULL);
    screen_prompt(false);
    free(screen.kept);
    if (screen.fd >= 0)
        close(screen.fd);
    screen.kept = NULL;
    screen.fd = -1;
}

void screen_prompt(bool shown)
{
    pthread_mutex_lock(&screen.lock);
    screen.prompt = shown;
    pthread_mutex_unlock(&screen.lock);
    if (shown)
        return;
    char *text = screen_take();
    if (text)
        fputs(text, stderr);
    free(text);
}

char *screen_take(void)
{
    uint64_t count;
    char *text = NULL;
    if (screen.fd < 0 || read(screen.fd, &count, sizeof count) < 0)
        return NULL; /* nothing was said since */
    pthread_mutex_lock(&screen.lock);
    if (screen.len && screen.left_out) {
        if (asprintf(&text, "%s(%lu more lines: no room for them)\n", screen.kept,
                     screen.left_out) < 0)
            text = NULL;
    } else if (screen.len) {
        text = strdup(screen.kept);
    }
    screen.len = 0;
    screen.left_out = 0;
    pthread_mutex_unlock(&screen.lock);
    return text;
}
