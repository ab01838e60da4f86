/* Where the ':' and '\n' of a text are, many bytes at a time. */
#ifndef SWIO_ESL_MARKS_H
#define SWIO_ESL_MARKS_H

#include <stddef.h>
#include <stdint.h>

/* So many places behind the last mark may be written to. */
enum { SWIO_MARKS_SLACK = 8 };

/*
 * Writes `base` plus the offset of each ':' and '\n' in the bytes to `marks`, in order, and returns
 * how many there are. `marks` has room for `len` and SWIO_MARKS_SLACK more. Never reads outside the
 * bytes.
 */
typedef size_t swio_marks_fn(const char *bytes, size_t len, uint32_t base, uint32_t *marks);

swio_marks_fn swio_marks_find;     /* the fastest that this build has */
swio_marks_fn swio_marks_portable; /* in plain C, 8 bytes at a time; for tests on every machine */

#endif
