/* The events that wait for one client: whole frames, in blocks that are sent as they are. */
#ifndef SWIO_SIM_QUEUE_H
#define SWIO_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct sim_block_of_frames {
    struct sim_block_of_frames *next;
    size_t len, room, frames;
    char bytes[];
} sim_block_of_frames;

/* Zeroed, it is empty. */
typedef struct sim_queue {
    sim_block_of_frames *first, *last;
    sim_block_of_frames *spare; /* the next one to be filled; NULL */
    size_t frames;              /* in all blocks */
} sim_queue;

/* Appends one frame, given in two parts. False without memory: nothing was appended. */
bool swio_sim_queue_add(sim_queue *queue, const char *head, size_t head_len, const char *body,
                        size_t len);

/* Takes the first block off, to be given back; NULL where it is empty. */
sim_block_of_frames *swio_sim_queue_take(sim_queue *queue);
void swio_sim_queue_give_back(sim_queue *queue, sim_block_of_frames *block);

void swio_sim_queue_free(sim_queue *queue);

#endif
