/* Telling the apps of the calls what their originator does. */
#include "control/client.h"
#include "dial/dial.h"

static void tell_all(swio_originator *o, const swio_news *news)
{
    for (size_t i = 0; i < o->node_count; i++)
        for (size_t a = 0; a < o->app_count; a++)
            if (o->apps[a]->on[i].hooked)
                swio_client_tell(o->nodes[i].client, o->apps[a]->id, news);
}

static void tell(swio_originator *o, bool changed_only)
{
    swio_told before = o->told;
    pthread_mutex_lock(&o->lock);
    swio_told now = {o->rate, o->limit, 0};
    pthread_mutex_unlock(&o->lock);
    now.duration = swio_originator_duration(o);
    o->told = now;
    if (!changed_only || now.rate < before.rate || now.rate > before.rate)
        tell_all(o, &(swio_news){.what = SWIO_NEWS_RATE, .number = now.rate});
    if (!changed_only || now.limit != before.limit)
        tell_all(o, &(swio_news){.what = SWIO_NEWS_LIMIT, .limit = now.limit});
    if (!changed_only || now.duration < before.duration || now.duration > before.duration)
        tell_all(o, &(swio_news){.what = SWIO_NEWS_DURATION, .number = now.duration});
}

void swio_originator_tell_start(void *originator)
{
    tell(originator, false);
}

void swio_originator_tell_change(void *originator)
{
    tell(originator, true);
}
