#include <ctype.h>
#include <string.h>
#include <switchio/apps.h>

#include "base/err.h"

typedef struct block {
    const char *response;
    bool is_status; /* else a cause */
} block;

static const swio_param params[] = {
    SWIO_PARAM(STRING, block, response, .standard = "404", .required = true,
               .help = "a SIP status (486 Busy Here) or a hangup cause (USER_BUSY)"),
    {0},
};

/* A status that ends a call, or a word in capital letters. */
static int setup(swio_load *load, void *self)
{
    block *b = self;
    const char *text = b->response;
    (void)load;
    b->is_status = isdigit((unsigned char)*text);
    if (b->is_status ? *text >= '3' && *text <= '6' && strspn(text, "0123456789") == 3 &&
                           (!text[3] || text[3] == ' ')
                     : *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")])
        return 0;
    return swio_err(SWIO_EINVAL,
                    "the app CalleeBlockOnInvite: response=%s: give a SIP status of 300 to 699, or "
                    "a hangup cause",
                    text);
}

static int on_create(swio_session *session, void *self)
{
    const block *b = self;
    if (!swio_session_is_inbound(session))
        return 0;
    return b->is_status ? swio_session_respond(session, b->response, 0)
                        : swio_session_hangup(session, b->response, 0);
}

const swio_app swio_app_callee_block_on_invite = {
    .name = "CalleeBlockOnInvite",
    .doc = "The callee rejects every call at once.",
    .on = {SWIO_CALLBACK("CHANNEL_CREATE", on_create)},
    .params = params,
    .state_size = sizeof(block),
    .setup = setup,
};
