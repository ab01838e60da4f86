/* What a playback argument is: how long it lasts, and whether there is such a file. */
#ifndef SWIO_SIM_MEDIA_H
#define SWIO_SIM_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

struct sim_header;

/*
 * Seconds that "tone_stream://%(200,0,440);loops=2" and the like last; 0: without end; <0: there is
 * no such file. *type is "tone_stream" or NULL (static).
 */
double swio_sim_media_length(const char *what, const char **type);

/*
 * The parameters in the braces in front, "{loops=-1}": at most `most`, their texts in `copy`, which
 * holds the braces' content. Returns how many.
 */
size_t swio_sim_media_params(const char *what, char copy[256], struct sim_header *params,
                             size_t most);

#endif
