#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn/words.h"

static const char *show(const char *bytes, size_t len, size_t max)
{
    static char out[SWIO_WORDS_MAX];
    memset(out, '#', sizeof out);
    return swio_words_show(out, sizeof out, bytes, len, max);
}

static void text_is_shown_on_one_line(void **state)
{
    (void)state;
    assert_string_equal(show("", 0, 10), "");
    assert_string_equal(show(" \r\n", 3, 10), "");
    assert_string_equal(show("\n-ERR No such\n\n channel!\n", 24, 100), "-ERR No such channel!");
    assert_string_equal(show("h\xc3\xb4te \xf0\x9f\x98\x80", 10, 100),
                        "h\xc3\xb4te \xf0\x9f\x98\x80");
}

static void what_is_no_text_is_escaped(void **state)
{
    (void)state;
    assert_string_equal(show("\x16\x03\x01\0\x7f", 5, 10), "\\x16\\x03\\x01\\x00\\x7f");
    assert_string_equal(show("\xff\xc3(\xc3", 4, 10), "\\xff\\xc3(\\xc3");
}

static void long_text_is_cut_and_says_so(void **state)
{
    (void)state;
    char big[2000], small[16];
    memset(big, 'x', sizeof big);
    assert_string_equal(show(big, sizeof big, 3), "xxx…");
    assert_int_equal(strlen(show(big, sizeof big, sizeof big)), SWIO_WORDS_MAX - 2);
    /* exactly full, with escapes, blanks and wide characters at the border */
    for (size_t i = 0; i < 16; i++) {
        memset(big, 'x', sizeof big);
        for (size_t j = 0; j < 5; j++)
            big[i + j] = " \xc3\xb4 \x01"[j];
        swio_words_show(small, sizeof small, big, sizeof big, sizeof big);
        assert_in_range(strlen(small), 5, sizeof small - 1);
        assert_non_null(strstr(small, "…"));
    }
}

static void passwords_are_not_shown(void **state)
{
    (void)state;
    char out[SWIO_WORDS_MAX];
    static const char auth[] = "auth Clue Con\n\n", user[] = "userauth u@d:secret\n\n";
    static const char upper[] = "AUTH secret", msg[] = "sendmsg 1\ncall-command: hangup\n\n";
    assert_string_equal(swio_words_command(out, sizeof out, auth, sizeof auth - 1), "auth ***");
    assert_string_equal(swio_words_command(out, sizeof out, user, sizeof user - 1), "userauth ***");
    assert_string_equal(swio_words_command(out, sizeof out, upper, sizeof upper - 1), "auth ***");
    assert_string_equal(swio_words_command(out, sizeof out, msg, sizeof msg - 1), "sendmsg 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_shown_on_one_line),
        cmocka_unit_test(what_is_no_text_is_escaped),
        cmocka_unit_test(long_text_is_cut_and_says_so),
        cmocka_unit_test(passwords_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
