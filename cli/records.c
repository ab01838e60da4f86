#include "cli/records.h"

#include <switchio/error.h>

#include "cli/login.h"

int records_open(records *r, const command *cmd, const char *path)
{
    int error = swio_metrics_new(&r->metrics);
    if (!error && path)
        error = swio_store_open(path, NULL, &r->store);
    if (error == SWIO_EEXIST || error == SWIO_EINVAL)
        return usage_error(cmd, "--metrics-file %s: %s", path, swio_errmsg());
    return error ? say_failed(cmd, STATUS_FAILED) : -1;
}

void records_add(records *r, const swio_cdr *cdr)
{
    swio_metrics_add(r->metrics, cdr);
    if (r->store)
        swio_store_put(r->store, cdr);
}

bool records_close(records *r, const command *cmd)
{
    swio_store *store = r->store;
    r->store = NULL;
    if (swio_store_close(store) == 0)
        return true;
    say_failed(cmd, STATUS_FAILED);
    return false;
}

void records_free(records *r)
{
    swio_store_close(r->store);
    swio_metrics_free(r->metrics);
    *r = (records){0};
}
