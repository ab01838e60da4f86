#include "measure/columns.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/number.h"

#define COLUMN(name, type, field, doc)                                                           \
    {                                                                                            \
        name, SWIO_COLUMN_##type, doc, offsetof(swio_cdr, field), sizeof(((swio_cdr *)0)->field) \
    }

/* "limit" is a word of SQL's; the unit of a duration has to be seen. */
static const swio_column columns[] = {
    COLUMN("number", COUNT, number, "of the arrival within the run, from 1"),
    COLUMN("outcome", OUTCOME, outcome, "blocked, failed, answered or lost"),
    COLUMN("app", TEXT, app, "the app that it was given to; none where blocked"),
    COLUMN("node", TEXT, node, "the switch that it was placed on; none where blocked"),
    COLUMN("cause", TEXT, cause, "of a failure: the originate's"),
    COLUMN("due_us", TIME, due_us, "local: when it was to be placed"),
    COLUMN("launch_us", TIME, launch_us, "local: when its originate was sent"),
    COLUMN("req_originate_us", TIME, req_originate_us,
           "local: when the caller's CHANNEL_ORIGINATE came"),
    COLUMN("answer_seen_us", TIME, answer_seen_us, "local: when the caller's CHANNEL_ANSWER came"),
    COLUMN("end_us", TIME, end_us, "local: when its last leg was gone"),
    COLUMN("originate_us", TIME, originate_us, "switch: the caller's CHANNEL_ORIGINATE"),
    COLUMN("caller_uuid", TEXT, caller.uuid, "Unique-ID of the caller's leg"),
    COLUMN("caller_cause", TEXT, caller.cause, "Hangup-Cause of the caller's leg"),
    COLUMN("caller_create_us", TIME, caller.create_us, "switch: the caller's leg was made"),
    COLUMN("caller_answer_us", TIME, caller.answer_us, "switch: it was answered"),
    COLUMN("caller_hangup_us", TIME, caller.hangup_us, "switch: it was hung up"),
    COLUMN("caller_mos", REAL, caller.mos, "mean opinion score of what it received, 1 to 5"),
    COLUMN("caller_jitter_ms", REAL, caller.jitter_ms, "jitter of what it received, milliseconds"),
    COLUMN("caller_packet_loss", REAL, caller.packet_loss,
           "share of frames without a packet, 0 to 1"),
    COLUMN("callee_uuid", TEXT, callee.uuid, "Unique-ID of the callee's leg"),
    COLUMN("callee_cause", TEXT, callee.cause, "Hangup-Cause of the callee's leg"),
    COLUMN("callee_create_us", TIME, callee.create_us, "switch: the callee's leg was made"),
    COLUMN("callee_answer_us", TIME, callee.answer_us, "switch: it was answered"),
    COLUMN("callee_hangup_us", TIME, callee.hangup_us, "switch: it was hung up"),
    COLUMN("callee_mos", REAL, callee.mos, "mean opinion score of what it received, 1 to 5"),
    COLUMN("callee_jitter_ms", REAL, callee.jitter_ms, "jitter of what it received, milliseconds"),
    COLUMN("callee_packet_loss", REAL, callee.packet_loss,
           "share of frames without a packet, 0 to 1"),
    COLUMN("failed_calls", COUNT, failed_calls, "failed so far, when the record was made"),
    COLUMN("active_sessions", COUNT, active_sessions, "sessions up on all nodes then"),
    COLUMN("erlangs", COUNT, erlangs, "calls up or being set up then"),
    COLUMN("rate", REAL, rate, "the setting when it arrived, calls a second"),
    COLUMN("call_limit", COUNT, limit, "the setting when it arrived, concurrent calls"),
    COLUMN("duration_s", REAL, duration, "the setting when it arrived, answer to hang-up, seconds"),
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

size_t swio_column_count(void)
{
    return COLUMNS;
}

const swio_column *swio_column_at(size_t index)
{
    return index < COLUMNS ? &columns[index] : NULL;
}

const swio_column *swio_column_find(const char *name, size_t *index)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strcmp(columns[i].name, name) == 0) {
            *index = i;
            return &columns[i];
        }
    }
    return NULL;
}

/* ---- the record ---- */

static const char *const outcomes[SWIO_OUTCOMES] = {
    [SWIO_OUTCOME_BLOCKED] = "blocked",
    [SWIO_OUTCOME_FAILED] = "failed",
    [SWIO_OUTCOME_ANSWERED] = "answered",
    [SWIO_OUTCOME_LOST] = "lost",
};

const char *swio_outcome_name(swio_outcome outcome)
{
    return (unsigned)outcome < SWIO_OUTCOMES ? outcomes[outcome] : NULL;
}

void swio_cdr_init(swio_cdr *cdr)
{
    memset(cdr, 0, sizeof *cdr);
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].type == SWIO_COLUMN_REAL)
            *(double *)((char *)cdr + columns[i].offset) = NAN;
    cdr->rate = cdr->duration = 0;
}

/* ---- values ---- */

static swio_cell text_cell(const char *text)
{
    return text && text[0] ? (swio_cell){.kind = SWIO_CELL_TEXT, .text = text} : (swio_cell){0};
}

swio_cell swio_cell_get(const swio_column *column, const swio_cdr *cdr)
{
    const char *field = (const char *)cdr + column->offset;
    swio_cell cell = {0};
    switch (column->type) {
    case SWIO_COLUMN_TEXT:
        return text_cell(field);
    case SWIO_COLUMN_OUTCOME:
        return text_cell(swio_outcome_name(*(const swio_outcome *)field));
    case SWIO_COLUMN_COUNT:
        cell.kind = SWIO_CELL_INTEGER;
        cell.integer = (int64_t) * (const uint64_t *)field;
        break;
    case SWIO_COLUMN_TIME:
        cell.integer = *(const int64_t *)field;
        cell.kind = cell.integer ? SWIO_CELL_INTEGER : SWIO_CELL_NULL;
        break;
    case SWIO_COLUMN_REAL:
        cell.real = *(const double *)field;
        cell.kind = isfinite(cell.real) ? SWIO_CELL_REAL : SWIO_CELL_NULL;
        break;
    }
    return cell;
}

/* The end of the year 9999: of times up to there every difference is a number too. */
#define TIME_MAX_US INT64_C(253402300799999999)

static bool set_text(const swio_column *column, const char *text, char *field)
{
    size_t len = strlen(text);
    if (len >= column->size)
        return false;
    memcpy(field, text, len + 1);
    return true;
}

static bool set_outcome(const char *text, swio_outcome *field)
{
    for (unsigned i = 0; i < SWIO_OUTCOMES; i++) {
        if (strcmp(outcomes[i], text) == 0) {
            *field = (swio_outcome)i;
            return true;
        }
    }
    return false;
}

bool swio_cell_set(const swio_column *column, swio_cell cell, swio_cdr *cdr)
{
    char *field = (char *)cdr + column->offset;
    if (cell.kind == SWIO_CELL_NULL)
        return true;
    switch (column->type) {
    case SWIO_COLUMN_TEXT:
        return cell.kind == SWIO_CELL_TEXT && set_text(column, cell.text, field);
    case SWIO_COLUMN_OUTCOME:
        return cell.kind == SWIO_CELL_TEXT && set_outcome(cell.text, (swio_outcome *)field);
    case SWIO_COLUMN_COUNT:
        *(uint64_t *)field = (uint64_t)cell.integer;
        return cell.kind == SWIO_CELL_INTEGER && cell.integer >= 0;
    case SWIO_COLUMN_TIME:
        *(int64_t *)field = cell.integer;
        return cell.kind == SWIO_CELL_INTEGER && cell.integer >= 0 && cell.integer <= TIME_MAX_US;
    case SWIO_COLUMN_REAL:
        *(double *)field = cell.kind == SWIO_CELL_REAL ? cell.real : (double)cell.integer;
        return cell.kind != SWIO_CELL_TEXT && isfinite(*(double *)field);
    }
    return false;
}

static bool parse_integer(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    *out = n;
    return end != text && !*end && errno == 0;
}

bool swio_cell_parse(const swio_column *column, const char *text, swio_cdr *cdr)
{
    swio_cell cell = {.kind = SWIO_CELL_TEXT, .text = text};
    const char *end;
    if (!text[0])
        return true;
    if (column->type == SWIO_COLUMN_COUNT || column->type == SWIO_COLUMN_TIME) {
        cell.kind = SWIO_CELL_INTEGER;
        if (!parse_integer(text, &cell.integer))
            return false;
    } else if (column->type == SWIO_COLUMN_REAL) {
        cell.kind = SWIO_CELL_REAL;
        if (!swio_number_parse(text, &end, &cell.real) || *end)
            return false;
    }
    return swio_cell_set(column, cell, cdr);
}

const char *swio_column_wants(const swio_column *column)
{
    static const char *const wants[] = {
        [SWIO_COLUMN_TEXT] = "a text that fits",
        [SWIO_COLUMN_COUNT] = "a whole number from 0",
        [SWIO_COLUMN_TIME] = "a time in whole microseconds since 1970",
        [SWIO_COLUMN_REAL] = "a number",
        [SWIO_COLUMN_OUTCOME] = "blocked, failed, answered or lost",
    };
    return wants[column->type];
}
