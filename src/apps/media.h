/* What apps that play or listen have in common. */
#ifndef SWIO_APPS_MEDIA_H
#define SWIO_APPS_MEDIA_H

#include <switchio/app.h>

/*
 * The parameter of an app whose caller has to hear or say something at once. Without a timer, which
 * profiles do not have by default, a parked channel looks at its commands only when audio arrives
 * (switch_ivr.c, switch_ivr_park(): a blocking read): two ends that wait for each other stay
 * silent.
 */
#define MEDIA_TIMER_PARAM(state)                                                                \
    SWIO_PARAM(STRING, state, rtp_timer_name, .standard = "soft", .variable = "rtp_timer_name", \
               .help = "timer of the audio of placed calls; empty: that of the profile")

#endif
