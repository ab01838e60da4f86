#include "measure/plot_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

/* NAN where one of them did not happen. */
static double between(int64_t from_us, int64_t to_us)
{
    return from_us && to_us ? (double)(to_us - from_us) / 1e6 : NAN;
}

static double call_setup(const swio_cdr *cdr)
{
    return between(cdr->caller.create_us, cdr->caller.answer_us);
}

static double invite(const swio_cdr *cdr)
{
    return between(cdr->caller.create_us, cdr->callee.create_us);
}

static double answer(const swio_cdr *cdr)
{
    return between(cdr->callee.answer_us, cdr->caller.answer_us);
}

static double originate(const swio_cdr *cdr)
{
    return between(cdr->launch_us, cdr->req_originate_us);
}

static double answer_seen(const swio_cdr *cdr)
{
    return between(cdr->launch_us, cdr->answer_seen_us);
}

const plot_latency swio_plot_latencies[PLOT_LATENCIES] = {
    {"call set-up", call_setup, SWIO_METRIC_CALL_SETUP_LATENCY, true},
    {"answer seen", answer_seen, SWIO_METRIC_ANSWER_SEEN_LATENCY, false},
    {"invite", invite, SWIO_METRIC_INVITE_LATENCY, true},
    {"answer", answer, SWIO_METRIC_ANSWER_LATENCY, true},
    {"originate", originate, SWIO_METRIC_ORIGINATE_LATENCY, false},
};

static void note_name(plot_names *names, const char *name)
{
    if (!*name)
        return;
    for (size_t i = 0; i < names->count && i < PLOT_NAMES_MAX; i++)
        if (strcmp(names->names[i], name) == 0)
            return;
    if (names->count < PLOT_NAMES_MAX)
        snprintf(names->names[names->count], sizeof names->names[0], "%s", name);
    names->count++;
}

static int grow(plot_data *data)
{
    size_t cap = data->cap ? data->cap * 2 : 1024;
    plot_row *rows = swio_realloc(data->rows, cap * sizeof *rows);
    if (!rows)
        return swio_err_nomem();
    data->rows = rows;
    data->cap = cap;
    return 0;
}

int swio_plot_data_add(plot_data *data, const swio_cdr *cdr)
{
    int64_t due_us = cdr->due_us ? cdr->due_us : cdr->launch_us ? cdr->launch_us : cdr->end_us;
    if (!due_us)
        return 0;
    if (data->count == data->cap && grow(data))
        return SWIO_ENOMEM;
    bool first = data->count == 0;
    plot_row *row = &data->rows[data->count++];
    /* Microseconds since 1970 fit a double exactly; swio_plot_data_finish() makes seconds of them.
     */
    *row = (plot_row){.due = (double)due_us,
                      .launch = cdr->launch_us ? (double)cdr->launch_us : NAN,
                      .end = cdr->end_us ? (double)cdr->end_us : NAN,
                      .rate = cdr->rate,
                      .limit = (double)cdr->limit,
                      .active_sessions = (double)cdr->active_sessions,
                      .outcome = cdr->outcome};
    for (size_t i = 0; i < PLOT_LATENCIES; i++)
        row->latency[i] = swio_plot_latencies[i].value(cdr);
    data->outcomes[cdr->outcome]++;
    note_name(&data->apps, cdr->app);
    note_name(&data->nodes, cdr->node);
    if (first || due_us < data->start_us)
        data->start_us = due_us;
    data->rate_least = first ? cdr->rate : fmin(data->rate_least, cdr->rate);
    data->rate_most = fmax(data->rate_most, cdr->rate);
    data->duration = fmax(data->duration, cdr->duration);
    data->limit = cdr->limit > data->limit ? cdr->limit : data->limit;
    return 0;
}

static int by_due(const void *a, const void *b)
{
    const plot_row *left = a, *right = b;
    return (left->due > right->due) - (left->due < right->due);
}

/* By chance one of 20 times the mean distance comes once in 500 million arrivals. */
static const double PAUSE = 20;

static bool is_pause(const plot_row *last, const plot_row *next)
{
    return (next->due - last->due) * fmin(last->rate, next->rate) > PAUSE;
}

static int find_pauses(plot_data *data)
{
    size_t count = 0;
    for (size_t i = 1; i < data->count; i++)
        count += is_pause(&data->rows[i - 1], &data->rows[i]);
    if (!count)
        return 0;
    data->resumes = swio_plot_data_array(data, count);
    if (!data->resumes)
        return SWIO_ENOMEM;
    for (size_t i = 1; i < data->count; i++)
        if (is_pause(&data->rows[i - 1], &data->rows[i]))
            data->resumes[data->resume_count++] = data->rows[i].due;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Whose call ended first is chance. */
static void sort_names(plot_names *names)
{
    size_t count = names->count < PLOT_NAMES_MAX ? names->count : PLOT_NAMES_MAX;
    qsort(names->names, count, sizeof names->names[0], by_name);
}

int swio_plot_data_finish(plot_data *data)
{
    sort_names(&data->apps);
    sort_names(&data->nodes);
    if (data->count)
        qsort(data->rows, data->count, sizeof *data->rows, by_due);
    double start = (double)data->start_us;
    for (size_t i = 0; i < data->count; i++) {
        plot_row *row = &data->rows[i];
        row->due = (row->due - start) / 1e6;
        row->launch = (row->launch - start) / 1e6;
        row->end = (row->end - start) / 1e6;
        data->length = fmax(data->length, fmax(row->due, fmax(row->launch, row->end)));
    }
    return find_pauses(data);
}

double *swio_plot_data_array(plot_data *data, size_t count)
{
    /* A list: each array has the address of the one before in front of it. */
    void **head = swio_malloc(sizeof(double) * (count + 1));
    if (!head) {
        swio_err_nomem();
        return NULL;
    }
    *head = data->arrays;
    data->arrays = head;
    return (double *)head + 1;
}

void swio_plot_data_free(plot_data *data)
{
    while (data->arrays) {
        void **head = data->arrays;
        data->arrays = *head;
        swio_free(head);
    }
    swio_free(data->rows);
    *data = (plot_data){0};
}
