#include <switchio/version.h>

const char *swio_version(void)
{
    return SWIO_VERSION;
}
