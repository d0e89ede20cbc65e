/* The list of record kinds; each is one file of record_kinds/. */
#include "base/assert.h"
#include "store/records.h"

#define X(kind, name) extern const kind##_desc_t name;
#include "store/record_kinds/list.def"
#undef X

static const record_kind_desc_t *const kinds[] = {
#define X(kind, name) &name,
#include "store/record_kinds/list.def"
#undef X
};

const record_kind_desc_t *record_kind_at(u32 index)
{
    ASSERT(COUNT_OF(kinds) > 0);
    return index < COUNT_OF(kinds) ? kinds[index] : NULL;
}

const record_kind_desc_t *record_kind_find(u32 id)
{
    for (u32 i = 0; i < COUNT_OF(kinds); i++) {
        if (kinds[i]->id == id) {
            return kinds[i];
        }
    }
    return NULL;
}

const record_kind_desc_t *record_kind_named(str_t name)
{
    ASSERT(name.p != NULL || name.n == 0);
    for (u32 i = 0; i < COUNT_OF(kinds); i++) {
        if (str_eq_c(name, kinds[i]->name)) {
            return kinds[i];
        }
    }
    return NULL;
}
