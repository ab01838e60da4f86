#include "measure/plot_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/metrics.h>

#include "measure/histogram.h"

enum {
    EACH_MAX = 3000, /* calls that get a dot of their own */
    WINDOW_MIN = 25, /* calls of a running percentile */
    WIDER = 3,       /* times as many for a median of what comes in ticks: each says less */
    LINE_MIN = 4,    /* fewer calls have no running percentile */
    RATE_CALLS = 20, /* launches that a rate is taken of: with fewer, chance shows most */
    RATE_CALLS_MIN = 5,
    RATE_GROUPS = 12,
};

/* A silence of this share of the run interrupts a running percentile. */
#define SILENCE 0.06

typedef struct point {
    double x, y;
} point;

static int by_x(const void *a, const void *b)
{
    const point *left = a, *right = b;
    return (left->x > right->x) - (left->x < right->x);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static int room(plot_data *data, size_t count, plot_curve *out)
{
    *out = (plot_curve){.x = swio_plot_data_array(data, count),
                        .y = swio_plot_data_array(data, count),
                        .y2 = swio_plot_data_array(data, count)};
    return out->x && out->y && out->y2 ? 0 : SWIO_ENOMEM;
}

static void put(plot_curve *curve, double x, double y, double y2)
{
    curve->x[curve->count] = x;
    curve->y[curve->count] = y;
    curve->y2[curve->count++] = y2;
}

/* For two of each arrival, and what a curve gets beside them. */
static point *points_of(plot_data *data)
{
    return (point *)(void *)swio_plot_data_array(data,
                                                 2 * (2 * (data->count + data->resume_count) + 1));
}

/* How many of the sorted points from `first` on come before the next pause ends; `*resume` is the
 * number of that pause, 0 at first. */
static size_t until_pause(const plot_data *data, const point *points, size_t first, size_t count,
                          size_t *resume)
{
    size_t i = first;
    while (*resume < data->resume_count && i < count && points[i].x >= data->resumes[*resume])
        ++*resume;
    double end = *resume < data->resume_count ? data->resumes[*resume] : INFINITY;
    while (i < count && points[i].x < end)
        i++;
    return i - first;
}

static void gap(plot_curve *curve)
{
    if (curve->count && !isnan(curve->y[curve->count - 1]))
        put(curve, curve->x[curve->count - 1], NAN, NAN);
}

/* Of those of one column: the first, the least, the greatest and the last. */
static void thin_column(const point *points, size_t count, plot_curve *out)
{
    size_t least = 0, most = 0;
    for (size_t i = 0; i < count; i++) {
        least = points[i].y < points[least].y ? i : least;
        most = points[i].y > points[most].y ? i : most;
    }
    size_t kept[] = {0, least < most ? least : most, least < most ? most : least, count - 1};
    for (size_t k = 0; k < 4; k++)
        if (k == 0 || kept[k] != kept[k - 1])
            put(out, points[kept[k]].x, points[kept[k]].y, 0);
}

/* Of a run that lasts no time there is one. */
static size_t column_of(double x, double wide)
{
    return wide > 0 ? (size_t)(x / wide) : 0;
}

/*
 * Thinned out so that, drawn as a line or as steps, it looks as if all were drawn. `pauses`: with a
 * gap in each.
 */
static int thin_out(plot_data *data, const point *points, size_t count, size_t columns, bool pauses,
                    plot_curve *out)
{
    size_t resume = pauses ? 0 : data->resume_count, all = 4 * columns;
    if (room(data, (count < all ? count : all + 4) + 5 * data->resume_count, out))
        return SWIO_ENOMEM;
    double wide = data->length / (double)columns;
    for (size_t first = 0; first < count;) {
        size_t end = first + until_pause(data, points, first, count, &resume);
        gap(out);
        for (size_t i = first; i < end;) {
            size_t begin = i, column = column_of(points[i].x, wide);
            for (i++; count > all && i < end && column_of(points[i].x, wide) == column;)
                i++;
            thin_column(points + begin, i - begin, out);
        }
        first = end;
    }
    return 0;
}

/* The nearest-rank percentile of sorted values. */
static double percentile(const double *sorted, size_t count, double p)
{
    return sorted[swio_nearest_rank(p, count) - 1];
}

/*
 * The same of values that come in ticks, between neighbouring ticks: each tick is at the middle of
 * the ranks that its values have. (Of 60 zeros and 40 times 20 ms the median is 8 ms.)
 */
static double between_ticks(const double *sorted, size_t count, double p)
{
    double value = percentile(sorted, count, p), half = SWIO_SWITCH_TICK / 2;
    size_t below = 0, same = 0, lower = 0, upper = 0;
    for (size_t i = 0; i < count; i++) {
        double off = sorted[i] - value;
        below += off < -half;
        same += fabs(off) <= half;
        lower += off < -half && off >= -3 * half;
        upper += off > half && off <= 3 * half;
    }
    double rank = p / 100 * (double)count - (double)below - (double)same / 2;
    double near = (double)(rank < 0 ? lower : upper);
    if (near > 0)
        value += SWIO_SWITCH_TICK * rank / ((double)same / 2 + near / 2);
    return value < PLOT_NO_TICK ? 0 : value;
}

typedef struct window {
    const point *points;
    size_t count; /* of all points */
    size_t calls; /* in a window */
    double *sorted;
    bool of_switch;
    bool band;
} window;

/* Sorts the calls around `middle`, as many as there are of so many; returns how many. */
static size_t look(window *w, size_t middle, size_t calls)
{
    size_t half = calls / 2;
    size_t first = middle > half ? middle - half : 0;
    size_t end = first + calls < w->count ? first + calls : w->count;
    first = end > calls ? end - calls : 0;
    for (size_t i = first; i < end; i++)
        w->sorted[i - first] = w->points[i].y;
    qsort(w->sorted, end - first, sizeof *w->sorted, by_value);
    return end - first;
}

/* The slowest of the points from `first` on, where it is above `above`. */
static void slowest(plot_curve *dots, const point *points, size_t first, size_t end, double above)
{
    size_t most = first;
    for (size_t i = first; i < end; i++)
        if (points[i].y > points[most].y)
            most = i;
    if (points[most].y > above)
        put(dots, points[most].x, points[most].y, 0);
}

/* Of the points of a window, which no pause parts. */
static void running(const plot_data *data, window *w, size_t steps, plot_spread *out)
{
    gap(&out->median);
    gap(&out->running95);
    gap(&out->band);
    size_t begun = out->median.count;
    for (size_t i = 0; i < steps; i++) {
        size_t first = i * w->count / steps, end = (i + 1) * w->count / steps;
        size_t middle = i == 0 ? 0 : i + 1 == steps ? w->count - 1 : (first + end) / 2;
        double x = w->points[middle].x;
        size_t n = look(w, middle, w->calls);
        double p95 = percentile(w->sorted, n, 95), p5 = percentile(w->sorted, n, 5);
        /* A 95th percentile of as many would rise long before calls become slow; a median waits. */
        if (w->of_switch)
            n = look(w, middle, WIDER * w->calls);
        double p50 = (w->of_switch ? between_ticks : percentile)(w->sorted, n, 50);
        if (out->median.count > begun &&
            x - out->median.x[out->median.count - 1] > SILENCE * data->length) {
            put(&out->median, x, NAN, NAN);
            put(&out->running95, x, NAN, NAN);
            if (w->band)
                put(&out->band, x, NAN, NAN);
        }
        put(&out->median, x, p50, 0);
        put(&out->running95, x, w->of_switch && p95 < PLOT_NO_TICK ? NAN : p95, 0);
        if (w->band)
            put(&out->band, x, p5, p95);
        if (!out->each)
            slowest(&out->dots, w->points, first, end, p95);
    }
}

/* The calls that have it, in order of their launch. */
static size_t launched(const plot_data *data, size_t which, point *points)
{
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        if (!isnan(data->rows[i].latency[which]) && !isnan(data->rows[i].launch))
            points[n++] = (point){data->rows[i].launch, data->rows[i].latency[which]};
    qsort(points, n, sizeof *points, by_x);
    return n;
}

static void all(const window *w, plot_spread *out)
{
    for (size_t i = 0; i < w->count; i++) {
        w->sorted[i] = w->points[i].y;
        if (out->each)
            put(&out->dots, w->points[i].x, w->points[i].y, 0);
    }
    qsort(w->sorted, w->count, sizeof *w->sorted, by_value);
    out->p50 = w->count ? percentile(w->sorted, w->count, 50) : NAN;
    out->p95 = w->count ? percentile(w->sorted, w->count, 95) : NAN;
}

/* How many calls a running percentile is of. */
static size_t window_of(size_t count, size_t steps)
{
    size_t calls = steps ? 2 * count / steps : 0;
    return calls < WINDOW_MIN ? WINDOW_MIN : calls;
}

int swio_plot_curve_latency(plot_data *data, size_t which, size_t columns, plot_spread *out)
{
    bool of_switch = swio_plot_latencies[which].of_switch;
    *out = (plot_spread){0};
    point *points = points_of(data);
    if (!points)
        return SWIO_ENOMEM;
    size_t n = out->calls = launched(data, which, points);
    out->each = n <= EACH_MAX;
    size_t steps = n < columns ? n : columns;
    window w = {.points = points,
                .count = n,
                .calls = window_of(n, steps),
                .sorted = swio_plot_data_array(data, n),
                .of_switch = of_switch,
                .band = !out->each && !of_switch};
    size_t points_most = 2 * (steps + data->resume_count + 1); /* a gap before each */
    if (!w.sorted || room(data, out->each ? n : points_most, &out->dots) ||
        room(data, points_most, &out->median) || room(data, points_most, &out->running95) ||
        room(data, points_most, &out->band))
        return SWIO_ENOMEM;
    all(&w, out);
    for (size_t first = 0, resume = 0; first < n; first += w.count) {
        w.points = points + first;
        w.count = until_pause(data, points, first, n, &resume);
        if (w.count >= LINE_MIN)
            running(data, &w, (w.count * steps + n - 1) / n, out);
    }
    return 0;
}

/* Adds up changes in time, in place. */
static size_t sum_up(point *points, size_t count)
{
    qsort(points, count, sizeof *points, by_x);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        points[i].y = sum += points[i].y;
    return count;
}

int swio_plot_curve_calls(plot_data *data, size_t columns, plot_curve *out)
{
    point *points = points_of(data);
    if (!points)
        return SWIO_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++) {
        const plot_row *row = &data->rows[i];
        if (isnan(row->launch))
            continue;
        points[n++] = (point){row->launch, 1};
        if (!isnan(row->end))
            points[n++] = (point){row->end, -1};
    }
    return thin_out(data, points, sum_up(points, n), columns, false, out);
}

int swio_plot_curve_outcome(plot_data *data, swio_outcome outcome, size_t columns, plot_curve *out)
{
    point *points = points_of(data);
    if (!points)
        return SWIO_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++) {
        const plot_row *row = &data->rows[i];
        if (row->outcome == outcome)
            points[n++] = (point){isnan(row->end) ? row->due : row->end, 1};
    }
    if (n == 0) {
        *out = (plot_curve){0};
        return 0;
    }
    points[n++] = (point){0, 0};
    n = sum_up(points, n);
    points[n] = (point){data->length, points[n - 1].y};
    return thin_out(data, points, n + 1, columns, false, out);
}

/* Whether arrivals came again after a pause between the two, the second one included. */
static bool resumed(const plot_data *data, double from, double to)
{
    for (size_t i = 0; i < data->resume_count; i++)
        if (data->resumes[i] > from && data->resumes[i] <= to)
            return true;
    return false;
}

/* A field of each row, at a time of it; `hold`: the last before each pause goes on until the next
 * would have come. */
static int curve_of(plot_data *data, size_t x_at, size_t y_at, bool hold, size_t columns,
                    plot_curve *out)
{
    point *points = points_of(data);
    if (!points)
        return SWIO_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++) {
        const char *row = (const char *)&data->rows[i];
        point p;
        memcpy(&p.x, row + x_at, sizeof p.x);
        memcpy(&p.y, row + y_at, sizeof p.y);
        if (isnan(p.x))
            continue;
        points[n++] = p;
        bool last = i + 1 == data->count || resumed(data, p.x, data->rows[i + 1].due);
        double rate = data->rows[i].rate;
        if (hold && last && rate > 0)
            points[n++] = (point){fmin(p.x + 1 / rate, data->length), p.y};
    }
    qsort(points, n, sizeof *points, by_x);
    return thin_out(data, points, n, columns, true, out);
}

int swio_plot_curve_sessions(plot_data *data, size_t columns, plot_curve *out)
{
    return curve_of(data, offsetof(plot_row, end), offsetof(plot_row, active_sessions), false,
                    columns, out);
}

int swio_plot_curve_limit(plot_data *data, size_t columns, plot_curve *out)
{
    return curve_of(data, offsetof(plot_row, due), offsetof(plot_row, limit), true, columns, out);
}

int swio_plot_curve_asked(plot_data *data, size_t columns, plot_curve *out)
{
    return curve_of(data, offsetof(plot_row, due), offsetof(plot_row, rate), true, columns, out);
}

/* Of few calls a group is small, or nothing would be seen of how the rate changed. */
static size_t rate_groups(size_t steps, size_t columns)
{
    size_t groups = steps / RATE_CALLS;
    if (groups < RATE_GROUPS)
        groups = steps / RATE_CALLS_MIN < RATE_GROUPS ? steps / RATE_CALLS_MIN : RATE_GROUPS;
    return groups > columns ? columns : groups > 0 ? groups : steps > 0;
}

/* Of launches that no pause parts. */
static void achieved(const point *points, size_t count, size_t columns, plot_curve *out)
{
    size_t steps = count - 1, groups = rate_groups(steps, columns);
    double rate = NAN;
    gap(out);
    for (size_t i = 0; i < groups; i++) {
        size_t first = i * steps / groups, end = (i + 1) * steps / groups;
        double took = points[end].x - points[first].x;
        rate = took > 0 ? (double)(end - first) / took : NAN;
        put(out, points[first].x, rate, 0);
    }
    if (groups)
        put(out, points[count - 1].x, rate, 0); /* where the last of them ends */
}

int swio_plot_curve_achieved(plot_data *data, size_t columns, plot_curve *out)
{
    point *points = points_of(data);
    if (!points || room(data, data->count + 1 + 2 * data->resume_count, out))
        return SWIO_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        if (!isnan(data->rows[i].launch))
            points[n++] = (point){data->rows[i].launch, 0};
    qsort(points, n, sizeof *points, by_x);
    for (size_t first = 0, resume = 0; first < n;) {
        size_t count = until_pause(data, points, first, n, &resume);
        achieved(points + first, count, (columns * count + n - 1) / n, out);
        first += count;
    }
    return 0;
}
