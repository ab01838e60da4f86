#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "conn/contact.h"

static void good_contacts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        unsigned port;
        const char *shown;
    } cases[] = {
        {"fs1", "fs1", 8021, "fs1:8021"},
        {"fs1.example.net.", "fs1.example.net.", 8021, "fs1.example.net.:8021"},
        {"fs_1-a:1", "fs_1-a", 1, "fs_1-a:1"},
        {"localhost:65535", "localhost", 65535, "localhost:65535"},
        {"192.168.0.10", "192.168.0.10", 8021, "192.168.0.10:8021"},
        {"1.2.3.4:8022", "1.2.3.4", 8022, "1.2.3.4:8022"},
        {"1.2.3.4.example", "1.2.3.4.example", 8021, "1.2.3.4.example:8021"},
        {"host:08021", "host", 8021, "host:8021"},
        {"[::1]:9", "::1", 9, "[::1]:9"},
        {"[::1]", "::1", 8021, "[::1]:8021"},
        {"::1", "::1", 8021, "[::1]:8021"},
        {"::", "::", 8021, "[::]:8021"},
        {"2001:db8::8021", "2001:db8::8021", 8021, "[2001:db8::8021]:8021"},
        {"fe80::1%eth0", "fe80::1%eth0", 8021, "[fe80::1%eth0]:8021"},
        {"[::ffff:127.0.0.1]:8021", "::ffff:127.0.0.1", 8021, "[::ffff:127.0.0.1]:8021"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        swio_contact contact = {0};
        assert_int_equal(swio_contact_parse(cases[i].text, 8021, &contact), 0);
        assert_string_equal(contact.host, cases[i].host);
        assert_int_equal(contact.port, cases[i].port);
        assert_string_equal(contact.text, cases[i].shown);
        swio_contact_free(&contact);
        assert_null(contact.host);
    }
}

#define WAYS "; use HOST, HOST:PORT, [IPV6]:PORT or an IPv6 address"

static void nonsense_is_refused_with_a_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {NULL, "no contact is given: use HOST, HOST:PORT, [IPV6]:PORT or an IPv6 address"},
        {"", "no contact is given: use HOST, HOST:PORT, [IPV6]:PORT or an IPv6 address"},
        {":8021", "':8021' is no contact: it names no host" WAYS},
        {"host:", "'host:' is no contact: the port is no number from 1 to 65535" WAYS},
        {"host:0", "'host:0' is no contact: the port is no number from 1 to 65535" WAYS},
        {"host:65536", "'host:65536' is no contact: the port is no number from 1 to 65535" WAYS},
        {"host:123456", "'host:123456' is no contact: the port is no number from 1 to 65535" WAYS},
        {"host:+80", "'host:+80' is no contact: the port is no number from 1 to 65535" WAYS},
        {"host:esl", "'host:esl' is no contact: the port is no number from 1 to 65535" WAYS},
        {"a b", "'a b' is no contact: it holds a character that no host name has" WAYS},
        {"me@host", "'me@host' is no contact: it holds a character that no host name has" WAYS},
        {"h\xc3\xb4te",
         "'h\xc3\xb4te' is no contact: it holds a character that no host name has" WAYS},
        {"esl://host", "'esl://host' is no contact: it is a URL" WAYS},
        {"8021", "'8021' is no contact: that is no IPv4 address" WAYS},
        {"1.2.3", "'1.2.3' is no contact: that is no IPv4 address" WAYS},
        {"1.2.3.256:1", "'1.2.3.256:1' is no contact: that is no IPv4 address" WAYS},
        {"a..b", "'a..b' is no contact: a part of the host name is empty" WAYS},
        {".a", "'.a' is no contact: a part of the host name is empty" WAYS},
        {"[::1", "'[::1' is no contact: the ']' is missing" WAYS},
        {"[::1]8021", "'[::1]8021' is no contact: something other than :PORT follows the ']'" WAYS},
        {"[::1]:", "'[::1]:' is no contact: the port is no number from 1 to 65535" WAYS},
        {"[]:1", "'[]:1' is no contact: that is no IPv6 address" WAYS},
        {"[host]:1", "'[host]:1' is no contact: that is no IPv6 address" WAYS},
        {"fe80::1%", "'fe80::1%' is no contact: that is no IPv6 address (with a port it is written "
                     "[IPV6]:PORT)" WAYS},
        {"host:1:2", "'host:1:2' is no contact: that is no IPv6 address (with a port it is written "
                     "[IPV6]:PORT)" WAYS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        swio_contact contact = {0};
        assert_int_equal(swio_contact_parse(cases[i].text, 8021, &contact), SWIO_EINVAL);
        assert_string_equal(swio_errmsg(), cases[i].sentence);
        assert_null(contact.host);
    }
}

static void long_names_are_refused(void **state)
{
    (void)state;
    char label[65], name[260];
    swio_contact contact = {0};
    memset(label, 'a', 64);
    label[64] = '\0';
    assert_int_equal(swio_contact_parse(label, 1, &contact), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "a part of a host name has at most 63 characters"));
    assert_int_equal(swio_contact_parse(label + 1, 1, &contact), 0);
    swio_contact_free(&contact);

    for (size_t i = 0; i < sizeof name; i++)
        name[i] = i % 2 ? '.' : 'a';
    name[254] = '\0';
    assert_int_equal(swio_contact_parse(name, 1, &contact), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "a host name has at most 253 characters"));
    name[253] = '\0';
    assert_int_equal(swio_contact_parse(name, 1, &contact), 0);
    swio_contact_free(&contact);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (long n = 0; n < 2; n++) {
        swio_contact contact = {0};
        swio_mem_fail_after(n, false);
        int error = swio_contact_parse("host:1", 8021, &contact);
        swio_mem_fail_after(-1, false);
        assert_int_equal(error, SWIO_ENOMEM);
        assert_null(contact.host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_contacts_are_read),
        cmocka_unit_test(nonsense_is_refused_with_a_sentence),
        cmocka_unit_test(long_names_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
