#include "control/channel_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int swio_channel_list_read(const char *text, size_t len, swio_channel_list_fn *fn, void *arg)
{
    static const char head[] = "{\"row_count\":", row[] = "{\"uuid\":\"";
    const char *end = text + len;
    if (len < sizeof head || memcmp(text, head, sizeof head - 1) != 0)
        return swio_err(SWIO_EPROTO, "the answer to 'show channels as json' is no list: '%.60s'",
                        text);
    unsigned long long rows = strtoull(text + sizeof head - 1, NULL, 10), seen = 0;
    const char *at = text;
    while ((at = memmem(at, (size_t)(end - at), row, sizeof row - 1))) {
        at += sizeof row - 1;
        const char *stop = memchr(at, '"', (size_t)(end - at));
        if (!stop)
            break;
        fn(at, (size_t)(stop - at), arg);
        seen++;
        at = stop;
    }
    if (seen != rows)
        return swio_err(SWIO_EPROTO,
                        "the answer to 'show channels as json' has %llu rows, and says %llu", seen,
                        rows);
    return 0;
}
