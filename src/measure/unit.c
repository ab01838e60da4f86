/* Values as people read them. */
#include <math.h>
#include <stdio.h>
#include <switchio/metrics.h>

static void print_seconds(double s, char *buf, size_t size)
{
    double size_of = fabs(s);
    if (size_of >= 60)
        snprintf(buf, size, "%.1f s", s);
    else if (size_of >= 1)
        snprintf(buf, size, "%.2f s", s);
    else if (size_of >= 0.1)
        snprintf(buf, size, "%.0f ms", s * 1e3);
    else if (size_of >= 0.001)
        snprintf(buf, size, "%.*f ms", size_of >= 0.01 ? 1 : 2, s * 1e3);
    else
        snprintf(buf, size, "%.0f us", s * 1e6);
}

char *swio_unit_print(swio_unit unit, double value, char *buf, size_t size)
{
    if (isnan(value)) {
        snprintf(buf, size, "-");
        return buf;
    }
    switch (unit) {
    case SWIO_UNIT_COUNT:
        snprintf(buf, size, "%.0f", value);
        break;
    case SWIO_UNIT_SECONDS:
        print_seconds(value, buf, size);
        break;
    case SWIO_UNIT_RATIO:
        /* Never "100.00 %" or "0.00 %" for what is not all or nothing. */
        if ((value < 1 && value > 0.99995) || (value > 0 && value < 0.00005))
            snprintf(buf, size, value < 0.5 ? "<0.01 %%" : ">99.99 %%");
        else
            snprintf(buf, size, "%.2f %%", value * 100);
        break;
    case SWIO_UNIT_RATE:
        snprintf(buf, size, "%.2f /s", value);
        break;
    case SWIO_UNIT_ERLANGS:
        snprintf(buf, size, "%.2f E", value);
        break;
    case SWIO_UNIT_SCORE:
        snprintf(buf, size, "%.2f", value);
        break;
    }
    return buf;
}
