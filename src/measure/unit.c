/* Values as people read them. */
#include <math.h>
#include <stdio.h>
#include <switchio/metrics.h>

/* With three digits or so. The bounds are where a smaller unit would round up to the next. */
static void print_seconds(double s, char *buf, size_t size)
{
    static const struct {
        double below, scale;
        int digits;
        const char *unit;
    } ranges[] = {
        {0.0009995, 1e6, 0, "us"}, {0.009995, 1e3, 2, "ms"}, {0.09995, 1e3, 1, "ms"},
        {0.9995, 1e3, 0, "ms"},    {59.995, 1, 2, "s"},      {INFINITY, 1, 1, "s"},
    };
    size_t i = 0;
    while (fabs(s) >= ranges[i].below && ranges[i].below < INFINITY)
        i++;
    snprintf(buf, size, "%.*f %s", ranges[i].digits, s * ranges[i].scale, ranges[i].unit);
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
