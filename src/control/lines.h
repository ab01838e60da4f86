/* The command connections of a client. */
#ifndef SWIO_CONTROL_LINES_H
#define SWIO_CONTROL_LINES_H

#include <stddef.h>
#include <switchio/connection.h>

/*
 * An object of swio_obj_new(), the same set from its making to its end. What concerns one session
 * goes through one connection, so that its commands stay in their order.
 */
typedef struct swio_lines swio_lines;

int swio_lines_new(const char *contact, const swio_conn_opts *opts, size_t count, swio_lines **out);

/* Connects all of them; after an error none is connected. Where some were lost and are being made
 * again, it takes the place of their next try, and an error leaves everything to the tries. */
int swio_lines_connect(swio_lines *lines);
/* Lost, at least one of them, and being made again. */
bool swio_lines_returning(const swio_lines *lines);
/* How often one of them was lost. */
size_t swio_lines_losses(const swio_lines *lines);
void swio_lines_close(swio_lines *lines);
bool swio_lines_connected(const swio_lines *lines);

/* The connection of a key (a session's uuid), or with NULL the next in turn. Borrowed. */
swio_conn *swio_lines_pick(swio_lines *lines, const char *key);

/* Connects one more, for commands at a time of their own (conn/ahead.h), which belongs to them all
 * from then on. Waits. */
int swio_lines_connect_ahead(swio_lines *lines);
/* That one, connected or not. Borrowed. */
swio_conn *swio_lines_ahead(swio_lines *lines);

#endif
