#include <stdio.h>
#include <switchio/switchio.h>

int main(void)
{
    printf("switchio %s\n", swio_version());
    return 0;
}
