/* What is measured, as the tables of <switchio/metrics.h> and <switchio/store.h> have it. */
#ifndef CLI_MANUAL_MEASURES_H
#define CLI_MANUAL_MEASURES_H

#include <stdio.h>

/* Markdown: the lower part of docs/measurement.md. */
void manual_of_measures(FILE *to);

#endif
