/* Commands from a pipe or a file. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/console_state.h"

enum { LINE_MAX_BYTES = 1 << 20 };

static struct {
    char *bytes;
    size_t size, len, taken;
    bool ended;
} input;

/* Until there is something to read; false: the program is to be left. */
static bool wait_readable(console *c)
{
    while (!atomic_load(&c->leaving)) {
        struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                {.fd = screen_fd(), .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return false;
        free(screen_take());
        if (fds[0].revents)
            return !atomic_load(&c->leaving);
    }
    return false;
}

static bool make_room(console *c)
{
    memmove(input.bytes, input.bytes + input.taken, input.len - input.taken);
    input.len -= input.taken;
    input.taken = 0;
    if (input.len + 1 < input.size)
        return true;
    size_t size = input.size ? 2 * input.size : 4096;
    char *bytes = size > LINE_MAX_BYTES ? NULL : realloc(input.bytes, size);
    if (!bytes) {
        c->line++;
        c->failed = true;
        console_error(c, NULL, "a line of more than %zu bytes", input.size);
        return false;
    }
    input.bytes = bytes;
    input.size = size;
    return true;
}

static bool read_more(console *c)
{
    if (!input.bytes && !(input.bytes = malloc(input.size = 4096)))
        return false;
    if (!make_room(c) || !wait_readable(c))
        return false;
    ssize_t n = read(STDIN_FILENO, input.bytes + input.len, input.size - input.len - 1);
    if (n < 0 && errno == EINTR)
        return true;
    input.ended = n <= 0;
    input.len += n > 0 ? (size_t)n : 0;
    input.bytes[input.len] = '\0'; /* for strndup() under strict checks of strings */
    return true;
}

char *console_read_line(console *c)
{
    char *end = NULL;
    while (!atomic_load(&c->leaving)) {
        size_t left = input.len - input.taken;
        char *start = left ? input.bytes + input.taken : NULL;
        end = left ? memchr(start, '\n', left) : NULL;
        if (end || (input.ended && left)) {
            size_t len = end ? (size_t)(end - start) : left;
            input.taken += len + (end != NULL);
            c->line++;
            return strndup(start, len && start[len - 1] == '\r' ? len - 1 : len);
        }
        if (input.ended || !read_more(c))
            break;
    }
    free(input.bytes);
    memset(&input, 0, sizeof input);
    return NULL;
}
