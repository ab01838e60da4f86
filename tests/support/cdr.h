/* Call records for tests: each field has a value of its own. */
#ifndef SWIO_TESTS_CDR_H
#define SWIO_TESTS_CDR_H

#include <stddef.h>
#include <stdint.h>
#include <switchio/cdr.h>

/* 2026-11-22 20:00:00 UTC, in microseconds. */
#define CDR_EPOCH INT64_C(1795377600000000)

/* An answered call, the nth of a run at 100 calls a second; its times depend on n alone. */
void cdr_answered(swio_cdr *cdr, uint64_t n);
void cdr_failed(swio_cdr *cdr, uint64_t n, const char *cause);
void cdr_blocked(swio_cdr *cdr, uint64_t n);

/* Fails the test where a field differs; NAN is like NAN. */
void assert_cdr_equal(const swio_cdr *a, const swio_cdr *b);

/* A new folder below /tmp, and its end with all that is in it: for cmocka's setup and teardown. */
extern char cdr_folder[64];
int cdr_folder_make(void **state);
int cdr_folder_remove(void **state);

/* A file of that name in it, in static memory of which there are four. */
const char *cdr_path(const char *name);

/* For swio_cdr_read(): counts into an uint64_t; keeps the last two, the last first. */
int cdr_count(const swio_cdr *cdr, void *count);
int cdr_keep_last(const swio_cdr *cdr, void *two);

/* Runs SQL on a database, made where it is missing; the first row of the last statement goes into
 * `out`, NAN where it is NULL. Fails the test on an error. */
void cdr_sql(const char *path, const char *sql, double *out, size_t n);

void cdr_write_file(const char *path, const char *text);

#endif
