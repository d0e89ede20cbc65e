/* What a journal is made of, event by event, from the table that declares them. */
#include "app/parts.h"

#include <string.h>

#include "base/assert.h"
#include "faces/cli/part_doc.h"
#include "model/event.h"

typedef struct {
    const char *name;
    event_kind_t kind;
    const char *fields; /* "seed u64, logic digest, " */
} event_text_t;

#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    {                                                                                                        \
#NAME, EV_##NAME,
#define F(type, field) #field " " #type ", "
#define EV_END(NAME)                                                                                         \
    }                                                                                                        \
    ,
static const event_text_t rows[] = {
#include "model/event.def"
};
#undef EV_BEGIN
#undef F
#undef EV_END

u32 event_row_count(void)
{
    return (u32)COUNT_OF(rows);
}

part_t event_row(u32 i)
{
    ASSERT(i < COUNT_OF(rows));
    event_kind_t kind = rows[i].kind;
    return (part_t){.name = rows[i].name,
                    .title = kind == EV_TIMING         ? "an input for people: nothing is decided from it"
                             : event_is_input(kind)    ? "an input: decided from"
                             : event_is_hashed(kind) ? "a fact that enters decision_hash"
                                                     : "a fact"};
}

void event_doc(u32 i, part_doc_t *d)
{
    ASSERT(i < COUNT_OF(rows) && d != NULL);
    size_t n = strlen(rows[i].fields);
    doc_fact(d, "number", "%u", (unsigned)rows[i].kind);
    doc_fact(d, "fields", "%.*s", (int)(n - 2), rows[i].fields);
    doc_fact(d, "beside_them", "%s",
             "seq, t_engine, cause (seq of the input) and kind; in JSON a field named kind is `what`, and a "
             "last member `names` says what kinds, states and sides are called");
    doc_fact(d, "to_see", "vitrine audit export RUN --kind %s", rows[i].name);
}
