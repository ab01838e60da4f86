/* The apps that come with the library: a new one is a file of its own and a line here. */
#include <strings.h>
#include <switchio/app.h>

static const swio_app *const apps[] = {
    &swio_app_tone_play,
};
enum { APPS = sizeof apps / sizeof apps[0] };

const swio_app *swio_app_builtin(size_t index)
{
    return index < APPS ? apps[index] : NULL;
}

const swio_app *swio_app_find(const char *name)
{
    for (size_t i = 0; i < APPS; i++)
        if (strcasecmp(apps[i]->name, name) == 0)
            return apps[i];
    return NULL;
}
