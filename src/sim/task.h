/* The scheduler of a node: things to do at whole seconds (switch_scheduler.c). */
#ifndef SWIO_SIM_TASK_H
#define SWIO_SIM_TASK_H

#include "sim/model.h"

struct sim_task {
    sim_task *prev, *next; /* in the order they came */
    sim_node *node;
    uint64_t id;
    uint64_t runtime;  /* seconds since 1970 */
    uint64_t every;    /* seconds to the next time; 0: once */
    const char *kind;  /* "uuid hangup", … (Task-Desc); static */
    const char *cause; /* of a hang-up; static */
    char *text;        /* the uuid, or the api command */
    char *group;       /* for sched_del */
};

/*
 * Hangs the channel up at `runtime`, or (cause NULL) runs `text` as an api command. 0 without
 * memory, else the number of the task.
 */
uint64_t swio_sim_task_add(sim_node *node, uint64_t runtime, uint64_t every, const char *group,
                           const char *text, const char *cause);

/* Removes by number or by group. Returns how many. */
unsigned swio_sim_task_delete(sim_node *node, const char *which);
void swio_sim_tasks_drop(sim_node *node);

#endif
