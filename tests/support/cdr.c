#include "support/cdr.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/store.h>
#include <unistd.h>

#include "measure/columns.h"
#include "support/cmocka.h"

static void start(swio_cdr *cdr, uint64_t n, swio_outcome outcome)
{
    swio_cdr_init(cdr);
    cdr->number = n;
    cdr->outcome = outcome;
    cdr->due_us = CDR_EPOCH + (int64_t)n * 10000;
    cdr->rate = 100;
    cdr->limit = 500;
    cdr->duration = 5;
    snprintf(cdr->app, sizeof cdr->app, "TonePlay");
}

static void place(swio_cdr *cdr, uint64_t n)
{
    cdr->launch_us = cdr->due_us + (int64_t)(n % 7) * 10;
    cdr->req_originate_us = cdr->launch_us + 1500 + (int64_t)(n % 100);
    snprintf(cdr->node, sizeof cdr->node, "127.0.0.%u:8021", 1 + (unsigned)(n % 2));
    snprintf(cdr->caller.uuid, sizeof cdr->caller.uuid, "a0a0a0a0-0000-4000-8000-%012u",
             (unsigned)n);
    cdr->originate_us = CDR_EPOCH + (int64_t)n * 20000;
    cdr->caller.create_us = cdr->originate_us;
}

void cdr_answered(swio_cdr *cdr, uint64_t n)
{
    start(cdr, n, SWIO_OUTCOME_ANSWERED);
    place(cdr, n);
    cdr->answer_seen_us = cdr->launch_us + 52000 + (int64_t)(n % 1000) * 17;
    cdr->end_us = cdr->launch_us + 5060000 + (int64_t)(n % 13) * 1000;
    snprintf(cdr->callee.uuid, sizeof cdr->callee.uuid, "b0b0b0b0-0000-4000-8000-%012u",
             (unsigned)n);
    cdr->callee.create_us = cdr->caller.create_us + 20000;
    cdr->callee.answer_us = cdr->callee.create_us + 20000;
    cdr->caller.answer_us = cdr->callee.answer_us + (int64_t)(n % 3) * 20000;
    cdr->caller.hangup_us = cdr->caller.answer_us + 5000000;
    cdr->callee.hangup_us = cdr->caller.hangup_us + 20000;
    cdr->caller.mos = 4.5;
    cdr->caller.jitter_ms = 0.1 + (double)(n % 10);
    cdr->caller.packet_loss = 1.0 / 3;
    snprintf(cdr->caller.cause, sizeof cdr->caller.cause, "NORMAL_CLEARING");
    snprintf(cdr->callee.cause, sizeof cdr->callee.cause, "NORMAL_CLEARING");
    cdr->failed_calls = 3;
    cdr->active_sessions = 20 + n % 5;
    cdr->erlangs = 10 + n % 5;
}

void cdr_failed(swio_cdr *cdr, uint64_t n, const char *cause)
{
    start(cdr, n, SWIO_OUTCOME_FAILED);
    place(cdr, n);
    cdr->end_us = cdr->launch_us + 30000;
    snprintf(cdr->cause, sizeof cdr->cause, "%s", cause);
    snprintf(cdr->caller.cause, sizeof cdr->caller.cause, "%s", cause);
}

void cdr_blocked(swio_cdr *cdr, uint64_t n)
{
    start(cdr, n, SWIO_OUTCOME_BLOCKED);
    cdr->app[0] = cdr->node[0] = '\0'; /* it was given to none */
    cdr->end_us = cdr->due_us;
}

void assert_cdr_equal(const swio_cdr *a, const swio_cdr *b)
{
    for (size_t i = 0; i < swio_column_count(); i++) {
        const swio_column *column = swio_column_at(i);
        swio_cell one = swio_cell_get(column, a), other = swio_cell_get(column, b);
        if (one.kind != other.kind || one.integer != other.integer || one.real < other.real ||
            one.real > other.real ||
            strcmp(one.text ? one.text : "", other.text ? other.text : "") != 0)
            fail_msg("record %llu: %s differs", (unsigned long long)a->number, column->name);
    }
}

char cdr_folder[64];

int cdr_folder_make(void **state)
{
    (void)state;
    strcpy(cdr_folder, "/tmp/switchio-measure.XXXXXX");
    assert_non_null(mkdtemp(cdr_folder));
    return 0;
}

int cdr_folder_remove(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", cdr_folder);
    return system(command);
}

const char *cdr_path(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", cdr_folder, name);
    return path;
}

int cdr_count(const swio_cdr *cdr, void *count)
{
    (void)cdr;
    ++*(uint64_t *)count;
    return 0;
}

int cdr_keep_last(const swio_cdr *cdr, void *two)
{
    swio_cdr *kept = two;
    kept[1] = kept[0];
    kept[0] = *cdr;
    return 0;
}

static void step(sqlite3 *db, sqlite3_stmt *statement, double *out, size_t n)
{
    int got = sqlite3_step(statement);
    if (got != SQLITE_ROW && got != SQLITE_DONE)
        fail_msg("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(db));
    for (size_t i = 0; i < n && got == SQLITE_ROW; i++)
        out[i] = sqlite3_column_type(statement, (int)i) == SQLITE_NULL
                     ? (double)NAN
                     : sqlite3_column_double(statement, (int)i);
}

void cdr_sql(const char *path, const char *sql, double *out, size_t n)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    while (*sql) {
        sqlite3_stmt *statement;
        const char *rest;
        if (sqlite3_prepare_v2(db, sql, -1, &statement, &rest) != SQLITE_OK)
            fail_msg("%s: %s", sql, sqlite3_errmsg(db));
        step(db, statement, out, n);
        sqlite3_finalize(statement);
        sql = rest;
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

void cdr_write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}
