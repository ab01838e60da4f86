/* Where the ':' and '\n' of a text are, many bytes at a time. */
#ifndef SWIO_ESL_MARKS_H
#define SWIO_ESL_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many places behind the last mark may be written to: those of one block. */
enum { SWIO_MARKS_SLACK = 64 };

/*
 * Writes the offset of each ':' and '\n' of the bytes to `marks`, in order, and returns how many
 * there are; anything above `max` if there are more than that. `marks` has room for `max` and
 * SWIO_MARKS_SLACK more. Never reads outside the bytes, which are fewer than 4 GiB.
 */
typedef size_t swio_marks_fn(const char *bytes, size_t len, uint32_t *marks, size_t max);

/* The fastest of those below that this machine can run. */
swio_marks_fn swio_marks_find;

/* In plain C, 8 bytes at a time; everywhere. */
swio_marks_fn swio_marks_portable;

#ifdef __x86_64__
swio_marks_fn swio_marks_sse2;
swio_marks_fn swio_marks_avx2; /* only where swio_marks_has_avx2() */
bool swio_marks_has_avx2(void);
#endif

#endif
