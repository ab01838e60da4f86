/* Channels and dialogs: making, finding, their variables. */
#ifndef SWIO_SIM_CHANNEL_H
#define SWIO_SIM_CHANNEL_H

#include "sim/model.h"
#include "sim/tables.h"

/*
 * A new leg, not yet seen by anybody; it is in the node's table and has no variables. NULL without
 * memory, or where the limits of the node forbid it. The leg lives until swio_sim_channel_free().
 */
sim_channel *swio_sim_channel_new(sim_node *node, const char *uuid, bool outbound);
void swio_sim_channel_free(sim_channel *channel);

/* A flow that goes on after it fired events holds the leg so that it stays readable. */
void swio_sim_channel_pin(sim_channel *channel);
void swio_sim_channel_unpin(sim_channel *channel);

sim_channel *swio_sim_channel_find(const sim_node *node, const char *uuid);

/* Replaces a text of the channel. Without memory the text becomes empty. */
void swio_sim_channel_text(sim_channel *channel, sim_text *text, const char *value, size_t len);

/* Variables. Setting one moves it behind all others, as the switch does; an empty value takes it
 * away. Without memory it is not set. */
void swio_sim_channel_set(sim_channel *channel, const char *name, const char *value);
void swio_sim_channel_set_len(sim_channel *channel, const char *name, size_t name_len,
                              const char *value, size_t len);
void swio_sim_channel_unset(sim_channel *channel, const char *name);
void swio_sim_channel_stage(sim_channel *channel, sim_stage_id stage);

/* Appends the value of a variable, raw. False if there is none. */
bool swio_sim_channel_get(const sim_channel *channel, const char *name, swio_buf *out);
/* The variable exists and has exactly this value. */
bool swio_sim_channel_has(const sim_channel *channel, const char *name, const char *value);

/* Keeps a copy of the other leg as it is now, for the Other-Leg-* headers. */
void swio_sim_channel_remember(sim_channel *channel, const sim_channel *other, const char *type);

/* Which rows of the tables hold for the channel now (sim_when). */
uint32_t swio_sim_channel_when(const sim_channel *channel);

/* What an originate calls: "sofia/external/park@127.0.0.1:5060;fs_path=…" in parts. */
typedef struct sim_target {
    char user[128], host[128], port[8];
    char hostport[140]; /* without the port where there is none */
    char url[512];      /* everything behind the profile */
    char route[160];    /* the address of fs_path, with its "sip:"; "" */
    char next[140];     /* "host:port" to which the INVITE goes */
} sim_target;

/* The dialog of an outbound leg. NULL without memory. The caller holds the only reference. */
sim_dialog *swio_sim_dialog_new(swio_sim *sim, const sim_target *target, const char *from_user,
                                const char *from_name);
sim_dialog *swio_sim_dialog_ref(sim_dialog *dialog);
void swio_sim_dialog_unref(sim_dialog *dialog);

#endif
