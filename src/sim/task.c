#include "sim/task.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loop/loop.h"
#include "sim/channel.h"
#include "sim/flow.h"
#include "sim/request.h"
#include "sim/sim.h"

/* The scheduler's thread looks twice a second. */
enum { LOOK_NS = 500000000 };

static void look(void *arg);

static void arm(sim_node *node)
{
    if (!node->tasks) {
        swio_sim_timer_stop(&node->scheduler);
        return;
    }
    if (swio_sim_timer_pending(&node->scheduler))
        return;
    uint64_t elapsed = swio_sim_elapsed_ns(node->sim);
    double wait = (double)(LOOK_NS - elapsed % LOOK_NS) / 1e9;
    swio_sim_after(node->sim, &node->scheduler, wait, look, node);
}

static void fire_task(const sim_task *task, sim_source source)
{
    char id[24], runtime[24];
    id[swio_sim_digits(id, task->id)] = '\0';
    runtime[swio_sim_digits(runtime, task->runtime)] = '\0';
    sim_args args = {.v = {id, task->cause ? "switch_ivr_schedule_hangup" : "api_sched_task",
                           task->group, runtime}};
    swio_sim_fire(task->node, source, NULL, &args);
}

static void free_task(sim_task *task)
{
    sim_node *node = task->node;
    if (task->prev)
        task->prev->next = task->next;
    else
        node->tasks = task->next;
    if (task->next)
        task->next->prev = task->prev;
    else
        node->last_task = task->prev;
    swio_free(task->text);
    swio_free(task->group);
    swio_free(task);
}

static void run(sim_task *task)
{
    sim_node *node = task->node;
    if (task->cause) {
        sim_channel *channel = swio_sim_channel_find(node, task->text);
        if (channel)
            swio_sim_hangup(channel, task->cause);
    } else {
        swio_sim_request_silent(node, task->text);
    }
}

static void look(void *arg)
{
    sim_node *node = arg;
    swio_sim_enter(node->sim);
    uint64_t now = node->clock.now / 1000000, last = node->task_id;
    /* A command may add and delete tasks: begin again after each, and leave the new ones. */
    for (sim_task *task = node->tasks; task;) {
        if (task->runtime > now || task->id > last) {
            task = task->next;
            continue;
        }
        if (task->every) {
            task->runtime = now + task->every;
            run(task);
            task = node->tasks;
            continue;
        }
        bool command = !task->cause;
        sim_task *next = task->next;
        run(task);
        fire_task(task, SIM_FROM_UNSCHEDULED);
        free_task(task);
        task = command ? node->tasks : next;
    }
    arm(node);
    swio_sim_leave(node->sim);
}

uint64_t swio_sim_task_add(sim_node *node, uint64_t runtime, uint64_t every, const char *group,
                           const char *text, const char *cause)
{
    sim_task *task = swio_calloc(1, sizeof *task);
    if (!task)
        return 0;
    task->text = swio_strdup(text);
    task->group = swio_strdup(group);
    if (!task->text || !task->group) {
        swio_free(task->text);
        swio_free(task->group);
        swio_free(task);
        return 0;
    }
    task->node = node;
    task->runtime = runtime;
    task->every = every;
    task->cause = cause;
    task->id = ++node->task_id;
    task->prev = node->last_task;
    if (task->prev)
        task->prev->next = task;
    else
        node->tasks = task;
    node->last_task = task;
    fire_task(task, SIM_FROM_SCHEDULED);
    arm(node);
    return task->id;
}

unsigned swio_sim_task_delete(sim_node *node, const char *which)
{
    char *end;
    unsigned long long id = strtoull(which, &end, 10);
    bool number = end != which && !*end;
    unsigned count = 0;
    for (sim_task *task = node->tasks, *next; task; task = next) {
        next = task->next;
        if (number ? task->id != id : strcasecmp(task->group, which) != 0)
            continue;
        fire_task(task, SIM_FROM_UNSCHEDULED);
        free_task(task);
        count++;
    }
    return count;
}

void swio_sim_tasks_drop(sim_node *node)
{
    while (node->tasks)
        free_task(node->tasks);
    swio_sim_timer_stop(&node->scheduler);
}
