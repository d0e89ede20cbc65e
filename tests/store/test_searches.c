/* Where settings come from: searches are found by what they tried, those of the same days are judged
 * together, and the worst stretch counts. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "store/searches.h"
#include "store/sqlite.h"
#include "tests/store/home.h"

enum { DAYS = 320, TRIES = 12, SCRATCH = 1 << 16 };

typedef struct {
    char home[HOME_SIZE];
    home_t h;
    store_t *store;
    f64 ret[TRIES * DAYS];
    search_try_t row[TRIES];
} world_t;

/* Noise; try 0 with `edge` a day. */
static void fill(world_t *w, u32 salt, f64 edge)
{
    for (u32 k = 0; k < TRIES; k++) {
        for (u32 t = 0; t < DAYS; t++) {
            rng_key_t key = {.seed = 31, .purpose = RNG_TEST, .entity = 1000 * salt + k};
            w->ret[k * DAYS + t] = 0.02 * (rng_unit(key, t) - 0.5) + (k == 0 ? edge : 0.0);
        }
        w->row[k].config = digest_of(&k, sizeof k);
        pbo_blocks(w->ret + (size_t)k * DAYS, DAYS, w->row[k].block);
    }
}

static void world_open(world_t *w)
{
    memset(w, 0, sizeof *w);
    home_make(w->home);
    CHECK_OK(home_open(w->home, HOME_CREATE, NULL, &w->h));
    CHECK_OK(store_open_home(&w->h, false, false, NULL, &w->store));
}

static void add_days(world_t *w, const char *study, date_t first, date_t days, u32 from, u32 count)
{
    search_row_t row = {
        .study = str_from(study), .market = STR("us 1d"), .first = first, .last = first + days};
    CHECK_OK(searches_add(w->store, &row, w->row + from, count, NULL));
}

static void add(world_t *w, const char *study, date_t first, u32 from, u32 count)
{
    add_days(w, study, first, DAYS, from, count);
}

static search_origin_t origin(world_t *w, u32 k)
{
    search_origin_t o;
    digest_t config = digest_of(&k, sizeof k);
    CHECK_OK(searches_origin(w->store, STR("us 1d"), &config, NULL, &o));
    return o;
}

static f64 whole_pbo(const world_t *w)
{
    static u8 memory[SCRATCH];
    arena_t a;
    pbo_t p;
    arena_init(&a, memory, sizeof memory);
    CHECK_OK(pbo_compute(&a, w->ret, TRIES, DAYS, &p));
    return p.pbo;
}

/* Who searches in two halves, or the same twice, has searched the whole once. */
TEST(searches_of_the_same_days_are_one)
{
    UNUSED_STATE;
    static world_t w;
    world_open(&w);
    CHECK_EQ(origin(&w, 0).spans, 0);
    fill(&w, 1, 0.0);
    f64 want = whole_pbo(&w);
    add(&w, "optimize", 100, 0, TRIES / 2);
    search_origin_t half = origin(&w, 0);
    CHECK(half.spans == 1 && half.tries == TRIES / 2 && half.last == 100 + DAYS && half.pbo_known);
    CHECK_EQ(origin(&w, TRIES - 1).spans, 0); /* it was in none yet */
    add(&w, "optimize", 100, TRIES / 2, TRIES / 2);
    add(&w, "optimize", 100, 2, 5); /* again: as before */
    search_origin_t o = origin(&w, 0);
    CHECK(o.spans == 1 && o.walked == 0 && o.tries == TRIES && o.pbo_known);
    CHECK(o.pbo > want - 1e-9 && o.pbo < want + 1e-9 && want > 0.2); /* noise chooses noise */
    CHECK(half.pbo != o.pbo);
    search_origin_t other;
    digest_t config = w.row[0].config;
    CHECK_OK(searches_origin(w.store, STR("us 5m"), &config, NULL, &other));
    CHECK_EQ(other.spans, 0);
    store_close(w.store);
    home_close(&w.h);
    home_remove(w.home);
}

/* A short search beside a long one changes nothing, nor does a longer one that is too small to judge. */
TEST(the_longest_stretch_counts)
{
    UNUSED_STATE;
    static world_t w;
    u32 n = 9;
    world_open(&w);
    fill(&w, 2, 0.01);
    add_days(&w, "walk-forward", 700, DAYS - 10, 0, TRIES);
    search_origin_t good = origin(&w, 0);
    CHECK(good.pbo_known && good.pbo < 0.05 && good.loss < 0.05 && good.walked == 1);
    fill(&w, 1, 0.0);
    f64 bad = whole_pbo(&w);
    add(&w, "optimize", 100, 0, TRIES);
    add_days(&w, "optimize", 90, DAYS + 50, 0, PBO_TRIALS_MIN - 1);
    search_origin_t o = origin(&w, 0);
    CHECK(o.spans == 3 && o.walked == 1 && o.pbo > bad - 1e-9 && o.pbo < bad + 1e-9 && o.loss > 0.2);
    CHECK(o.pbo_first == 100 && o.pbo_last == 100 + DAYS && o.last == 700 + DAYS - 10 && o.tries == TRIES);
    fill(&w, 2, 0.01);
    add(&w, "optimize", 150, 0, TRIES); /* as long, and later */
    o = origin(&w, 0);
    CHECK(o.pbo < 0.05 && o.pbo_first == 150);
    CHECK_OK(searches_behind(w.store, STR("us 1d"), 150 + DAYS, NULL, &n));
    CHECK_EQ(n, 1);
    CHECK_OK(searches_behind(w.store, STR("us 1d"), 150 + DAYS - 1, NULL, &n));
    CHECK_EQ(n, 2);
    CHECK_OK(searches_behind(w.store, STR("us 5m"), 0, NULL, &n));
    CHECK_EQ(n, 0);
    store_close(w.store);
    home_close(&w.h);
    home_remove(w.home);
}

TEST(damage_is_told)
{
    UNUSED_STATE;
    static const char *const edits[] = {
        "UPDATE search_try SET blocks = X'00'", "UPDATE search_try SET blocks = zeroblob(321)",
        /* more days than there are */
        "UPDATE search_try SET blocks = CAST(zeroblob(16) || X'FFFFFFFF' || zeroblob(300) AS BLOB)"};
    static world_t w;
    char path[LIMIT_PATH];
    world_open(&w);
    fill(&w, 1, 0.0);
    add(&w, "optimize", 100, 0, TRIES);
    home_path(&w.h, HOME_DB, path);
    for (u32 i = 0; i < COUNT_OF(edits); i++) {
        sql_db_t *db = NULL;
        search_origin_t o;
        diag_t diag = {0};
        CHECK_OK(sql_open(&(sql_options_t){.path = path}, NULL, &db));
        CHECK_OK(sql_exec(db, edits[i], NULL));
        sql_close(db);
        CHECK_EQ(searches_origin(w.store, STR("us 1d"), &w.row[0].config, &diag, &o), ERR_CORRUPT);
        CHECK(strstr(diag.text, "search_try") != NULL && strstr(diag.text, "do: ") != NULL);
    }
    store_close(w.store);
    home_close(&w.h);
    home_remove(w.home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_of_the_same_days_are_one),
        cmocka_unit_test(the_longest_stretch_counts),
        cmocka_unit_test(damage_is_told),
    };
    return RUN_TESTS(tests);
}
