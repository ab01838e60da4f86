#include "measure/plot_chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "measure/plot_marks.h"

enum {
    LEFT = 84,   /* beside the panels: tick labels and the title of an axis */
    RIGHT = 28,  /* where no panel has a right-hand axis */
    TOP = 66,    /* title and subtitle */
    BOTTOM = 48, /* tick labels and the title of the x axis */
    HEADER = 26, /* a panel's title and the first line of its legend */
    LEGEND_LINE = 17,
    PANEL_GAP = 12,
    TITLE_SIZE = 19,
    SUBTITLE_SIZE = 13,
    PANEL_TITLE_SIZE = 14,
    LABEL_SIZE = 12,
    LEGEND_KEY = 22, /* the sample of a line */
    LEGEND_GAP = 16, /* between two entries */
    TITLE_TO_LEGEND = 24,
};

static void font(cairo_t *cr, double size, bool bold)
{
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, size);
}

static double width_of(cairo_t *cr, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(cr, text, &extents);
    return extents.x_advance;
}

/* `align`: 0 begins at x, 0.5 is centred on it, 1 ends there. */
static void text_at(cairo_t *cr, double x, double y, double align, const char *text)
{
    cairo_move_to(cr, x - align * width_of(cr, text), y);
    cairo_show_text(cr, text);
}

/* The text, or as much of it as has room, with an ellipsis. */
static void text_within(cairo_t *cr, double x, double y, double room, const char *text)
{
    char part[512];
    snprintf(part, sizeof part - 4, "%s", text);
    for (size_t n = strlen(part); n > 0 && width_of(cr, part) > room;) {
        do
            n--;
        while (n > 0 && ((unsigned char)part[n] & 0xc0) == 0x80);
        memcpy(part + n, "…", sizeof "…");
    }
    text_at(cr, x, y, 0, part);
}

/* A title along an axis, read from below. */
static void text_upwards(cairo_t *cr, double x, double y, const char *text)
{
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_rotate(cr, -M_PI / 2);
    text_at(cr, 0, 0, 0.5, text);
    cairo_restore(cr);
}

/* A line of one point, sharp on a raster. */
static void hairline(cairo_t *cr, double x1, double y1, double x2, double y2)
{
    cairo_set_line_width(cr, 1);
    cairo_move_to(cr, floor(x1) + 0.5, floor(y1) + 0.5);
    cairo_line_to(cr, floor(x2) + 0.5, floor(y2) + 0.5);
    cairo_stroke(cr);
}

/* Labels that would touch the one before are left out. `upwards`: an axis of y. */
static void y_axis(cairo_t *cr, const plot_chart *chart, const plot_panel *panel, bool right)
{
    const plot_scale *scale = right ? &panel->right : &panel->y;
    plot_tick ticks[PLOT_TICKS_MAX];
    size_t n = swio_plot_scale_ticks(scale, ticks);
    double free_below = INFINITY, widest = 0;
    font(cr, LABEL_SIZE, false);
    for (size_t i = 0; i < n; i++) {
        double y = swio_plot_scale_at(scale, ticks[i].value);
        if (!right) {
            swio_plot_set_colour(cr, PLOT_GREY, ticks[i].label[0] ? 0.35 : 0.12);
            hairline(cr, chart->x.from, y, chart->x.to, y);
        }
        if (!ticks[i].label[0] || y > free_below)
            continue;
        free_below = y - LABEL_SIZE - 2;
        swio_plot_set_colour(cr, right ? panel->right_colour : PLOT_BLACK, 0.85);
        if (right)
            text_at(cr, chart->x.to + 6, y + 4, 0, ticks[i].label);
        else
            text_at(cr, chart->x.from - 6, y + 4, 1, ticks[i].label);
        widest = fmax(widest, width_of(cr, ticks[i].label));
    }
    double middle = (scale->from + scale->to) / 2;
    swio_plot_set_colour(cr, right ? panel->right_colour : PLOT_BLACK, 0.85);
    if (right)
        text_upwards(cr, fmin(chart->x.to + widest + 24, chart->width - 6), middle,
                     panel->right_title);
    else
        text_upwards(cr, fmax(chart->x.from - widest - 18, 14), middle, panel->y_title);
}

static void x_grid(cairo_t *cr, const plot_chart *chart, double top, double bottom)
{
    plot_tick ticks[PLOT_TICKS_MAX];
    size_t n = swio_plot_scale_ticks(&chart->x, ticks);
    swio_plot_set_colour(cr, PLOT_GREY, 0.2);
    for (size_t i = 0; i < n; i++) {
        double x = swio_plot_scale_at(&chart->x, ticks[i].value);
        hairline(cr, x, top, x, bottom);
    }
}

static void x_axis(cairo_t *cr, const plot_chart *chart, double bottom)
{
    plot_tick ticks[PLOT_TICKS_MAX];
    size_t n = swio_plot_scale_ticks(&chart->x, ticks);
    double free_from = 0;
    font(cr, LABEL_SIZE, false);
    swio_plot_set_colour(cr, PLOT_BLACK, 0.85);
    for (size_t i = 0; i < n; i++) {
        double x = swio_plot_scale_at(&chart->x, ticks[i].value);
        double half = width_of(cr, ticks[i].label) / 2;
        hairline(cr, x, bottom, x, bottom + 4);
        if (x - half < free_from)
            continue;
        text_at(cr, x, bottom + LABEL_SIZE + 6, 0.5, ticks[i].label);
        free_from = x + half + 6;
    }
    text_at(cr, (chart->x.from + chart->x.to) / 2, bottom + 2 * LABEL_SIZE + 14, 0.5,
            chart->x_title);
}

static double entry_width(cairo_t *cr, const plot_series *series)
{
    return LEGEND_KEY + 5 + width_of(cr, series->name) + LEGEND_GAP;
}

/*
 * The legend stands beside and below the panel's title, never on the data: entries flow to the
 * right edge and on into further lines. Draws it, or only counts: returns its height.
 */
static double legend(cairo_t *cr, const plot_chart *chart, const plot_panel *panel, double top,
                     bool draw)
{
    font(cr, PANEL_TITLE_SIZE, true);
    double left = chart->x.from + width_of(cr, panel->title) + TITLE_TO_LEGEND;
    font(cr, LABEL_SIZE, false);
    double x = left, y = top + HEADER - 9;
    for (size_t i = 0; i < panel->count; i++) {
        const plot_series *series = &panel->series[i];
        if (!series->name[0])
            continue;
        double width = entry_width(cr, series);
        if (x > left && x + width - LEGEND_GAP > chart->x.to) {
            x = left;
            y += LEGEND_LINE;
        }
        if (draw) {
            swio_plot_mark_sample(cr, series, x, y - LABEL_SIZE * 0.35, LEGEND_KEY);
            swio_plot_set_colour(cr, PLOT_BLACK, 0.85);
            text_at(cr, x + LEGEND_KEY + 5, y, 0, series->name);
        }
        x += width;
    }
    return y - top + 9;
}

static bool has_data(const plot_panel *panel)
{
    for (size_t i = 0; i < panel->count; i++)
        if (panel->series[i].count > 0)
            return true;
    return false;
}

/* The panel between `top` and `bottom`, its header included. Returns where its area ends. */
static void draw_panel(cairo_t *cr, const plot_chart *chart, plot_panel *panel, double top,
                       double bottom)
{
    font(cr, PANEL_TITLE_SIZE, true);
    swio_plot_set_colour(cr, PLOT_BLACK, 1);
    text_at(cr, chart->x.from, top + HEADER - 9, 0, panel->title);
    double area_top = floor(top + legend(cr, chart, panel, top, true));
    if (panel->note) {
        font(cr, LABEL_SIZE - 1, false);
        swio_plot_set_colour(cr, PLOT_BLACK, 0.6);
        text_within(cr, chart->x.from, area_top + 5, chart->x.to - chart->x.from, panel->note);
        area_top += LEGEND_LINE - 4;
    }
    panel->y.from = panel->right.from = bottom;
    panel->y.to = panel->right.to = area_top;
    x_grid(cr, chart, area_top, bottom);
    if (has_data(panel)) {
        y_axis(cr, chart, panel, false);
        if (panel->right_title)
            y_axis(cr, chart, panel, true);
    } else if (panel->empty) {
        font(cr, PANEL_TITLE_SIZE, false);
        swio_plot_set_colour(cr, PLOT_BLACK, 0.6);
        text_at(cr, (chart->x.from + chart->x.to) / 2, (area_top + bottom) / 2 + 5, 0.5,
                panel->empty);
    }
    cairo_save(cr);
    /* Two points of room, for lines and dots at the very ends. */
    cairo_rectangle(cr, chart->x.from - 2, area_top - 2, chart->x.to - chart->x.from + 4,
                    bottom - area_top + 4);
    cairo_clip(cr);
    for (size_t i = 0; i < panel->count; i++)
        swio_plot_mark_draw(cr, &panel->series[i], &chart->x,
                            panel->series[i].right ? &panel->right : &panel->y);
    cairo_restore(cr);
    swio_plot_set_colour(cr, PLOT_GREY, 1);
    hairline(cr, chart->x.from, bottom, chart->x.to, bottom);
    hairline(cr, chart->x.from, area_top, chart->x.from, bottom);
}

static double right_margin(const plot_chart *chart)
{
    for (size_t i = 0; i < chart->count; i++)
        if (chart->panels[i].right_title)
            return LEFT;
    return RIGHT;
}

void swio_plot_chart_draw(plot_chart *chart, cairo_t *cr)
{
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    chart->x.from = LEFT;
    chart->x.to = chart->width - right_margin(chart);
    swio_plot_set_colour(cr, PLOT_BLACK, 1);
    font(cr, TITLE_SIZE, true);
    text_within(cr, LEFT, 30, chart->x.to - LEFT, chart->title);
    font(cr, SUBTITLE_SIZE, false);
    swio_plot_set_colour(cr, PLOT_BLACK, 0.75);
    text_within(cr, LEFT, 51, chart->x.to - LEFT, chart->subtitle);

    double room = chart->height - TOP - BOTTOM - PANEL_GAP * (double)(chart->count - 1);
    double top = TOP;
    for (size_t i = 0; i < chart->count; i++) {
        double bottom = floor(top + room * chart->panels[i].share);
        draw_panel(cr, chart, &chart->panels[i], top, bottom);
        if (i + 1 == chart->count)
            x_axis(cr, chart, bottom);
        top = bottom + PANEL_GAP;
    }
}
