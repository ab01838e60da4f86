/* What the host of a virtual machine takes of it. */
#ifndef CLI_HOST_H
#define CLI_HOST_H

/* Ticks of all processors since the system began; zero where it does not tell (not Linux). */
typedef struct host_time {
    unsigned long long stolen, all;
} host_time;

host_time host_time_now(void);

/* Reads the first line of /proc/stat: "cpu " and, in proc(5)'s order, user, nice, system, idle,
 * iowait, irq, softirq, steal. */
host_time host_time_parse(const char *line);

/* The share that the host took from one moment to the other, 0 to 1; 0 where nobody knows. */
double host_time_stolen(host_time from, host_time to);

#endif
