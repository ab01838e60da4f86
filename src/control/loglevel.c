/* How much the switch says on its console. */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "control/client.h"

/* Both of "console loglevel" and "console loglevel LEVEL" are answered "+OK console log level set
 * to LEVEL" (mod_console.c console_api_function()). */
static const char *last_word(const char *answer)
{
    const char *blank = strrchr(answer, ' ');
    return blank ? blank + 1 : answer;
}

int swio_client_loglevel(swio_client *client, double timeout, char **level)
{
    char *answer = NULL;
    int error = swio_client_cmd(client, "console loglevel", timeout, &answer);
    if (error)
        return error;
    char *word = swio_strdup(last_word(answer));
    swio_free(answer);
    if (!word)
        return swio_err_nomem();
    *level = word;
    return 0;
}

int swio_client_set_loglevel(swio_client *client, const char *level, double timeout)
{
    for (const char *p = level; p && *p; p++)
        if (!isalnum((unsigned char)*p))
            level = "";
    if (!level || !*level)
        return swio_err(SWIO_EINVAL, "a log level is a word: debug, info, notice, warning, err");
    swio_buf text = {0};
    swio_buf_printf(&text, "console loglevel %s", level);
    int error = swio_buf_error(&text);
    if (!error)
        error = swio_client_api(client, text.data, timeout, NULL);
    swio_buf_free(&text);
    return error;
}
