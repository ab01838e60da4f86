#include "measure/plot_marks.h"

#include <math.h>

void swio_plot_set_colour(cairo_t *cr, plot_colour colour, double alpha)
{
    static const unsigned char rgb[][3] = {
        [PLOT_BLACK] = {0x00, 0x00, 0x00},  [PLOT_ORANGE] = {0xe6, 0x9f, 0x00},
        [PLOT_SKY] = {0x56, 0xb4, 0xe9},    [PLOT_GREEN] = {0x00, 0x9e, 0x73},
        [PLOT_BLUE] = {0x00, 0x72, 0xb2},   [PLOT_VERMILION] = {0xd5, 0x5e, 0x00},
        [PLOT_PURPLE] = {0xcc, 0x79, 0xa7}, [PLOT_GREY] = {0x80, 0x80, 0x80},
    };
    const unsigned char *c = rgb[colour];
    cairo_set_source_rgba(cr, c[0] / 255.0, c[1] / 255.0, c[2] / 255.0, alpha);
}

/* How the marks that are lines are drawn. */
static const struct {
    bool steps;
    int dashes; /* how many lengths: on, off */
    double on_off[2];
} lines[] = {
    [PLOT_DASHED] = {false, 2, {6, 4}},
    [PLOT_STEPS] = {.steps = true},
    [PLOT_DASHED_STEPS] = {true, 2, {6, 4}},
    [PLOT_DOTTED_STEPS] = {true, 2, {1.5, 2.5}},
    [PLOT_DOTS] = {0}, /* the last mark */
};

static void pen(cairo_t *cr, const plot_series *series)
{
    swio_plot_set_colour(cr, series->colour, series->alpha > 0 ? series->alpha : 1);
    cairo_set_line_width(cr, series->width > 0 ? series->width : 1.5);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, series->mark == PLOT_DOTS ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_dash(cr, lines[series->mark].on_off, lines[series->mark].dashes, 0);
}

/* A new sub-path begins behind each gap. */
static void path(cairo_t *cr, const plot_series *series, const plot_scale *x, const plot_scale *y,
                 bool steps)
{
    bool open = false;
    double last = 0;
    for (size_t i = 0; i < series->count; i++) {
        if (isnan(series->y[i])) {
            open = false;
            continue;
        }
        double px = swio_plot_scale_at(x, series->x[i]), py = swio_plot_scale_at(y, series->y[i]);
        if (open && steps)
            cairo_line_to(cr, px, last);
        if (open)
            cairo_line_to(cr, px, py);
        else
            cairo_move_to(cr, px, py);
        open = true;
        last = py;
    }
    cairo_stroke(cr);
}

static void dots(cairo_t *cr, const plot_series *series, const plot_scale *x, const plot_scale *y)
{
    for (size_t i = 0; i < series->count; i++) {
        if (isnan(series->y[i]))
            continue;
        cairo_move_to(cr, swio_plot_scale_at(x, series->x[i]), swio_plot_scale_at(y, series->y[i]));
        cairo_close_path(cr); /* of no length: its round ends make the dot */
    }
    cairo_stroke(cr);
}

/* One area for each run without a gap: along y, and back along y2. */
static void band(cairo_t *cr, const plot_series *series, const plot_scale *x, const plot_scale *y)
{
    for (size_t i = 0; i < series->count;) {
        size_t first = i;
        for (; i < series->count && !isnan(series->y[i]); i++)
            cairo_line_to(cr, swio_plot_scale_at(x, series->x[i]),
                          swio_plot_scale_at(y, series->y[i]));
        for (size_t back = i; back > first; back--)
            cairo_line_to(cr, swio_plot_scale_at(x, series->x[back - 1]),
                          swio_plot_scale_at(y, series->y2[back - 1]));
        cairo_close_path(cr);
        cairo_fill(cr);
        while (i < series->count && isnan(series->y[i]))
            i++;
    }
}

void swio_plot_mark_draw(cairo_t *cr, const plot_series *series, const plot_scale *x,
                         const plot_scale *y)
{
    if (series->count == 0)
        return;
    cairo_new_path(cr);
    pen(cr, series);
    if (series->mark == PLOT_DOTS)
        dots(cr, series, x, y);
    else if (series->mark == PLOT_BAND)
        band(cr, series, x, y);
    else
        path(cr, series, x, y, lines[series->mark].steps);
    cairo_set_dash(cr, NULL, 0, 0);
}

void swio_plot_mark_sample(cairo_t *cr, const plot_series *series, double x, double y, double width)
{
    cairo_new_path(cr);
    pen(cr, series);
    if (series->mark == PLOT_BAND) {
        cairo_rectangle(cr, x, y - 5, width, 10);
        cairo_fill(cr);
    } else if (series->mark == PLOT_DOTS) {
        for (int i = 0; i < 3; i++) {
            cairo_move_to(cr, x + width * (0.2 + 0.3 * i), y + (i == 1 ? -3 : 1));
            cairo_close_path(cr);
        }
        cairo_stroke(cr);
    } else {
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x + width, y);
        cairo_stroke(cr);
    }
    cairo_set_dash(cr, NULL, 0, 0);
}
