#include <math.h>
#include <switchio/metrics.h>

/*
 * The inverse of B by recursion, which neither overflows nor loses digits:
 *     1/B(0) = 1;  1/B(n) = 1 + n / A * 1/B(n - 1)
 * It ends early where B has become so small that no double tells it from 0.
 */
double swio_erlang_b(double erlangs, uint64_t lines)
{
    if (!(erlangs >= 0))
        return NAN;
    if (erlangs <= 0)
        return lines == 0 ? 1 : 0;
    if (isinf(erlangs))
        return 1;
    double inverse = 1;
    for (uint64_t n = 1; n <= lines && !isinf(inverse); n++)
        inverse = 1 + (double)n / erlangs * inverse;
    return 1 / inverse;
}

/*
 * What the clusters of blocking add to the variance of its number, in units of the mean holding
 * time: 2 * sum over n < lines of (f * P(n))^2 / (A * p(n)), the solution of Poisson's equation for
 * a birth-death process, where f = A * B is the rate of blocking, p(n) the probability of n busy
 * lines and P(n) that of n or less. With P(n) / p(n) = 1/B(n) it comes to 2 * lines * B^3 * R, and
 *     R(n) = (1/B(n))^2 + n / A * R(n - 1)
 */
static double clustering(double erlangs, uint64_t lines, double b)
{
    double inverse = 1, r = 1;
    if (b < 1e-50) /* it is nothing, and r might be infinite */
        return 0;
    for (uint64_t n = 1; n < lines; n++) {
        inverse = 1 + (double)n / erlangs * inverse;
        r = inverse * inverse + (double)n / erlangs * r;
    }
    return 2 * (double)lines * b * b * b * r;
}

/*
 * Of the share that is blocked, less what B is for the erlangs that the same run offered; for one
 * arrival. What varies with the number of arrivals and the holding times is in both. That the same
 * comes out for constant holding times was seen in simulations.
 */
static double variance(double erlangs, uint64_t lines, double b)
{
    double slope = b * ((double)lines - erlangs + erlangs * b); /* A * dB/dA */
    double all = b + clustering(erlangs, lines, b) / erlangs - (b + slope) * (b + slope);
    return fmax(all - slope * slope / (1 - b), 0);
}

void swio_erlang_b_range(double erlangs, uint64_t lines, uint64_t arrivals, double *low,
                         double *high)
{
    static const double z = 2.5758293035489; /* 99 % of a normal distribution, on both sides */
    double b = swio_erlang_b(erlangs, lines), n = (double)arrivals, half = 0, start = 0;
    if (arrivals == 0 || isnan(b)) {
        *low = *high = NAN;
        return;
    }
    if (lines > 0 && erlangs > 0 && !isinf(erlangs)) {
        half = z * sqrt(variance(erlangs, lines, b) / n) + 1 / n; /* blocked ones are whole */
        start = b * erlangs / n; /* as many arrive within a holding time */
    }
    *low = fmax(b - half - start, 0);
    *high = fmin(b + half, 1);
}
