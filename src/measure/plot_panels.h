/* The three panels of a run: latencies, load, rate. */
#ifndef SWIO_MEASURE_PLOT_PANELS_H
#define SWIO_MEASURE_PLOT_PANELS_H

#include "measure/plot_chart.h"
#include "measure/plot_data.h"

enum { PLOT_PANELS = 3 };

typedef struct plot_picture {
    plot_chart chart;
    plot_panel panels[PLOT_PANELS];
    char title[256], subtitle[512], note[512], x_title[64];
} plot_picture;

/*
 * Makes the chart of data that are finished, of that size in points; `title` NULL: from the data.
 * The curves belong to the data. 0 or SWIO_ENOMEM.
 */
int swio_plot_picture_make(plot_picture *picture, plot_data *data, double width, double height,
                           const char *title);

#endif
