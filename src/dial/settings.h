/* The settings of a switch that a run changes, and puts back. */
#ifndef SWIO_DIAL_SETTINGS_H
#define SWIO_DIAL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/client.h>

enum { SWIO_SETTINGS = 4 };

/*
 * A global variable of the switch, while a run has changed it: what each setting was before, and
 * what it was raised to, "fsctl sps:30>10000,…". Whoever was killed leaves it there, and the next
 * run puts back what was before the one that did not end; unless somebody has changed the setting
 * since.
 */
#define SWIO_SETTINGS_NOTE "switchio_before"

/* What each setting was before; empty where it was left alone. And up to what rate and limit the
 * switch was prepared. Zeroed at first. */
typedef struct swio_settings {
    char before[SWIO_SETTINGS][32];
    char raised[SWIO_SETTINGS][32]; /* what it is now */
    double rate;
    uint64_t limit;
} swio_settings;

/*
 * Reads each setting, notes on the switch what they were, and changes them where the run needs it,
 * with a margin. A setting that cannot be
 * read is left alone: it could not be put back. What one was before the first change of it stays
 * remembered until it was put back, however often it is raised. SWIO_ECONN, SWIO_ETIMEOUT,
 * SWIO_EWOULDBLOCK; what was changed until then is remembered.
 */
int swio_settings_raise(swio_settings *settings, swio_client *client, double rate, uint64_t limit);

/* Whether the switch is prepared for this rate and limit. */
bool swio_settings_suffice(const swio_settings *settings, double rate, uint64_t limit);

/* Whether something is to be put back. */
bool swio_settings_changed(const swio_settings *settings);

/*
 * Puts back what was changed, and forgets it. `timeout` for each reply; 0 sends and returns. What
 * the switch refuses is logged. Where it is not reached the rest stays remembered, and the error is
 * returned: SWIO_ECONN, SWIO_ETIMEOUT, SWIO_EWOULDBLOCK, SWIO_ENOMEM.
 */
int swio_settings_restore(swio_settings *settings, swio_client *client, double timeout);

/* Logs by which commands it would be put back by hand. */
void swio_settings_mourn(const swio_settings *settings, const char *contact);

#endif
