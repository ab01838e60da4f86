/* A first program: asks a FreeSWITCH how it is. Without an argument, a simulated one. */
#include <stdio.h>
#include <switchio/switchio.h>

int main(int argc, char **argv)
{
    swio_sim *sim = NULL;
    swio_client *client;
    char *answer;

    if (argc < 2 && swio_sim_start(NULL, &sim))
        return swio_fail("the simulator");
    if (swio_client_new(argc < 2 ? swio_sim_contact(sim, 0) : argv[1], NULL, &client) ||
        swio_client_connect(client))
        return swio_fail("connecting");
    if (swio_client_cmd(client, "status", 5, &answer))
        return swio_fail("asking");

    printf("%s says:\n%s\n", swio_client_contact(client), answer);
    swio_text_free(answer);
    swio_client_unref(client);
    swio_sim_stop(sim);
    return 0;
}
