/* What happened, as letters in their order; and what was logged. Any thread. */
#ifndef SWIO_TESTS_NOTES_H
#define SWIO_TESTS_NOTES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <switchio/log.h>

#include "support/wait.h"

static struct {
    pthread_mutex_t lock;
    char letters[128];
    char log[8192];
} notes = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline void note(char letter)
{
    pthread_mutex_lock(&notes.lock);
    size_t n = strlen(notes.letters);
    if (n + 1 < sizeof notes.letters)
        notes.letters[n] = letter;
    pthread_mutex_unlock(&notes.lock);
}

static inline bool noted(const char *letters)
{
    pthread_mutex_lock(&notes.lock);
    bool same = strcmp(notes.letters, letters) == 0;
    pthread_mutex_unlock(&notes.lock);
    return same;
}

static inline void notes_clear(void)
{
    pthread_mutex_lock(&notes.lock);
    memset(notes.letters, 0, sizeof notes.letters);
    notes.log[0] = '\0';
    pthread_mutex_unlock(&notes.lock);
}

/* Waits for exactly these letters, and forgets them. */
#define expect_notes(expected)                                               \
    do {                                                                     \
        double notes_end_ = wait_clock() + WAIT_DEADLINE_SECONDS;            \
        while (!noted(expected) && wait_clock() < notes_end_)                \
            wait_a_little();                                                 \
        if (!noted(expected))                                                \
            fail_msg("noted '%s' instead of '%s'", notes.letters, expected); \
        pthread_mutex_lock(&notes.lock);                                     \
        memset(notes.letters, 0, sizeof notes.letters);                      \
        pthread_mutex_unlock(&notes.lock);                                   \
    } while (0)

static inline void notes_on_line(swio_log_level level, const char *file, int line, const char *text,
                                 void *arg)
{
    (void)file, (void)line, (void)arg;
    pthread_mutex_lock(&notes.lock);
    size_t n = strlen(notes.log);
    snprintf(notes.log + n, sizeof notes.log - n, "%d %s\n", (int)level, text);
    pthread_mutex_unlock(&notes.lock);
}

/* From now on log lines are kept, with their level in front. */
static inline void notes_take_log(swio_log_level level)
{
    swio_log_set_level(level);
    swio_log_set_handler(notes_on_line, NULL);
}

static inline bool logged(const char *words)
{
    pthread_mutex_lock(&notes.lock);
    bool has = strstr(notes.log, words);
    pthread_mutex_unlock(&notes.lock);
    return has;
}

#endif
