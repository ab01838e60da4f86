#include "sim/queue.h"

#include <string.h>

#include "base/mem.h"

/* About what a turn has to send; more would no longer be in the cache when it is sent. */
enum { BLOCK = 64 * 1024 };

static sim_block_of_frames *block_for(sim_queue *queue, size_t len)
{
    sim_block_of_frames *last = queue->last;
    if (last && last->room - last->len >= len)
        return last;
    size_t room = len > BLOCK ? len : BLOCK;
    sim_block_of_frames *block = queue->spare;
    if (block && room == BLOCK)
        queue->spare = NULL;
    else
        block = swio_malloc(sizeof *block + room);
    if (!block)
        return NULL;
    *block = (sim_block_of_frames){.room = room};
    if (last)
        last->next = block;
    else
        queue->first = block;
    queue->last = block;
    return block;
}

bool swio_sim_queue_add(sim_queue *queue, const char *head, size_t head_len, const char *body,
                        size_t len)
{
    sim_block_of_frames *block = block_for(queue, head_len + len);
    if (!block)
        return false;
    memcpy(block->bytes + block->len, head, head_len);
    memcpy(block->bytes + block->len + head_len, body, len);
    block->len += head_len + len;
    block->frames++;
    queue->frames++;
    return true;
}

sim_block_of_frames *swio_sim_queue_take(sim_queue *queue)
{
    sim_block_of_frames *block = queue->first;
    if (!block)
        return NULL;
    queue->first = block->next;
    if (!queue->first)
        queue->last = NULL;
    queue->frames -= block->frames;
    return block;
}

void swio_sim_queue_give_back(sim_queue *queue, sim_block_of_frames *block)
{
    if (queue->spare || block->room != BLOCK)
        swio_free(block);
    else
        queue->spare = block;
}

void swio_sim_queue_free(sim_queue *queue)
{
    for (sim_block_of_frames *block = swio_sim_queue_take(queue); block;
         block = swio_sim_queue_take(queue))
        swio_free(block);
    swio_free(queue->spare);
    queue->spare = NULL;
}
