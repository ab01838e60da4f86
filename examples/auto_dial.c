/* An auto-dialer over a pool: as many switches as are named, without arguments two simulated ones.
 */
#include <inttypes.h>
#include <stdio.h>
#include <switchio/switchio.h>

/* Every node calls itself, at its own address; where a device under test is to be called, one
 * destination for all of them is enough. */
static int call_itself(swio_pool *pool, size_t node, void *arg)
{
    swio_client *client = swio_pool_client(pool, node);
    char *address, url[128];
    int error = swio_client_sip_address(client, "external", &address);
    if (error)
        return error;
    snprintf(url, sizeof url, "auto_dial@%s", address);
    printf("node %zu is called at %s\n", node + 1, address);
    swio_text_free(address);
    return swio_client_set_originate(client,
                                     &(swio_originate_opts){.dest_url = url, .app_id = arg});
}

static void tell(swio_pool *pool)
{
    swio_counts *causes;
    const char *cause;
    int64_t n;
    printf("answered: %" PRIu64 ", failed: %" PRIu64 "\n", swio_pool_count_answered(pool),
           swio_pool_count_failed(pool));
    if (swio_pool_counts(pool, SWIO_COUNT_CAUSES, &causes))
        return;
    for (size_t i = 0; (cause = swio_counts_at(causes, i, &n)); i++)
        printf("%s: %" PRId64 "\n", cause, n);
    swio_counts_free(causes);
}

static int dial(swio_pool *pool)
{
    char app_id[] = "auto_dial", text[256];
    swio_originator_opts opts = {
        .clients = swio_pool_clients(pool),
        .client_count = swio_pool_size(pool),
        .originate = {.app_id = app_id},
        .rate = 20,
        .limit = 100,
        .max_offered = 20,
        .duration = 1,
    };
    swio_originator *originator;
    int error = swio_pool_each(pool, call_itself, app_id);
    if (!error)
        error =
            swio_pool_load_app(pool, &swio_app_tone_play, &(swio_load_opts){.id = app_id}, NULL);
    if (!error)
        error = swio_originator_new(&opts, &originator);
    if (error)
        return error;
    error = swio_originator_start(originator);
    if (!error)
        error = swio_originator_wait_done(originator, 60);
    swio_originator_format(originator, text, sizeof text);
    puts(text);
    swio_originator_unref(originator);
    return error;
}

int main(int argc, char **argv)
{
    const char *const simulated[] = {"sim", "sim"};
    const char *const *hosts = argc > 1 ? (const char *const *)argv + 1 : simulated;
    swio_pool *pool;

    if (swio_pool_new(hosts, argc > 1 ? (size_t)argc - 1 : 2, NULL, &pool) ||
        swio_pool_connect(pool))
        return swio_fail("pool");
    if (dial(pool))
        return swio_fail("dial");
    tell(pool);
    swio_pool_unref(pool);
    return 0;
}
