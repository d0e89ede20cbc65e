/* See event.h. All four directions come from event.def. */
#include "model/event.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

#define CLASS_I true
#define CLASS_F false

bool event_is_input(event_kind_t k)
{
    switch (k) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME:                                                                                          \
        return CLASS_##class_;
#define F(type, field)
#define EV_END(NAME)
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        break;
    }
    return false;
}

bool event_is_hashed(event_kind_t k)
{
    switch (k) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME:                                                                                          \
        return (hashed) != 0;
#define F(type, field)
#define EV_END(NAME)
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        break;
    }
    return false;
}

/* A field's value where the field is the account; folded away for every other. */
#define ACCOUNT_FIELD(field, text)                                                                           \
    if (strcmp(text, "account") == 0) {                                                                      \
        memcpy(&account, &(field), MIN_OF(sizeof account, sizeof(field)));                                   \
    }

u64 event_account(const event_t *e)
{
    ASSERT(e != NULL);
    u64 account = 0;
    switch ((event_kind_t)e->head.kind) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME: {                                                                                        \
        const ev_##NAME##_t *p = &e->as.NAME;
#define F(type, field) ACCOUNT_FIELD(p->field, #field)
#define EV_END(NAME)                                                                                         \
    break;                                                                                                   \
    }
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        break;
    }
    return account;
}

bool event_halt(const event_t *e, u32 instruments, halt_t *out)
{
    ASSERT(e != NULL && e->head.kind == EV_HALT && out != NULL);
    const ev_HALT_t *h = &e->as.HALT;
    halt_t told = {
        .t_event = h->t_event, .resumes = h->resumes, .inst = h->inst, .kind = h->kind, .halted = h->halted};
    if (!halt_is_sound(&told, MIN_OF(instruments, (u32)LIMIT_UNIVERSE))) {
        return false;
    }
    *out = told;
    return true;
}

bool event_bulletin(const event_t *e, u32 instruments, bulletin_t *out)
{
    ASSERT(e != NULL && e->head.kind == EV_BULLETIN && out != NULL);
    const ev_BULLETIN_t *b = &e->as.BULLETIN;
    bulletin_t told = {.t_known = MIN_OF(b->t_known, e->head.t_event),
                       .t_event = b->t_event,
                       .value = b->value,
                       .inst = b->inst,
                       .kind = b->kind};
    if (!bulletin_is_sound(&told, MIN_OF(instruments, (u32)LIMIT_UNIVERSE))) {
        return false;
    }
    str_clip_words(told.text, sizeof told.text, b->text);
    *out = told;
    return true;
}

const char *event_name(event_kind_t k)
{
    switch (k) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME:                                                                                          \
        return #NAME;
#define F(type, field)
#define EV_END(NAME)
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        break;
    }
    return NULL;
}

static void put_id128(writer_t *w, id128_t v)
{
    put_bytes(w, v.b, sizeof v.b);
}
static void put_digest(writer_t *w, digest_t v)
{
    put_bytes(w, v.b, sizeof v.b);
}
static void put_blob(writer_t *w, blob_t v)
{
    put_str(w, v);
}

static void put_text(writer_t *w, blob_t v)
{
    put_blob(w, v);
}

static id128_t get_id128(reader_t *r)
{
    id128_t v;
    get_bytes(r, v.b, sizeof v.b);
    return v;
}

static digest_t get_digest(reader_t *r)
{
    digest_t v;
    get_bytes(r, v.b, sizeof v.b);
    return v;
}

static blob_t get_blob(reader_t *r)
{
    return get_str(r);
}

static blob_t get_text(reader_t *r)
{
    return get_blob(r);
}

err_t event_encode_payload(const event_t *e, writer_t *w)
{
    ASSERT(e != NULL);
    ASSERT(w != NULL);
    switch ((event_kind_t)e->head.kind) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME: {                                                                                        \
        const ev_##NAME##_t *p = &e->as.NAME;
#define F(type, field) put_##type(w, p->field);
#define EV_END(NAME)                                                                                         \
    break;                                                                                                   \
    }
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        return ERR_UNKNOWN_KIND;
    }
    return writer_done(w);
}

/* Checksum over the header with its checksum field zero, then the payload. */
static u64 event_checksum(const event_head_t *head, const u8 *payload)
{
    event_head_t zero = *head;
    zero.checksum = 0;
    u64 h = hash64(&zero, sizeof zero);
    return hash64_seed(payload, head->length, h);
}

err_t event_encode(event_t *e, writer_t *w)
{
    ASSERT(e != NULL);
    size_t start = w->used;
    e->head.version = EVENT_VERSION;
    e->head.length = 0;
    e->head.checksum = 0;
    put_bytes(w, &e->head, sizeof e->head);
    TRY(writer_done(w));
    TRY(event_encode_payload(e, w));
    size_t length = w->used - start - sizeof e->head;
    ASSERT(length <= UINT32_MAX);
    e->head.length = (u32)length;
    e->head.checksum = event_checksum(&e->head, w->p + start + sizeof e->head);
    memcpy(w->p + start, &e->head, sizeof e->head);
    return ERR_OK;
}

err_t event_decode(reader_t *r, event_t *out)
{
    ASSERT(r != NULL);
    ASSERT(out != NULL);
    event_t e = {0};
    get_bytes(r, &e.head, sizeof e.head);
    TRY(reader_done(r));
    if (e.head.length > reader_left(r)) {
        return ERR_TRUNCATED;
    }
    if (event_checksum(&e.head, r->p + r->at) != e.head.checksum) {
        return ERR_CORRUPT;
    }
    if (e.head.version < 1 || e.head.version > EVENT_VERSION) {
        return ERR_VERSION;
    }
    reader_t body = reader_of(r->p + r->at, e.head.length);
    switch ((event_kind_t)e.head.kind) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME: {                                                                                        \
        ev_##NAME##_t *p = &e.as.NAME;
#define F(type, field) p->field = get_##type(&body);
#define F2(type, field)                                                                                      \
    if (e.head.version >= 2) {                                                                               \
        p->field = get_##type(&body);                                                                        \
    }
#define F3(type, field)                                                                                      \
    if (e.head.version >= 3) {                                                                               \
        p->field = get_##type(&body);                                                                        \
    }
#define EV_END(NAME)                                                                                         \
    break;                                                                                                   \
    }
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
    default:
        return ERR_UNKNOWN_KIND;
    }
    TRY(reader_done(&body));
    if (body.at != body.size) {
        return ERR_CORRUPT;
    }
    r->at += e.head.length;
    *out = e;
    return ERR_OK;
}

static void print_raw(writer_t *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

/* The head has the key `kind`; a payload's own field of that name would be the same key again. */
static const char *key_of(const char *field)
{
    return strcmp(field, "kind") == 0 ? "what" : field;
}

static void print_field(writer_t *w, const char *name)
{
    print_raw(w, ",\"");
    print_raw(w, key_of(name));
    print_raw(w, "\":");
}

static void print_hex(writer_t *w, const u8 *p, size_t n)
{
    char pair[3];
    print_raw(w, "\"");
    for (size_t i = 0; i < n; i++) {
        hex_print(pair, p + i, 1);
        put_bytes(w, pair, 2);
    }
    print_raw(w, "\"");
}

/* Nothing of it can end the string, begin a line or steer a terminal. */
static void print_text(writer_t *w, blob_t v)
{
    bool whole = str_is_utf8(v);
    print_raw(w, "\"");
    for (u32 i = 0; i < v.n; i++) {
        u8 c = v.p[i];
        char escaped[8];
        bool steers = whole && c == 0xC2 && v.p[i + 1] < 0xA0; /* U+0080 to U+009F: commands of a terminal */
        if (steers) {
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", v.p[++i]);
        } else if (c == '"' || c == '\\') {
            (void)snprintf(escaped, sizeof escaped, "\\%c", c);
        } else if (c < 0x20 || c == 0x7F) {
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", c);
        } else if (c >= 0x80 && !whole) {
            (void)snprintf(escaped, sizeof escaped, "\\ufffd");
        } else {
            put_bytes(w, &c, 1);
            continue;
        }
        print_raw(w, escaped);
    }
    print_raw(w, "\"");
}

static void print_number(writer_t *w, const char *sign, long long v)
{
    char text[32];
    if (sign[0] == 'u') {
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    } else {
        (void)snprintf(text, sizeof text, "%lld", v);
    }
    print_raw(w, sign[0] == 'i' && v == I64_MIN ? "null" : text);
}

#define print_u8(w, v) print_number(w, "u", (long long)(v))
#define print_u16(w, v) print_number(w, "u", (long long)(v))
#define print_u32(w, v) print_number(w, "u", (long long)(v))
#define print_u64(w, v) print_number(w, "u", (long long)(v))
#define print_i64(w, v) print_number(w, "i", (long long)(v))
#define print_id128(w, v) print_hex(w, (v).b, sizeof(v).b)
#define print_digest(w, v) print_hex(w, (v).b, sizeof(v).b)
#define print_blob(w, v) print_hex(w, (v).p, (v).n)

typedef struct {
    const event_t *e;
    event_namer_t name;
    writer_t *w;
    u32 count;
} names_t;

static void name_number(names_t *n, const char *field, i64 value)
{
    const char *is = n->name(n->e, field, value);
    if (is != NULL) {
        print_raw(n->w, n->count++ == 0 ? ",\"names\":{\"" : ",\"");
        print_raw(n->w, key_of(field));
        print_raw(n->w, "\":\"");
        print_raw(n->w, is);
        print_raw(n->w, "\"");
    }
}

#define name_u8(n, field, v) name_number(n, field, (i64)(v))
#define name_u16(n, field, v) name_number(n, field, (i64)(v))
#define name_u32(n, field, v) name_number(n, field, (i64)(v))
#define name_u64(n, field, v) name_number(n, field, (i64)(v))
#define name_i64(n, field, v) name_number(n, field, (v))
#define name_id128(n, field, v) (void)(v)
#define name_digest(n, field, v) (void)(v)
#define name_blob(n, field, v) (void)(v)
#define name_text(n, field, v) (void)(v)

static void print_names(const event_t *e, event_namer_t name, writer_t *w)
{
    names_t n = {.e = e, .name = name, .w = w};
    switch ((event_kind_t)e->head.kind) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME: {                                                                                        \
        const ev_##NAME##_t *p = &e->as.NAME;
#define F(type, field) name_##type(&n, #field, p->field);
#define EV_END(NAME)                                                                                         \
    break;                                                                                                   \
    }
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        break;
    }
    print_raw(w, n.count > 0 ? "}" : "");
}

err_t event_print_json(const event_t *e, event_namer_t names, writer_t *w)
{
    ASSERT(e != NULL && w != NULL);
    const char *name = event_name((event_kind_t)e->head.kind);
    if (name == NULL) {
        return ERR_UNKNOWN_KIND;
    }
    char head[192];
    (void)snprintf(head, sizeof head, "{\"seq\":%llu,\"t_engine\":%lld,\"cause\":%llu,\"kind\":\"%s\"",
                   (unsigned long long)e->head.seq, (long long)e->head.t_engine,
                   (unsigned long long)e->head.cause_seq, name);
    print_raw(w, head);
    switch ((event_kind_t)e->head.kind) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME: {                                                                                        \
        const ev_##NAME##_t *p = &e->as.NAME;
#define F(type, field)                                                                                       \
    print_field(w, #field);                                                                                  \
    print_##type(w, p->field);
#define EV_END(NAME)                                                                                         \
    break;                                                                                                   \
    }
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        break;
    }
    if (names != NULL) {
        print_names(e, names, w);
    }
    print_raw(w, "}");
    return writer_done(w);
}
