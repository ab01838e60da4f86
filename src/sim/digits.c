#include "sim/digits.h"

#include <stdlib.h>
#include <string.h>

#include "sim/channel.h"
#include "sim/sim.h"

/* The switch leaves this between two digits (switch_core_session_send_dtmf_string()). */
enum {
    BETWEEN_MS = 250,
    DEFAULT_MS = 250,
    SAMPLES_PER_MS = 8,
    SAMPLES_OF_PACKET = 160,
    MOST = 256
};

struct sim_digits {
    sim_channel *channel; /* that receives them */
    sim_timer timer;
    unsigned ms; /* of each */
    size_t at, count;
    char text[MOST];
};

static bool is_digit(char c)
{
    return c && strchr("0123456789*#ABCDabcdFf", c) != NULL;
}

static void arrive(void *arg);

static void wait_for_next(sim_digits *digits, unsigned ms)
{
    swio_sim_after(digits->channel->node->sim, &digits->timer, ms / 1000.0, arrive, digits);
}

static void arrive(void *arg)
{
    sim_digits *digits = arg;
    sim_channel *channel = digits->channel;
    swio_sim *sim = channel->node->sim;
    char digit[2] = {digits->text[digits->at++]}, duration[24];
    swio_sim_enter(sim);
    /* It is told in packets: 250 ms arrive as 260. */
    unsigned packets = (digits->ms * SAMPLES_PER_MS + SAMPLES_OF_PACKET - 1) / SAMPLES_OF_PACKET;
    duration[swio_sim_digits(duration, packets * SAMPLES_OF_PACKET)] = '\0';
    if (!channel->cause)
        swio_sim_fire_with(channel, SIM_FROM_DTMF, (const char *[]){digit, duration}, 2);
    if (digits->at < digits->count && !channel->cause)
        wait_for_next(digits, digits->ms + BETWEEN_MS);
    else
        swio_sim_digits_drop(channel);
    swio_sim_leave(sim);
}

/* Adds the digits of `text` to those on their way; how many, and their length in *ms. */
static size_t take(sim_digits *digits, const char *text, unsigned *ms)
{
    const char *at_sign = strchr(text, '@');
    size_t count = 0;
    *ms = at_sign ? (unsigned)strtoul(at_sign + 1, NULL, 10) : DEFAULT_MS;
    if (*ms < 50 || *ms > 24000)
        *ms = DEFAULT_MS;
    for (const char *c = text; *c && c != at_sign; c++) {
        if (!is_digit(*c))
            continue;
        count++;
        if (digits && digits->count < MOST)
            digits->text[digits->count++] = *c;
    }
    return count;
}

bool swio_sim_digits_receive(sim_channel *channel, const char *text)
{
    unsigned ms;
    if (!take(NULL, text, &ms))
        return false;
    bool first = !channel->digits;
    if (first)
        channel->digits = swio_calloc(1, sizeof *channel->digits);
    if (!channel->digits)
        return false;
    channel->digits->channel = channel;
    take(channel->digits, text, &ms);
    channel->digits->ms = ms;
    if (first)
        wait_for_next(channel->digits, ms);
    return true;
}

bool swio_sim_digits_send(sim_channel *channel, const char *text)
{
    unsigned ms;
    size_t count = take(NULL, text, &ms);
    char total[24];
    if (!count)
        return false;
    total[swio_sim_digits(total, count * (ms + BETWEEN_MS))] = '\0';
    swio_sim_channel_set(channel, "last_dtmf_duration", total);
    sim_dialog *dialog = channel->dialog;
    sim_channel *other = !dialog ? NULL : channel->outbound ? dialog->callee : dialog->caller;
    if (other && !other->cause)
        swio_sim_digits_receive(other, text);
    return true;
}

void swio_sim_digits_drop(sim_channel *channel)
{
    if (!channel->digits)
        return;
    swio_sim_timer_stop(&channel->digits->timer);
    swio_free(channel->digits);
    channel->digits = NULL;
}
