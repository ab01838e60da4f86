#include <string.h>
#include <switchio/apps.h>
#include <switchio/call.h>

#include "base/err.h"

typedef struct proxier {
    const char *profile;
    const char *gateway;
    const char *proxy;
    int64_t max_passes;
} proxier;

static const swio_param params[] = {
    SWIO_PARAM(STRING, proxier, profile,
               .help = "SIP profile to call on from; that of the inbound call"),
    SWIO_PARAM(STRING, proxier, gateway, .help = "a gateway to call through instead; none"),
    SWIO_PARAM(STRING, proxier, proxy, .help = "next hop, HOST:PORT; where the URI says"),
    SWIO_PARAM(INTEGER, proxier, max_passes, .standard = "1", .min = 1, .max = 70,
               .help = "how often one call may come by, before it is taken for a loop"),
    {0},
};

/* How often its call came by here. */
static int count_pass(swio_session *session, long long *passes)
{
    swio_call *call = swio_session_call(session);
    int error = call ? swio_vars_add(swio_call_vars(call), "proxier_passes", 1, passes) : 0;
    swio_call_unref(call);
    return error;
}

static int on_park(swio_session *session, void *self)
{
    const proxier *p = self;
    long long passes = 0;
    if (!swio_session_is_inbound(session))
        return 0;
    int error = count_pass(session, &passes);
    if (error)
        return error;
    if (passes > p->max_passes) {
        error = swio_session_hangup(session, "EXCHANGE_ROUTING_ERROR", 0);
        return error ? error
                     : swio_err(SWIO_ELIMIT,
                                "the call came by %lld times: its URI leads back to here", passes);
    }
    /* Else the caller would stay in the park when the callee has hung up. */
    error = swio_session_setvar(session, "hangup_after_bridge", "true", 0);
    if (error)
        return error;
    const swio_bridge_opts opts = {.profile = p->profile, .gateway = p->gateway, .proxy = p->proxy};
    return swio_session_bridge(session, &opts, 0);
}

const swio_app swio_app_proxier = {
    .name = "Proxier",
    .doc = "Bridge every inbound call to the URI that it was sent to.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park)},
    .params = params,
    .state_size = sizeof(proxier),
};
