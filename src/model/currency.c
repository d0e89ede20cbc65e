/* See currency.h. */
#include "model/currency.h"

#include "base/assert.h"

static const currency_t table[] = {
#define X(code, id, decimals, kind) {id, #code, decimals, kind},
#include "model/currency.def"
#undef X
};

const currency_t *currency_find(str_t code)
{
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        if (str_eq_c(code, table[i].code)) {
            return &table[i];
        }
    }
    return NULL;
}

const currency_t *currency_by_id(u16 id)
{
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        if (table[i].id == id) {
            return &table[i];
        }
    }
    return NULL;
}

const currency_t *currency_all(u32 *count)
{
    ASSERT(count != NULL);
    *count = COUNT_OF(table);
    return table;
}
