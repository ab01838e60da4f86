/*
 * Commands of the simulator that no recording has. What is expected was seen on a FreeSWITCH
 * 1.10.12.
 * labels: threaded
 */
#include <stdio.h>
#include <string.h>

#include "support/cmocka.h"
#include "support/peer.h"
#include "switchio/sim.h"

static const char leg[] = "7c4408b0-e602-465d-a7f4-0b2c5bb60b43";

/* The headers of the event up to Event-Name, as "Name=value ". */
static const char *first_headers(const swio_event *event)
{
    static char text[500];
    size_t at = 0;
    *text = '\0';
    for (size_t i = 0; i < swio_event_header_count(event); i++) {
        const char *name = swio_event_header_name(event, i);
        const char *value = swio_event_header_value(event, i, NULL);
        if (strcmp(name, "Event-Name") == 0)
            return text;
        at += (size_t)snprintf(text + at, sizeof text - at, "%s=%s ", name,
                               strcmp(name, "Event-UUID") == 0 ? "…" : value);
    }
    return text;
}

static void events_of_clients(void **state)
{
    (void)state;
    swio_sim *sim;
    peer p;
    size_t at = 0;
    assert_int_equal(swio_sim_start(NULL, &sim), 0);
    peer_login(&p, swio_sim_contact(sim, 0), "CUSTOM my::own");
    const char *reply = peer_ask(&p, "sendevent CUSTOM\nfirst: 1\nnone:\nEvent-Subclass: my::own");
    swio_event *event = peer_event(&p, &at, NULL, NULL);
    assert_string_equal(reply + strlen("+OK "), swio_event_get(event, "Event-UUID"));
    assert_string_equal(first_headers(event),
                        "Event-Subclass=my::own Command=sendevent CUSTOM first=1 Event-UUID=… ");
    peer_ask(&p, "sendevent CUSTOM\nEvent-Subclass: not::mine");
    peer_ask(&p, "sendevent nonsense\na: b");
    event = peer_event(&p, &at, NULL, NULL);
    assert_string_equal(swio_event_name(event), "CUSTOM");
    assert_string_equal(first_headers(event), "Command=sendevent nonsense a=b Event-UUID=… ");
    peer_close(&p);
    swio_sim_stop(sim);
}

/* Sends it, and tells which bug events came: "+" began, "-" ended. */
static const char *audio(peer *p, const char *args)
{
    static char came[8];
    size_t starts = peer_count(p, "MEDIA_BUG_START", leg), ends, n = 0;
    ends = peer_count(p, "MEDIA_BUG_STOP", leg);
    assert_string_equal(peer_ask(p, "api uuid_audio %s %s", leg, args), "+OK\n");
    peer_ask(p, "api echo the events of before have come");
    for (; starts < peer_count(p, "MEDIA_BUG_START", leg); starts++)
        came[n++] = '+';
    for (; ends < peer_count(p, "MEDIA_BUG_STOP", leg); ends++)
        came[n++] = '-';
    came[n] = '\0';
    return came;
}

static void muting(void **state)
{
    (void)state;
    swio_sim *sim;
    peer p;
    size_t at = 0;
    assert_int_equal(swio_sim_start(NULL, &sim), 0);
    peer_login(&p, swio_sim_contact(sim, 0), "CHANNEL_PARK MEDIA_BUG_START MEDIA_BUG_STOP");
    peer_ask(&p, "bgapi originate {origination_uuid=%s}sofia/external/1@%s &park()", leg,
             swio_sim_sip_address(sim, 0, "external"));
    swio_event *parked = peer_event(&p, &at, "CHANNEL_PARK", NULL);
    peer_ask(&p, "api uuid_answer %s", swio_event_get(parked, "Unique-ID"));
    peer_event(&p, &at, "CHANNEL_PARK", leg);
    assert_string_equal(audio(&p, "start write mute 0"), "+");
    assert_string_equal(audio(&p, "start write mute 1"), "");
    assert_string_equal(audio(&p, "start read mute 1"), "");
    assert_string_equal(audio(&p, "start write mute 0"), "");
    assert_string_equal(audio(&p, "start read mute 0"), "-");
    assert_string_equal(audio(&p, "start write level 2"), "+");
    assert_string_equal(audio(&p, "start write mute 0"), "");
    assert_string_equal(audio(&p, "stop"), "-");
    assert_string_equal(audio(&p, "stop"), "");
    assert_non_null(strstr(peer_ask(&p, "api uuid_audio %s start write mute", leg), "-USAGE"));
    assert_non_null(strstr(peer_ask(&p, "api uuid_audio %s start up mute 1", leg), "-USAGE"));
    peer_close(&p);
    swio_sim_stop(sim);
}

/* The channels that are there, and none before and after. */
static void channels(void **state)
{
    (void)state;
    static const char row[] = "{\"uuid\":\"";
    swio_sim *sim;
    peer p;
    size_t at = 0;
    assert_int_equal(swio_sim_start(NULL, &sim), 0);
    peer_login(&p, swio_sim_contact(sim, 0), "CHANNEL_PARK CHANNEL_DESTROY");
    assert_string_equal(peer_ask(&p, "api show channels as json"), "{\"row_count\": 0}\n");
    assert_string_equal(peer_ask(&p, "api uuid_exists %s", leg), "false");
    peer_ask(&p, "bgapi originate {origination_uuid=%s}sofia/external/1@%s &park()", leg,
             swio_sim_sip_address(sim, 0, "external"));
    swio_event *parked = peer_event(&p, &at, "CHANNEL_PARK", NULL);
    const char *list = peer_ask(&p, "api show channels as json");
    assert_ptr_equal(strstr(list, "{\"row_count\":2,\"rows\":[{\"uuid\":\""), list);
    const char *first = strstr(list, row), *second = strstr(first + 1, row);
    assert_memory_equal(first + strlen(row), leg, strlen(leg));
    assert_memory_equal(second + strlen(row), swio_event_get(parked, "Unique-ID"), strlen(leg));
    assert_string_equal(peer_ask(&p, "api uuid_exists %s", leg), "true");
    peer_ask(&p, "api uuid_kill %s", leg);
    peer_event(&p, &at, "CHANNEL_DESTROY", NULL);
    peer_event(&p, &at, "CHANNEL_DESTROY", NULL);
    assert_string_equal(peer_ask(&p, "api show channels as json"), "{\"row_count\": 0}\n");
    assert_string_equal(peer_ask(&p, "api uuid_exists %s", leg), "false");
    peer_close(&p);
    swio_sim_stop(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_of_clients),
        cmocka_unit_test(muting),
        cmocka_unit_test(channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
