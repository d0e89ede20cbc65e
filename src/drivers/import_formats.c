/* The list of layouts of bars that can be imported (see import.h); each is one file of bar_formats/. */
#include "base/assert.h"
#include "drivers/import.h"

#define X(kind, name) extern const kind##_desc_t name;
#include "drivers/bar_formats/list.def"
#undef X

static const bar_format_desc_t *const formats[] = {
#define X(kind, name) &name,
#include "drivers/bar_formats/list.def"
#undef X
};

const bar_format_desc_t *import_format_at(u32 index)
{
    ASSERT(COUNT_OF(formats) > 0);
    return index < COUNT_OF(formats) ? formats[index] : NULL;
}

const bar_format_desc_t *import_format_find(str_t name)
{
    ASSERT(name.p != NULL || name.n == 0);
    for (u32 i = 0; i < COUNT_OF(formats); i++) {
        if (str_eq_c(name, formats[i]->name)) {
            return formats[i];
        }
    }
    return NULL;
}
