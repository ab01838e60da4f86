/* What a function says on a standard stream. */
#ifndef TESTS_SUPPORT_SAID_H
#define TESTS_SUPPORT_SAID_H

#include <stdio.h>
#include <unistd.h>

#include "support/cmocka.h"

static struct {
    int fd, kept;
    FILE *file;
    char text[16384];
} said_state;

/* From now on what goes to `fd` (1 or 2) is kept, … */
static inline void said_begin(int fd)
{
    fflush(NULL);
    said_state.fd = fd;
    said_state.file = tmpfile();
    assert_non_null(said_state.file);
    said_state.kept = dup(fd);
    dup2(fileno(said_state.file), fd);
}

/* … until now. Valid until the next time. */
static inline const char *said_end(void)
{
    fflush(NULL);
    dup2(said_state.kept, said_state.fd);
    close(said_state.kept);
    rewind(said_state.file);
    size_t n = fread(said_state.text, 1, sizeof said_state.text - 1, said_state.file);
    said_state.text[n] = '\0';
    fclose(said_state.file);
    return said_state.text;
}

#endif
