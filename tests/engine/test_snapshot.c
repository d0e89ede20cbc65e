/* Snapshots: save, load, save gives equal bytes at any moment of a busy run; damage is noticed and changes
 * nothing; every released version loads. VITRINE_GOLDEN_WRITE=1 in the environment writes the file of the
 * present version anew. */
#include "tests/engine/busy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "market/market.h"
#include "tests/engine/users.h"

enum { EVERY = 37, GOLDEN_AT = 700, GOLDEN_BYTES = 1 << 20 };

typedef struct {
    const source_t *source;
    const config_t *config;
    const run_users_t *users; /* NULL: one */
    u64 slices, checked, damaged;
    u32 with_positions, with_orders, with_halts, with_words;
    bool write_golden;
} look_t;

static bool same(const engine_snapshot_t *a, const engine_snapshot_t *b)
{
    bool equal = a->count == b->count;
    for (u32 i = 0; i < a->count; i++) {
        bool part = a->part[i].version == b->part[i].version && str_eq(a->part[i].bytes, b->part[i].bytes);
        if (!part) {
            print_message("part %s differs (%u and %u bytes)\n", a->part[i].name, a->part[i].bytes.n,
                          b->part[i].bytes.n);
        }
        equal = equal && part;
    }
    return equal;
}

/* One changed or missing byte anywhere: an error, and the engine that was asked is as before. */
static void damage(look_t *k, engine_t *e, const engine_snapshot_t *s)
{
    engine_snapshot_t before;
    engine_snapshot_t after;
    CHECK_OK(engine_snapshot_save(e, &before));
    for (u32 n = 0; n < s->count * 3; n++) {
        snapshot_part_t part[SNAPSHOT_PARTS];
        memcpy(part, s->part, sizeof part);
        u32 which = n % s->count;
        u64 dice = hash64_seed(&n, sizeof n, k->slices);
        str_t bytes = part[which].bytes;
        u8 *copy = malloc(bytes.n);
        assert_non_null(copy);
        memcpy(copy, bytes.p, bytes.n);
        part[which].bytes.p = copy;
        if (n < s->count) {
            copy[dice % bytes.n] ^= (u8)(1U << (dice >> 60 & 7U));
        } else if (n < 2 * s->count) {
            part[which].bytes.n = (u32)(dice % bytes.n);
        } else {
            part[which].version += 1;
        }
        CHECK(engine_snapshot_load(e, part, s->count, NULL) != ERR_OK);
        free(copy);
        k->damaged++;
    }
    CHECK_EQ(engine_snapshot_load(e, s->part + 1, s->count - 1, NULL), ERR_NOT_FOUND);
    CHECK_OK(engine_snapshot_save(e, &after));
    CHECK(same(&before, &after));
    engine_snapshot_free(&before);
    engine_snapshot_free(&after);
}

static void golden_path(char out[512])
{
    const char *root = getenv("VITRINE_TEST_ROOT");
    (void)snprintf(out, 512, "%s/tests/golden/snapshot_v1.bin", root == NULL ? "." : root);
}

static void golden_write(const engine_snapshot_t *s)
{
    char path[512];
    u8 *memory = malloc(GOLDEN_BYTES);
    assert_non_null(memory);
    writer_t w = writer_of(memory, GOLDEN_BYTES);
    put_u32(&w, s->count);
    for (u32 i = 0; i < s->count; i++) {
        put_str(&w, str_from(s->part[i].name));
        put_u32(&w, s->part[i].version);
        put_str(&w, s->part[i].bytes);
    }
    CHECK_OK(writer_done(&w));
    golden_path(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    CHECK_EQ(fwrite(memory, 1, w.used, f), w.used);
    CHECK_EQ(fclose(f), 0);
    free(memory);
}

static void watch(void *ctx, const runner_view_t *v)
{
    look_t *k = ctx;
    k->slices++;
    if (k->slices % EVERY != 0 && k->slices != GOLDEN_AT) {
        return;
    }
    engine_snapshot_t first;
    engine_snapshot_t second;
    CHECK_OK(engine_snapshot_save(v->engine, &first));
    if (k->slices == GOLDEN_AT && k->write_golden) {
        golden_write(&first);
    }
    engine_t *other = busy_engine(v->market, k->source, k->config, k->users);
    damage(k, other, &first);
    CHECK_OK(engine_snapshot_load(other, first.part, first.count, NULL));
    CHECK_OK(engine_snapshot_save(other, &second));
    CHECK(same(&first, &second));
    digest_t a = engine_decision_hash(v->engine);
    digest_t b = engine_decision_hash(other);
    CHECK(digest_eq(&a, &b));
    CHECK_EQ(engine_next_seq(v->engine), engine_next_seq(other));
    CHECK_EQ(engine_desk(v->engine, 0).user->lock_token, engine_desk(other, 0).user->lock_token);
    damage(k, other, &first);
    u32 held = 0;
    u32 orders = 0;
    for (u32 i = 0; i < engine_desks(other); i++) {
        held += account_position_count(engine_desk(other, i).account);
        orders += engine_desk(other, i).account->orders_used;
    }
    k->with_positions += held > 0 ? 1 : 0;
    for (u32 i = 0, any = 0; i <= BUSY_STOCKS && any == 0; i++) {
        any = account_is_halted(engine_account(other), (inst_t)i) ? 1 : 0;
        k->with_halts += any;
    }
    k->with_orders += orders > 0 ? 1 : 0;
    k->with_words += engine_shared(other)->heard != NULL && engine_shared(other)->heard->taken > 20 ? 1 : 0;
    k->checked++;
    engine_snapshot_free(&first);
    engine_snapshot_free(&second);
    engine_close(other);
}

static void round_trips(f64 halts, f64 events, const run_users_t *users)
{
    config_t config = busy_config();
    config.monk_pre_earnings_days = events > 0 ? 0 : config.monk_pre_earnings_days;
    sim_market_t *m = busy_market_events(3, 4, halts, events);
    source_t source = sim_market_source(m);
    look_t k = {.source = &source,
                .config = &config,
                .users = users,
                .write_golden = halts == 0 && events == 0 && users == NULL &&
                                getenv("VITRINE_GOLDEN_WRITE") != NULL};
    runner_spec_t spec = busy_spec(m, &source, &config);
    runner_result_t result;
    if (users != NULL) {
        spec.users = users->rows;
        spec.user_count = users->count;
        spec.mode = users->mode;
    }
    spec.ctx = &k;
    spec.watch = watch;
    CHECK_OK(runner_run(&spec, NULL, &result));
    print_message("# %llu moments (%u with positions, %u with orders), %llu damaged copies refused\n",
                  (unsigned long long)k.checked, k.with_positions, k.with_orders,
                  (unsigned long long)k.damaged);
    CHECK(k.checked > 30 && k.with_positions > 5 && k.with_orders > 5);
    CHECK(halts > 0 ? k.with_halts > 5 : k.with_halts == 0);
    CHECK_EQ(k.with_words == k.checked, events > 0);
    CHECK(events > 0 || k.with_words == 0);
    sim_market_close(m);
}

TEST(round_trip_at_any_moment)
{
    UNUSED_STATE;
    round_trips(0, 0, NULL);
    round_trips(100, 0, NULL);
    round_trips(0, 10, NULL); /* what was heard is one part more */
}

/* The table of bunched orders is one part more. */
TEST(round_trip_of_a_shared_account)
{
    UNUSED_STATE;
    run_users_t users = book_shared(5);
    round_trips(0, 0, &users);
    run_users_free(&users);
}

static u32 golden_read(u8 *memory, size_t n, snapshot_part_t *out)
{
    static char names[SNAPSHOT_PARTS][24];
    reader_t r = reader_of(memory, n);
    u32 count = get_u32(&r);
    CHECK(count <= SNAPSHOT_PARTS);
    for (u32 i = 0; i < count; i++) {
        CHECK_OK(str_copy(names[i], sizeof names[i], get_str(&r)));
        out[i].name = names[i];
        out[i].version = get_u32(&r);
        out[i].bytes = get_str(&r);
    }
    CHECK_OK(reader_done(&r));
    return count;
}

TEST(released_version_loads)
{
    UNUSED_STATE;
    char path[512];
    snapshot_part_t part[SNAPSHOT_PARTS];
    config_t config = busy_config();
    sim_market_t *m = busy_market(3, 1);
    source_t source = sim_market_source(m);
    market_t market;
    busy_columns(&source, &config, &market);
    u8 *memory = malloc(GOLDEN_BYTES);
    assert_non_null(memory);
    golden_path(path);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(memory, 1, GOLDEN_BYTES, f);
    (void)fclose(f);
    engine_t *e = busy_engine(&market, &source, &config, NULL);
    u32 count = golden_read(memory, n, part);
    CHECK_OK(engine_snapshot_load(e, part, count, NULL));
    const account_t *a = engine_account(e);
    CHECK(account_check(a));
    CHECK(engine_next_seq(e) > 1 && engine_counts(e)->closed > 0 && a->orders_used > 0);
    print_message("# snapshot_v1.bin: seq %llu, %u positions, %u orders, %llu trades closed, equity %.2f\n",
                  (unsigned long long)engine_next_seq(e) - 1, account_position_count(a), a->orders_used,
                  (unsigned long long)engine_counts(e)->closed, money_to_f64(account_equity(a)));
    engine_snapshot_t again;
    CHECK_OK(engine_snapshot_save(e, &again));
    for (u32 i = 0; i < count; i++) { /* while that version is the present one, the bytes are as well */
        if (again.part[i].version == part[i].version) {
            CHECK(str_eq(again.part[i].bytes, part[i].bytes));
        }
    }
    engine_snapshot_free(&again);
    engine_close(e);
    market_close(&market);
    sim_market_close(m);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip_at_any_moment),
        cmocka_unit_test(round_trip_of_a_shared_account),
        cmocka_unit_test(released_version_loads),
    };
    return RUN_TESTS(tests);
}
