/* What a client sends to a switch, call by call: as recorded in a capture, or as it happens. */
#ifndef SWIO_TESTS_TRANSCRIPT_H
#define SWIO_TESTS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A step is one command to one leg on one line, with the leg's role in place of its uuid:
 *     callee: api uuid_answer
 *     caller: sendmsg call-command: execute execute-app-name: playback …
 * Seconds of sched_hangup are rounded up, as the switch reads whole ones. The caller is the leg
 * that an originate names, the callee the next leg that is new.
 */
enum { TRANSCRIPT_CALLS = 4, TRANSCRIPT_STEPS = 32, TRANSCRIPT_STEP = 400 };

typedef struct transcript_call {
    char caller[40];
    char callee[40];
    char originate[2000]; /* the whole command */
    size_t count;
    char steps[TRANSCRIPT_STEPS][TRANSCRIPT_STEP];
} transcript_call;

typedef struct transcript {
    size_t count;
    transcript_call calls[TRANSCRIPT_CALLS];
    char events[1000]; /* that were subscribed to, each between two blanks */
} transcript;

/* From a capture, dial_APP.sent.bin. `unanswered`: without the hang-ups that the recorded dialer
 * schedules for calls that were never answered, in fractions of seconds. */
void transcript_read(transcript *d, const char *path, bool unanswered);

/* From all connections of this process, by their traces in the log, until transcript_stop(). */
void transcript_listen(transcript *d);
void transcript_stop(void);

/* The same commands to the same legs in the same order; and every variable of the recorded
 * originates, with its value. Fails the cmocka test. */
void transcript_compare(const transcript *ours, const transcript *recorded);

/* One call's steps, in lines. Lives until the next call. */
const char *transcript_steps(const transcript *d, size_t call);

#endif
