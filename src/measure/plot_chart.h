/* The drawing layer: panels with axes, a legend and series, on any cairo surface. Knows no calls.
 */
#ifndef SWIO_MEASURE_PLOT_CHART_H
#define SWIO_MEASURE_PLOT_CHART_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

#include "measure/plot_scale.h"

/* The colours of Okabe and Ito, which stay apart for every kind of colour blindness. Their yellow
 * is left out: it is too pale for a line on white. */
typedef enum plot_colour {
    PLOT_BLACK,
    PLOT_ORANGE,
    PLOT_SKY,
    PLOT_GREEN,
    PLOT_BLUE,
    PLOT_VERMILION,
    PLOT_PURPLE,
    PLOT_GREY,
} plot_colour;

typedef enum plot_mark {
    PLOT_LINE,   /* from point to point */
    PLOT_DASHED, /* the same */
    PLOT_STEPS,  /* each y holds until the next x */
    PLOT_DASHED_STEPS,
    PLOT_DOTTED_STEPS,
    PLOT_BAND, /* the area between y and y2 */
    PLOT_DOTS,
} plot_mark;

/* Values in order of x; a y that is NAN interrupts. The arrays belong to the caller. */
typedef struct plot_series {
    char name[48]; /* in the legend; "": not there */
    plot_mark mark;
    plot_colour colour;
    double alpha; /* 0: opaque */
    double width; /* of a line, diameter of a dot; points */
    bool right;   /* on the right-hand axis */
    const double *x, *y, *y2;
    size_t count;
} plot_series;

enum { PLOT_SERIES_MAX = 32 };

typedef struct plot_panel {
    const char *title;
    const char *y_title, *right_title; /* right_title NULL: no right-hand axis */
    plot_scale y, right;               /* `from` and `to` are set here */
    plot_colour right_colour;
    const char *empty; /* said in the middle of a panel that has nothing to show; NULL */
    const char *note;  /* small, below the title; NULL */
    double share;      /* of the height; all panels' together are 1 */
    plot_series series[PLOT_SERIES_MAX];
    size_t count;
} plot_panel;

typedef struct plot_chart {
    double width, height; /* points */
    double scale;         /* what a point is on the surface, for those who make it */
    const char *title, *subtitle;
    const char *x_title;
    plot_scale x; /* shared by the panels; `from` and `to` are set here */
    plot_panel *panels;
    size_t count;
} plot_chart;

/* Draws all of it; what went wrong is in cairo_status(). */
void swio_plot_chart_draw(plot_chart *chart, cairo_t *cr);

#endif
