/* Header lines as FreeSWITCH writes them, many bytes at a time. */
#ifndef SWIO_ESL_LINES_H
#define SWIO_ESL_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "esl/event_impl.h"

/* So many places behind the last line end may be written to: those of one block of 64 bytes. */
enum { SWIO_LINES_SLACK = 64 };

/* One way to do it; all give the same. */
typedef struct swio_lines {
    const char *name;
    /*
     * Writes the offset of each '\n' of the bytes to `ends`, in order, and returns how many there
     * are; anything above `max` if there are more than that. `ends` has room for `max` and
     * SWIO_LINES_SLACK more. Never reads outside the bytes, which are fewer than 4 GiB.
     */
    size_t (*ends)(const char *bytes, size_t len, uint32_t *ends, size_t max);
    /*
     * Splits lines that end at `ends` into entries and fingerprints, and puts NULs in the place of
     * each first ':' and of each '\n'. Returns how many lines that were: it stops at the first that
     * has no ": ", or a ':' before that. SWIO_TEXT_SLACK bytes behind the text can be read.
     */
    size_t (*split)(char *text, const uint32_t *ends, size_t count, swio_entry *entries,
                    uint8_t *prints);
} swio_lines;

/* In plain C, 8 bytes at a time; everywhere. */
extern const swio_lines swio_lines_portable;

#ifdef __x86_64__
extern const swio_lines swio_lines_sse2; /* every x86-64 has it */
extern const swio_lines swio_lines_avx2; /* if swio_lines_best() is this one */
#endif

/* The fastest that this machine can run. */
const swio_lines *swio_lines_best(void);

#endif
