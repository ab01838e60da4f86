/* How a series is drawn. */
#ifndef SWIO_MEASURE_PLOT_MARKS_H
#define SWIO_MEASURE_PLOT_MARKS_H

#include "measure/plot_chart.h"

void swio_plot_set_colour(cairo_t *cr, plot_colour colour, double alpha);

void swio_plot_mark_draw(cairo_t *cr, const plot_series *series, const plot_scale *x,
                         const plot_scale *y);

/* The sample of a legend, from (x, y) to the right. */
void swio_plot_mark_sample(cairo_t *cr, const plot_series *series, double x, double y,
                           double width);

#endif
