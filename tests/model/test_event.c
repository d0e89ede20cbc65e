/* Events: what is encoded reads back value for value and byte for byte, for every kind in event.def; what was
 * touched afterwards is refused. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "model/decision_hash.h"
#include "model/event.h"

enum { ROUNDS = 300, BUFFER = 8192 };

typedef struct {
    u64 seed;
    u64 n;
    u8 *blobs; /* memory that blobs borrow */
    u32 used;
} chance_t;

static u64 next(chance_t *c)
{
    u64 r = rng_at((rng_key_t){.seed = c->seed, .purpose = RNG_TEST}, c->n++);
    /* Ends of the range come up often, so that no width is forgotten. */
    return r % 7 == 0 ? 0 : r % 7 == 1 ? UINT64_MAX : r;
}

static u8 any_u8(chance_t *c)
{
    return (u8)next(c);
}
static u16 any_u16(chance_t *c)
{
    return (u16)next(c);
}
static u32 any_u32(chance_t *c)
{
    return (u32)next(c);
}
static u64 any_u64(chance_t *c)
{
    return next(c);
}
static i64 any_i64(chance_t *c)
{
    return (i64)next(c);
}

static id128_t any_id128(chance_t *c)
{
    u64 r = next(c);
    return id128_of(&r, sizeof r);
}

static digest_t any_digest(chance_t *c)
{
    u64 r = next(c);
    return digest_of(&r, sizeof r);
}

static blob_t any_blob(chance_t *c)
{
    u32 n = (u32)(next(c) % 900);
    blob_t b = {.p = c->blobs + c->used, .n = n};
    for (u32 i = 0; i < n; i++) {
        c->blobs[c->used++] = (u8)rng_at((rng_key_t){.seed = c->seed, .purpose = RNG_TEST, .entity = 1}, i);
    }
    return b;
}

static blob_t any_text(chance_t *c)
{
    return any_blob(c);
}

static bool same_blob(blob_t a, blob_t b)
{
    return str_eq(a, b);
}
static bool same_text(blob_t a, blob_t b)
{
    return same_blob(a, b);
}
static bool same_id128(id128_t a, id128_t b)
{
    return id128_eq(a, b);
}
static bool same_digest(digest_t a, digest_t b)
{
    return digest_eq(&a, &b);
}
#define same_u8(a, b) ((a) == (b))
#define same_u16(a, b) ((a) == (b))
#define same_u32(a, b) ((a) == (b))
#define same_u64(a, b) ((a) == (b))
#define same_i64(a, b) ((a) == (b))

static void fill(event_t *e, u16 kind, chance_t *c)
{
    memset(e, 0, sizeof *e);
    e->head = (event_head_t){.seq = next(c),
                             .t_engine = (i64)next(c),
                             .t_event = (i64)next(c),
                             .cause_seq = next(c),
                             .shard = (u32)next(c),
                             .kind = kind,
                             .flags = (u8)next(c)};
    switch ((event_kind_t)kind) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME: {                                                                                        \
        ev_##NAME##_t *p = &e->as.NAME;
#define F(type, field) p->field = any_##type(c);
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
}

static bool same(const event_t *a, const event_t *b)
{
    if (memcmp(&a->head, &b->head, sizeof a->head) != 0) {
        return false;
    }
    switch ((event_kind_t)a->head.kind) {
#define EV_BEGIN(NAME, id, class_, hashed)                                                                   \
    case EV_##NAME: {                                                                                        \
        const ev_##NAME##_t *p = &a->as.NAME;                                                                \
        const ev_##NAME##_t *q = &b->as.NAME;                                                                \
        bool ok = true;
#define F(type, field) ok = ok && same_##type(p->field, q->field);
#define EV_END(NAME)                                                                                         \
    return ok;                                                                                               \
    }
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    case EV_NONE:
        break;
    }
    return false;
}

static const u16 kinds[] = {
#define EV_BEGIN(NAME, id, class_, hashed) id,
#define F(type, field)
#define EV_END(NAME)
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
};

static u8 blobs[1 << 16];

/* A flat object whose strings hold no quotes: a key is quoted behind a comma or the brace. */
static bool keys_differ(const u8 *json, size_t n)
{
    str_t seen[64];
    u32 count = 0;
    for (size_t i = 1; i < n; i++) {
        if (json[i] != '"' || (json[i - 1] != '{' && json[i - 1] != ',')) {
            continue;
        }
        const u8 *end = memchr(json + i + 1, '"', n - i - 1);
        str_t key = {.p = json + i + 1, .n = (u32)(end - (json + i + 1))};
        for (u32 k = 0; k < count; k++) {
            if (str_eq(seen[k], key)) {
                return false;
            }
        }
        if (count == COUNT_OF(seen)) {
            return false;
        }
        seen[count++] = key;
    }
    return count >= 4; /* the head alone has four */
}

TEST(every_kind_reads_back)
{
    UNUSED_STATE;
    static u8 first[BUFFER];
    static u8 second[BUFFER];
    static u8 json[8 * BUFFER];
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        for (u64 round = 0; round < ROUNDS; round++) {
            chance_t c = {.seed = k * 1000 + round, .blobs = blobs};
            event_t e;
            event_t back;
            fill(&e, kinds[k], &c);
            writer_t w = writer_of(first, sizeof first);
            CHECK_OK(event_encode(&e, &w));
            reader_t r = reader_of(first, w.used);
            CHECK_OK(event_decode(&r, &back));
            CHECK_EQ(reader_left(&r), 0);
            CHECK(same(&e, &back));
            writer_t again = writer_of(second, sizeof second);
            CHECK_OK(event_encode(&back, &again));
            CHECK_EQ(w.used, again.used);
            CHECK(memcmp(first, second, w.used) == 0);
            writer_t text = writer_of(json, sizeof json);
            CHECK_OK(event_print_json(&back, NULL, &text));
            CHECK(json[0] == '{' && json[text.used - 1] == '}');
            CHECK(memchr(json, '\n', text.used) == NULL);
            CHECK(keys_differ(json, text.used));
        }
    }
}

/* What people said stands in the export as they said it, neither ends its string nor steers a terminal. */
TEST(texts_are_strings)
{
    UNUSED_STATE;
    static const struct {
        const char *said;
        const char *stands;
    } cases[] = {
        {"the statement of 3 March", "\"who\":\"the statement of 3 March\"}"},
        {"\"},{\"seq\":1", "\"who\":\"\\\"},{\\\"seq\\\":1\"}"},
        {"a\\b\nc\x1b[2J\x7f", "\"who\":\"a\\\\b\\u000ac\\u001b[2J\\u007f\"}"},
        {"a\xc2\x9b" "2J\xc2\xa0", "\"who\":\"a\\u009b2J\xc2\xa0\"}"},
        {"caf\xc3\xa9", "\"who\":\"caf\xc3\xa9\"}"},
        {"caf\xe9 \xc3\xa9", "\"who\":\"caf\\ufffd \\ufffd\\ufffd\"}"},
        {"", "\"who\":\"\"}"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char json[512] = "";
        event_t e = {.head = {.kind = EV_COMMAND}};
        e.as.COMMAND.who = str_from(cases[i].said);
        writer_t w = writer_of(json, sizeof json - 1);
        CHECK_OK(event_print_json(&e, NULL, &w));
        CHECK(strstr(json, cases[i].stands) != NULL);
    }
}

/* The least number says that there is none; names come last, with the keys of their numbers. */
static const char *a_name(const event_t *e, const char *field, i64 value)
{
    CHECK(e->head.kind == EV_BULLETIN);
    return strcmp(field, "kind") == 0 && value == 7 ? "seven" : strcmp(field, "inst") == 0 ? "it" : NULL;
}

TEST(no_number_is_null_and_names_come_last)
{
    UNUSED_STATE;
    char json[512] = "";
    event_t e = {.head = {.kind = EV_BULLETIN}};
    e.as.BULLETIN = (ev_BULLETIN_t){.inst = 3, .kind = 7, .t_known = I64_MAX, .value = I64_MIN};
    writer_t w = writer_of(json, sizeof json - 1);
    CHECK_OK(event_print_json(&e, a_name, &w));
    CHECK(strstr(json, "\"inst\":3,\"what\":7,\"t_known\":9223372036854775807,\"t_event\":0,\"value\":null,"
                       "\"text\":\"\",\"names\":{\"inst\":\"it\",\"what\":\"seven\"}}") != NULL);
}

/* Every single bit of an event, flipped, is refused; so is every shorter length. */
TEST(touched_bytes_are_refused)
{
    UNUSED_STATE;
    static u8 bytes[BUFFER];
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        chance_t c = {.seed = k, .blobs = blobs};
        event_t e;
        event_t back;
        fill(&e, kinds[k], &c);
        writer_t w = writer_of(bytes, sizeof bytes);
        CHECK_OK(event_encode(&e, &w));
        for (size_t bit = 0; bit < w.used * 8; bit++) {
            bytes[bit / 8] ^= (u8)(1u << (bit % 8));
            reader_t r = reader_of(bytes, w.used);
            CHECK(event_decode(&r, &back) != ERR_OK);
            bytes[bit / 8] ^= (u8)(1u << (bit % 8));
        }
        for (size_t n = 0; n < w.used; n++) {
            reader_t r = reader_of(bytes, n);
            CHECK(event_decode(&r, &back) != ERR_OK);
        }
    }
}

/* Seals a header by hand, so that only the named field is wrong. */
static size_t seal(u8 *bytes, event_head_t head, const void *payload)
{
    head.checksum = 0;
    head.checksum = hash64_seed(payload, head.length, hash64(&head, sizeof head));
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, payload, head.length);
    return sizeof head + head.length;
}

TEST(well_sealed_strangers_are_refused)
{
    UNUSED_STATE;
    static u8 bytes[BUFFER];
    static const u8 payload[64] = {0};
    static const struct {
        u16 kind;
        u8 version;
        u32 length;
        err_t err;
    } cases[] = {
        {EV_TIMER, EVENT_VERSION, 12, ERR_OK},
        {EV_TIMER, EVENT_VERSION, 13, ERR_CORRUPT},
        {EV_TIMER, EVENT_VERSION, 11, ERR_TRUNCATED},
        {EV_TIMER, EVENT_VERSION + 1, 12, ERR_VERSION},
        {EV_TIMER, 0, 12, ERR_VERSION},
        {60000, EVENT_VERSION, 12, ERR_UNKNOWN_KIND},
        {EV_NONE, EVENT_VERSION, 0, ERR_UNKNOWN_KIND},
        {EV_COMMAND, EVENT_VERSION, 22, ERR_OK},
        {EV_EQUITY, EVENT_VERSION, 52, ERR_OK}, /* with the day's lowest */
        {EV_EQUITY, 2, 44, ERR_OK},             /* as it was before */
        {EV_EQUITY, 2, 52, ERR_CORRUPT},
        {EV_EQUITY, EVENT_VERSION, 44, ERR_TRUNCATED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        event_head_t head = {
            .seq = 1, .kind = cases[i].kind, .version = cases[i].version, .length = cases[i].length};
        size_t n = seal(bytes, head, payload);
        reader_t r = reader_of(bytes, n);
        event_t e;
        CHECK_EQ(event_decode(&r, &e), cases[i].err);
    }
}

TEST(a_full_buffer_is_an_error)
{
    UNUSED_STATE;
    u8 bytes[BUFFER];
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        chance_t c = {.seed = k, .blobs = blobs};
        event_t e;
        fill(&e, kinds[k], &c);
        writer_t all = writer_of(bytes, sizeof bytes);
        CHECK_OK(event_encode(&e, &all));
        for (size_t n = 0; n < all.used; n += 7) {
            writer_t w = writer_of(bytes, n);
            CHECK_EQ(event_encode(&e, &w), ERR_BUFFER_FULL);
        }
    }
}

TEST(only_decided_facts_enter_the_decision_hash)
{
    UNUSED_STATE;
    decision_hash_t h;
    decision_hash_t other;
    decision_hash_begin(&h);
    decision_hash_begin(&other);
    digest_t empty = decision_hash_value(&h);
    u32 entered = 0;
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        decision_hash_add(&h, kinds[k], "abc", 3);
        bool decided = kinds[k] == EV_DECISION || kinds[k] == EV_INTENT || kinds[k] == EV_SLICE_PLAN ||
                       kinds[k] == EV_SLICE_END || kinds[k] == EV_BUNCH;
        entered += decided || kinds[k] == EV_FILL || kinds[k] == EV_CASH;
    }
    CHECK_EQ(h.count, entered);
    digest_t value = decision_hash_value(&h);
    CHECK(!digest_eq(&value, &empty));
    digest_t twice = decision_hash_value(&h); /* asking changes nothing */
    CHECK(digest_eq(&value, &twice));
    decision_hash_add(&other, EV_FILL, "abc", 3);
    decision_hash_add(&other, EV_DECISION, "abc", 3);
    decision_hash_t third;
    decision_hash_begin(&third);
    decision_hash_add(&third, EV_DECISION, "abc", 3);
    decision_hash_add(&third, EV_FILL, "abc", 3);
    digest_t a = decision_hash_value(&other);
    digest_t b = decision_hash_value(&third);
    CHECK(!digest_eq(&a, &b)); /* order counts */
    /* By hand: BLAKE2b-256 over kind and payload, nothing else. */
    static const u8 bytes[] = {64, 0, 'a', 'b', 'c', 66, 0, 'a', 'b', 'c'};
    digest_t byhand = digest_of(bytes, sizeof bytes);
    CHECK(digest_eq(&b, &byhand));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_reads_back),
        cmocka_unit_test(texts_are_strings), cmocka_unit_test(no_number_is_null_and_names_come_last),
        cmocka_unit_test(touched_bytes_are_refused),
        cmocka_unit_test(well_sealed_strangers_are_refused),
        cmocka_unit_test(a_full_buffer_is_an_error),
        cmocka_unit_test(only_decided_facts_enter_the_decision_hash),
    };
    return RUN_TESTS(tests);
}
