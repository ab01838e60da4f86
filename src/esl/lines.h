/* Header lines as FreeSWITCH writes them, many bytes at a time. */
#ifndef SWIO_ESL_LINES_H
#define SWIO_ESL_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "esl/event_impl.h"

enum {
    SWIO_LINES_MIN = 64,  /* bytes: fewer are not worth it */
    SWIO_LINES_SLACK = 8, /* so many places behind the last mark may be written to */
};

/* One way to do it; all give the same. */
typedef struct swio_lines {
    const char *name;
    /*
     * Copies `len` bytes (at least SWIO_LINES_MIN, fewer than 4 GiB) to `text`, with a NUL in the
     * place of each mark, which is a ':' or a '\n'. Writes the offset of each mark to `marks`, in
     * order, and returns how many there are; anything above `max` if there are more than that, and
     * then the copy may end anywhere. `marks` has room for `max` and SWIO_LINES_SLACK more. Never
     * reads outside the bytes, nor writes outside the text.
     */
    size_t (*copy)(char *text, const char *bytes, size_t len, uint32_t *marks, size_t max);
    /*
     * Whether these marks are those of `count` lines of "name: value", with no other ':': then they
     * are entries as they stand. FreeSWITCH encodes the ':' in values, so that a line has more than
     * one only where a name has one. Writes the fingerprints of the names. entries[-1].end + 1 is
     * 0, and there is a byte behind the last mark.
     */
    bool (*alternate)(const char *bytes, const swio_entry *entries, size_t count, uint8_t *prints);
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
