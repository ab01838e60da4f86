/* What a playback argument is: how long it lasts, and whether there is such a file. */
#ifndef SWIO_SIM_MEDIA_H
#define SWIO_SIM_MEDIA_H

#include <stdbool.h>

/*
 * Seconds that "tone_stream://%(200,0,440);loops=2" and the like last; 0: without end; <0: there is
 * no such file. *type is "tone_stream" or NULL (static).
 */
double swio_sim_media_length(const char *what, const char **type);

#endif
