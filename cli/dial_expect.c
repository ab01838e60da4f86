#include "cli/dial_expect.h"

#include <switchio/error.h>

#include "cli/login.h"

int dial_expects_read(const command *cmd, const option_texts *given, dial_expects *out)
{
    out->count = 0;
    for (size_t i = 0; i < given->count; i++) {
        int error = swio_expect_new(given->text[i], &out->expect[i]);
        if (error == SWIO_EINVAL)
            return usage_error(cmd, "--expect: %s", swio_errmsg());
        if (error)
            return say_failed(cmd, STATUS_FAILED);
        out->count++;
    }
    return -1;
}

void dial_expects_free(dial_expects *expects)
{
    for (size_t i = 0; i < expects->count; i++)
        swio_expect_free(expects->expect[i]);
    expects->count = 0;
}

bool dial_expects_judge(dial_expects *expects, swio_metrics *metrics)
{
    bool met = true;
    for (size_t i = 0; i < expects->count; i++) {
        expects->verdict[i] = swio_expect_check(expects->expect[i], metrics);
        met = met && expects->verdict[i].passed;
    }
    return met;
}

void dial_expects_print(const dial_expects *expects, bool utf8, FILE *to)
{
    for (size_t i = 0; i < expects->count; i++) {
        const swio_verdict *verdict = &expects->verdict[i];
        const char *sign = utf8 ? verdict->passed ? "✓" : "✗" : verdict->passed ? "ok  " : "FAIL";
        fprintf(to, "%s %s: %s\n", sign, swio_expect_text(expects->expect[i]), verdict->text);
    }
}
