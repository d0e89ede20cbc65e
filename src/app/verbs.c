/* The table of verbs, from two list.def: most stand in faces/cli, those that need the simulated world in app.
 */
#include "faces/cli/verb.h"

#include <string.h>

#include "base/assert.h"

#define X(kind, name) extern const kind##_desc_t name;
#include "app/list.def"
#include "faces/cli/list.def"
#undef X

static const verb_desc_t *const verbs[] = {
#define X(kind, name) &name,
#include "app/list.def"
#include "faces/cli/list.def"
#undef X
};

u32 verb_count(void)
{
    return (u32)COUNT_OF(verbs);
}

const verb_desc_t *verb_at(u32 index)
{
    ASSERT(index < COUNT_OF(verbs));
    return verbs[index];
}

static bool verb_is(const verb_desc_t *v, const char *name)
{
    if (strcmp(v->name, name) == 0) {
        return true;
    }
    for (u32 i = 0; i < VERB_ALIASES_MAX && v->aliases[i] != NULL; i++) {
        if (strcmp(v->aliases[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const verb_desc_t *verb_find(const char *name)
{
    ASSERT(name != NULL);
    for (u32 i = 0; i < COUNT_OF(verbs); i++) {
        if (verb_is(verbs[i], name)) {
            return verbs[i];
        }
    }
    return NULL;
}
