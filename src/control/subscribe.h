/* The events that a listener subscribes to. */
#ifndef SWIO_CONTROL_SUBSCRIBE_H
#define SWIO_CONTROL_SUBSCRIBE_H

#include "control/listener.h"
#include "control/strings.h"

/*
 * Adds all of these event types. After an error none is added that was not there before. The errors
 * of swio_listener_subscribe(); SWIO_EAPI for one that the switch does not know.
 */
int swio_listener_subscribe_all(swio_listener *listener, const swio_strings *names);

#endif
