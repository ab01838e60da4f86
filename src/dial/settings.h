/* The settings of a switch that a run changes, and puts back. */
#ifndef SWIO_DIAL_SETTINGS_H
#define SWIO_DIAL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/client.h>

enum { SWIO_SETTINGS = 4 };

/* What each setting was before; empty where it was left alone. Zeroed at first. */
typedef struct swio_settings {
    char before[SWIO_SETTINGS][32];
} swio_settings;

/*
 * Reads each setting and changes it where the run needs it. A setting that cannot be read is left
 * alone: it could not be put back. SWIO_ECONN, SWIO_ETIMEOUT, SWIO_EWOULDBLOCK; what was changed
 * until then is remembered.
 */
int swio_settings_raise(swio_settings *settings, swio_client *client, double rate, uint64_t limit);

/* Puts back what was changed, and forgets it. `timeout` for each reply; 0 sends and returns. Errors
 * are logged. */
void swio_settings_restore(swio_settings *settings, swio_client *client, double timeout);

#endif
