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
