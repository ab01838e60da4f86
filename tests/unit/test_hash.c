#include "base/hash.h"

#include <stdio.h>

#include "base/uuid.h"
#include "support/cmocka.h"

enum { KEYS = 8192, BUCKETS = 1024 };

/* uthash takes the lowest bits. */
static unsigned fullest(char keys[KEYS][SWIO_UUID_LEN + 1])
{
    static unsigned count[BUCKETS];
    unsigned most = 0;
    memset(count, 0, sizeof count);
    for (size_t i = 0; i < KEYS; i++) {
        unsigned n = ++count[swio_hash(keys[i], strlen(keys[i])) % BUCKETS];
        most = n > most ? n : most;
    }
    return most;
}

/* Chance alone gives about 20. */
static void keys_spread(void **state)
{
    (void)state;
    static char keys[KEYS][SWIO_UUID_LEN + 1];
    for (size_t i = 0; i < KEYS; i++)
        strcpy(keys[i], swio_uuid_new().text);
    assert_in_range(fullest(keys), 8, 32);
    for (size_t i = 0; i < KEYS; i++)
        snprintf(keys[i], sizeof keys[i], "%zu", i);
    assert_in_range(fullest(keys), 8, 32);
    for (size_t i = 0; i < KEYS; i++) /* the first eight bytes differ, and no others */
        snprintf(keys[i], sizeof keys[i], "%08zx-0000-4000-8000-000000000000", i);
    assert_in_range(fullest(keys), 8, 32);
}

/* What stands behind the key, or where it stands, makes no difference. */
static void the_same_key_has_the_same_hash(void **state)
{
    (void)state;
    static const char a[] = "0123456789012345678901234567890123456789";
    char b[sizeof a + 8];
    for (size_t len = 0; len < sizeof a; len++) {
        memset(b, 'x', sizeof b);
        memcpy(b + len % 8, a, len);
        assert_int_equal(swio_hash(a, len), swio_hash(b + len % 8, len));
        assert_int_not_equal(swio_hash(a, len), swio_hash(b + len % 8, len + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_spread),
        cmocka_unit_test(the_same_key_has_the_same_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
