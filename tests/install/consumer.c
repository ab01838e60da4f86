/* A program of a user: it sees what was installed and nothing else. */
#include <stdio.h>
#include <string.h>
#include <switchio/switchio.h>

int main(void)
{
    if (strcmp(swio_version(), SWIO_VERSION) != 0) {
        fprintf(stderr, "library %s, headers %s\n", swio_version(), SWIO_VERSION);
        return 1;
    }
    printf("switchio %s\n", swio_version());
    return 0;
}
