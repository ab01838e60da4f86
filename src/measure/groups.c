#include "measure/groups.h"

#include <string.h>

#include "base/hash.h"

typedef struct swio_group_entry {
    UT_hash_handle hh;
    swio_group group;
    char name[];
} swio_group_entry;

static swio_group_entry *add_entry(swio_groups *groups, const char *name)
{
    size_t size = strlen(name) + 1;
    if (HASH_COUNT(groups->entries) >= SWIO_GROUPS_MAX || strcmp(name, SWIO_GROUPS_OTHER) == 0)
        return NULL;
    swio_group_entry *e = swio_calloc(1, sizeof *e + size);
    if (!e)
        return NULL;
    memcpy(e->name, name, size);
    e->group.name = e->name;
    HASH_ADD_KEYPTR(hh, groups->entries, e->name, size - 1, e);
    if (SWIO_HASH_FAILED(e->hh)) {
        swio_free(e);
        return NULL;
    }
    return e;
}

void swio_groups_add(swio_groups *groups, const char *name, swio_outcome outcome)
{
    swio_group_entry *e;
    if (!name[0])
        return;
    HASH_FIND_STR(groups->entries, name, e);
    if (!e)
        e = add_entry(groups, name);
    swio_group *group = e ? &e->group : &groups->other;
    group->count++;
    group->outcomes[outcome]++;
}

void swio_groups_clear(swio_groups *groups)
{
    swio_group_entry *e = groups->entries;
    HASH_CLEAR(hh, groups->entries);
    while (e) {
        swio_group_entry *next = e->hh.next;
        swio_free(e);
        e = next;
    }
    memset(groups, 0, sizeof *groups);
}

static int greater_first(const swio_group_entry *a, const swio_group_entry *b)
{
    return (a->group.count < b->group.count) - (a->group.count > b->group.count);
}

void swio_groups_each(swio_groups *groups, swio_group_fn *fn, void *arg)
{
    HASH_SRT(hh, groups->entries, greater_first);
    for (swio_group_entry *e = groups->entries; e; e = e->hh.next)
        fn(&e->group, arg);
    groups->other.name = SWIO_GROUPS_OTHER;
    if (groups->other.count > 0)
        fn(&groups->other, arg);
}
