#include <string.h>

#include "base/err.h"
#include "conn/conn.h"
#include "conn/words.h"

/*
 * What mod_event_socket.c answers for an api command that printed nothing (api_exec). It is no
 * failure: uuid_break and uuid_send_dtmf succeed with it, and the same command through bgapi gives
 * an empty result.
 */
static const char no_output[] = "-ERR no reply\n";

static bool says_error(const char *words, size_t len)
{
    static const char *const starts[] = {"-ERR", "-USAGE"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (len >= strlen(starts[i]) && memcmp(words, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

int swio_reply_judge(const char *contact, const char *command, size_t len, const swio_frame *frame)
{
    size_t words_len = 0;
    bool api = frame->kind == SWIO_FRAME_API_RESPONSE;
    const char *words = api ? swio_event_body(frame->event, &words_len)
                            : swio_event_get_len(frame->event, "Reply-Text", &words_len);
    if (!words || !says_error(words, words_len))
        return 0;
    if (api && words_len == sizeof no_output - 1 && memcmp(words, no_output, words_len) == 0)
        return 0;
    char shown[SWIO_WORDS_MAX], said[SWIO_WORDS_MAX];
    return swio_err(SWIO_EAPI, "%s: '%s' failed: %s", contact,
                    swio_words_command(shown, sizeof shown, command, len),
                    swio_words_show(said, sizeof said, words, words_len, words_len));
}
