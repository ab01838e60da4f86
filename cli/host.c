#include "cli/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

host_time host_time_parse(const char *line)
{
    enum { KINDS = 8 };
    host_time t = {0};
    if (strncmp(line, "cpu ", 4) != 0)
        return t;
    const char *at = line + 4;
    for (int i = 0; i < KINDS; i++) {
        char *end;
        unsigned long long ticks = strtoull(at, &end, 10);
        if (end == at)
            return (host_time){0};
        at = end;
        t.all += ticks;
        t.stolen = ticks;
    }
    return t;
}

host_time host_time_now(void)
{
    char line[256];
    FILE *file = fopen("/proc/stat", "re");
    host_time t = {0};
    if (!file)
        return t;
    if (fgets(line, sizeof line, file))
        t = host_time_parse(line);
    fclose(file);
    return t;
}

double host_time_stolen(host_time from, host_time to)
{
    if (!from.all || to.all <= from.all || to.stolen < from.stolen)
        return 0;
    return (double)(to.stolen - from.stolen) / (double)(to.all - from.all);
}
