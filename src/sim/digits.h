/* DTMF from one end of a dialog to the other. */
#ifndef SWIO_SIM_DIGITS_H
#define SWIO_SIM_DIGITS_H

#include "sim/model.h"

/*
 * Sends "12#@100": digits, and the milliseconds of each (250 where none are given). They reach the
 * other end one after the other. False where there is no digit in it.
 */
bool swio_sim_digits_send(sim_channel *channel, const char *text);

/* The channel receives digits as if its other end had sent them. */
bool swio_sim_digits_receive(sim_channel *channel, const char *text);

void swio_sim_digits_drop(sim_channel *channel);

#endif
