/* Misbehaviour on purpose (swio_sim_faults), kept out of the way of the rest. */
#ifndef SWIO_SIM_FAULTS_H
#define SWIO_SIM_FAULTS_H

#include "sim/client.h"

/* What a new connection gets instead of auth/request; true where that was all. */
bool swio_sim_fault_greets(sim_client *client);

/* Notes that a reply of `len` bytes was queued now. */
void swio_sim_fault_delay(sim_client *client, size_t len);
/* How many bytes of `out` may be sent; the rest gets a timer. */
size_t swio_sim_fault_due(sim_client *client);

/* Sends: whole, in pieces, up to the byte where the connection drops or stalls. */
void swio_sim_fault_send(sim_client *client, const char *bytes, size_t len);

/* This event is to be lost. */
bool swio_sim_fault_loses(swio_sim *sim);

/* The cause with which this originate is to fail, or NULL; lives as long as the simulator. */
const char *swio_sim_fault_cause(swio_sim *sim);

#endif
