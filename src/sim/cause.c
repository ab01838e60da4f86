#include "sim/cause.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const sim_cause causes[] = {
    {"NORMAL_CLEARING", 16, 480, "Temporarily Unavailable"},
    {"NONE", 0, 480, "Temporarily Unavailable"},
    {"UNALLOCATED_NUMBER", 1, 404, "Not Found"},
    {"NO_ROUTE_TRANSIT_NET", 2, 404, "Not Found"},
    {"NO_ROUTE_DESTINATION", 3, 404, "Not Found"},
    {"CHANNEL_UNACCEPTABLE", 6, 480, "Temporarily Unavailable"},
    {"CALL_AWARDED_DELIVERED", 7, 480, "Temporarily Unavailable"},
    {"USER_BUSY", 17, 486, "Busy Here"},
    {"NO_USER_RESPONSE", 18, 408, "Request Timeout"},
    {"NO_ANSWER", 19, 480, "Temporarily Unavailable"},
    {"SUBSCRIBER_ABSENT", 20, 480, "Temporarily Unavailable"},
    {"CALL_REJECTED", 21, 603, "Decline"},
    {"NUMBER_CHANGED", 22, 410, "Gone"},
    {"REDIRECTION_TO_NEW_DESTINATION", 23, 410, "Gone"},
    {"EXCHANGE_ROUTING_ERROR", 25, 483, "Too Many Hops"},
    {"DESTINATION_OUT_OF_ORDER", 27, 502, "Bad Gateway"},
    {"INVALID_NUMBER_FORMAT", 28, 484, "Address Incomplete"},
    {"FACILITY_REJECTED", 29, 501, "Not Implemented"},
    {"NORMAL_UNSPECIFIED", 31, 480, "Temporarily Unavailable"},
    {"NORMAL_CIRCUIT_CONGESTION", 34, 503, "Service Unavailable"},
    {"NETWORK_OUT_OF_ORDER", 38, 503, "Service Unavailable"},
    {"NORMAL_TEMPORARY_FAILURE", 41, 503, "Service Unavailable"},
    {"SWITCH_CONGESTION", 42, 503, "Service Unavailable"},
    {"REQUESTED_CHAN_UNAVAIL", 44, 503, "Service Unavailable"},
    {"OUTGOING_CALL_BARRED", 52, 403, "Forbidden"},
    {"INCOMING_CALL_BARRED", 54, 403, "Forbidden"},
    {"BEARERCAPABILITY_NOTAUTH", 57, 403, "Forbidden"},
    {"BEARERCAPABILITY_NOTAVAIL", 58, 503, "Service Unavailable"},
    {"SERVICE_UNAVAILABLE", 63, 503, "Service Unavailable"},
    {"BEARERCAPABILITY_NOTIMPL", 65, 488, "Not Acceptable Here"},
    {"CHAN_NOT_IMPLEMENTED", 66, 480, "Temporarily Unavailable"},
    {"FACILITY_NOT_IMPLEMENTED", 69, 501, "Not Implemented"},
    {"SERVICE_NOT_IMPLEMENTED", 79, 501, "Not Implemented"},
    {"INCOMPATIBLE_DESTINATION", 88, 488, "Not Acceptable Here"},
    {"RECOVERY_ON_TIMER_EXPIRE", 102, 504, "Gateway Time-out"},
    {"INTERWORKING", 127, 480, "Temporarily Unavailable"},
    {"ORIGINATOR_CANCEL", 487, 487, "Request Terminated"},
    {"MANAGER_REQUEST", 503, 480, "Temporarily Unavailable"},
    {"BLIND_TRANSFER", 600, 480, "Temporarily Unavailable"},
    {"ATTENDED_TRANSFER", 601, 480, "Temporarily Unavailable"},
    {"ALLOTTED_TIMEOUT", 602, 480, "Temporarily Unavailable"},
    {"USER_CHALLENGE", 603, 480, "Temporarily Unavailable"},
    {"MEDIA_TIMEOUT", 604, 480, "Temporarily Unavailable"},
    {"PICKED_OFF", 605, 480, "Temporarily Unavailable"},
    {"USER_NOT_REGISTERED", 606, 480, "Temporarily Unavailable"},
    {"PROGRESS_TIMEOUT", 607, 480, "Temporarily Unavailable"},
    {"GATEWAY_DOWN", 609, 480, "Temporarily Unavailable"},
};
enum { CAUSES = sizeof causes / sizeof causes[0] };

const sim_cause *swio_sim_cause_find(const char *name)
{
    int code = atoi(name);
    for (size_t i = 0; i < CAUSES; i++)
        if (strcasecmp(causes[i].name, name) == 0 || (code > 0 && causes[i].code == code))
            return &causes[i];
    return &causes[0];
}

const sim_cause *swio_sim_cause_of_status(int status)
{
    static const struct {
        int status;
        const char *name;
    } meanings[] = {
        {200, "NORMAL_CLEARING"},
        {401, "CALL_REJECTED"},
        {402, "CALL_REJECTED"},
        {403, "CALL_REJECTED"},
        {404, "UNALLOCATED_NUMBER"},
        {405, "SERVICE_UNAVAILABLE"},
        {407, "CALL_REJECTED"},
        {408, "RECOVERY_ON_TIMER_EXPIRE"},
        {410, "NUMBER_CHANGED"},
        {413, "INTERWORKING"},
        {480, "NO_USER_RESPONSE"},
        {483, "EXCHANGE_ROUTING_ERROR"},
        {484, "INVALID_NUMBER_FORMAT"},
        {485, "NO_ROUTE_DESTINATION"},
        {486, "USER_BUSY"},
        {487, "ORIGINATOR_CANCEL"},
        {488, "INCOMPATIBLE_DESTINATION"},
        {502, "NETWORK_OUT_OF_ORDER"},
        {503, "NORMAL_TEMPORARY_FAILURE"},
        {504, "RECOVERY_ON_TIMER_EXPIRE"},
        {600, "USER_BUSY"},
        {603, "CALL_REJECTED"},
        {604, "NO_ROUTE_DESTINATION"},
        {606, "INCOMPATIBLE_DESTINATION"},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].status == status)
            return swio_sim_cause_find(meanings[i].name);
    return swio_sim_cause_find(status >= 500 ? "NORMAL_TEMPORARY_FAILURE" : "NORMAL_UNSPECIFIED");
}

const char *swio_sim_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } others[] = {{402, "Payment Required"},
                  {407, "Proxy Authentication Required"},
                  {600, "Busy Everywhere"},
                  {401, "Unauthorized"}};
    for (size_t i = 0; i < CAUSES; i++)
        if (causes[i].status == status)
            return causes[i].phrase;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].status == status)
            return others[i].phrase;
    return "Unknown";
}

const char *swio_sim_cause_in_turn(const char *names, size_t n)
{
    size_t count = 1;
    for (const char *p = names; p && *p; p++)
        count += *p == ',';
    for (n %= count; n; n--)
        names = strchr(names, ',') + 1;
    size_t len = names ? strcspn(names, ",") : 0;
    for (size_t i = 0; len && i < CAUSES; i++)
        if (strlen(causes[i].name) == len && strncasecmp(causes[i].name, names, len) == 0)
            return causes[i].name;
    return "USER_BUSY";
}
