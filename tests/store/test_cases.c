/* Cases of the court in the store: what follows what, who is first, what is in force, and that nothing is
 * believed of the table that the program does not write. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "store/cases.h"
#include "store/sqlite.h"
#include "tests/store/home.h"

typedef struct {
    char home[HOME_SIZE];
    home_t h;
    store_t *store;
} world_t;

static void world_open(world_t *w)
{
    memset(w, 0, sizeof *w);
    home_make(w->home);
    CHECK_OK(home_open(w->home, HOME_CREATE, NULL, &w->h));
    CHECK_OK(store_open_home(&w->h, false, false, NULL, &w->store));
}

static void world_close(world_t *w)
{
    store_close(w->store);
    home_close(&w->h);
    home_remove(w->home);
}

static void edit(const world_t *w, const char *sql)
{
    char path[LIMIT_PATH];
    sql_db_t *db = NULL;
    home_path(&w->h, HOME_DB, path);
    CHECK_OK(sql_open(&(sql_options_t){.path = path}, NULL, &db));
    CHECK_OK(sql_exec(db, sql, NULL));
    sql_close(db);
}

static case_row_t row_of(const char *challenger, u32 grounds, bool signature)
{
    case_row_t r = {.t_filed = 1000,
                    .filed = 20000,
                    .hypothesis = "näher ist besser",
                    .after = 19000,
                    .shadow_days = 60,
                    .canary_days = 20,
                    .canary_part = 0.05,
                    .signature = signature,
                    .days = 250,
                    .trades = 130,
                    .trials = 45,
                    .grounds = grounds,
                    .mean = -0.000123456,
                    .low = -0.0005,
                    .high = 0.0001,
                    .noise = 0.0031,
                    .dsr = 0.971,
                    .pbo_known = grounds == 0,
                    .pbo = grounds == 0 ? 0.25 : 0.0,
                    .origin = "optimize"};
    (void)snprintf(r.challenger.text, sizeof r.challenger.text, "%s", challenger);
    (void)snprintf(r.incumbent.text, sizeof r.incumbent.text, "INCUMBENT");
    r.challenger_config = digest_of(challenger, strlen(challenger));
    r.incumbent_config = digest_of("I", 1);
    return r;
}

static case_t filed(world_t *w, case_row_t row)
{
    case_t c;
    case_act_t act = {
        .kind = row.grounds == 0 ? CASE_WON : CASE_REFUSED, .t = 1, .who = "court", .text = "so"};
    CHECK_OK(cases_file(w->store, &row, &act, NULL));
    CHECK_OK(cases_find(w->store, row.number, NULL, &c));
    return c;
}

static err_t act(world_t *w, case_t *c, case_act_kind_t kind)
{
    case_act_t a = {.kind = kind, .t = 2, .who = "ann"};
    case_deed_t deed = {0};
    TRY(cases_in_force(w->store, NULL, &deed.in_force));
    TRY(cases_act(w->store, c, &a, deed, NULL));
    return cases_find(w->store, c->row.number, NULL, c);
}

static void promoted(world_t *w, case_t *c)
{
    static const case_act_kind_t way[] = {CASE_SHADOWED, CASE_TRIED, CASE_SIGNED, CASE_PROMOTED};
    for (u32 i = 0; i < COUNT_OF(way); i++) {
        CHECK_OK(act(w, c, way[i]));
    }
}

TEST(a_case_reads_back)
{
    UNUSED_STATE;
    world_t w;
    world_open(&w);
    diag_t diag = {0};
    case_row_t want = row_of("FIRST", 0, true);
    case_t c = filed(&w, want);
    want.number = c.row.number;
    CHECK_EQ(c.row.number, 1);
    CHECK(memcmp(&c.row.challenger_config, &want.challenger_config, sizeof(digest_t)) == 0);
    CHECK(strcmp(c.row.hypothesis, want.hypothesis) == 0 && strcmp(c.row.origin, want.origin) == 0);
    CHECK(c.row.mean > want.mean - 1e-9 && c.row.mean < want.mean + 1e-9 && c.row.pbo == 0.25);
    CHECK(c.row.canary_part == 0.05 && c.row.noise == 0.0031 && c.row.dsr == 0.971 && c.row.pbo_known);
    CHECK(c.row.shadow_days == 60 && c.row.canary_days == 20 && c.row.signature && c.row.trials == 45);
    CHECK_EQ(case_state(&c), CASE_WON);
    case_t refused = filed(&w, row_of("SECOND", 3, true));
    CHECK(case_state(&refused) == CASE_REFUSED && !refused.row.pbo_known && refused.row.grounds == 3);
    /* The same runs and days once more; other days are another case. */
    case_row_t again = row_of("FIRST", 0, true);
    case_act_t a = {.kind = CASE_WON};
    CHECK_EQ(cases_file(w.store, &again, &a, &diag), ERR_EXISTS);
    CHECK(strstr(diag.text, "case 1") != NULL && strstr(diag.text, "do: ") != NULL);
    again.after++;
    CHECK_OK(cases_file(w.store, &again, &a, NULL));
    case_t *all = NULL;
    u32 count = 0;
    CHECK_OK(cases_list(w.store, NULL, &all, &count));
    CHECK(count == 3 && all[1].row.grounds == 3 && all[2].row.after == 19001 && all[0].acts == 1);
    free(all);
    memset(&diag, 0, sizeof diag);
    CHECK_EQ(cases_find(w.store, 9, &diag, &c), ERR_NOT_FOUND);
    CHECK(strstr(diag.text, "do: ") != NULL);
    world_close(&w);
}

/* Every pair of acts, with and without the need of a signature: what follows is this table and no more. */
TEST(what_follows_what)
{
    UNUSED_STATE;
    static const char *const after[][8] = {
        /* none won refused shadowed tried signed promoted rolled back: digits of what may follow */
        {"12", "23", "", "24", "26", "26", "7", ""},
        {"12", "23", "", "24", "25", "26", "7", ""},
    };
    for (u32 signature = 0; signature < 2; signature++) {
        for (u32 before = 0; before <= CASE_ROLLED_BACK; before++) {
            for (u32 next = CASE_WON; next <= CASE_ROLLED_BACK; next++) {
                for (u32 grounds = 0; grounds < 2; grounds++) {
                    case_row_t row = {.signature = signature == 1, .grounds = grounds};
                    bool listed = strchr(after[signature][before], (char)('0' + next)) != NULL;
                    bool fits = before != 0 || (next == CASE_WON) == (grounds == 0);
                    bool signed_unasked = before == CASE_SIGNED && signature == 0;
                    if (!signed_unasked) {
                        CHECK(cases_follows(&row, (case_act_kind_t)before, (case_act_kind_t)next) ==
                              (listed && fits));
                    }
                }
            }
        }
    }
    case_row_t row = {.signature = false};
    CHECK(!cases_follows(&row, CASE_TRIED, CASE_SIGNED) && !cases_follows(&row, CASE_WON, 0));
}

static err_t no_room(void *ctx, diag_t *diag)
{
    (*(u32 *)ctx)++;
    return diag_fail(diag, ERR_DISK_FULL, "no room");
}

TEST(who_is_first_and_what_fails)
{
    UNUSED_STATE;
    world_t w;
    world_open(&w);
    diag_t diag = {0};
    u32 asked = 0;
    case_t c = filed(&w, row_of("C", 0, true));
    CHECK_OK(act(&w, &c, CASE_SHADOWED));
    CHECK_OK(act(&w, &c, CASE_TRIED));
    case_t other = c;                                /* of another process, read before */
    CHECK_EQ(act(&w, &c, CASE_PROMOTED), ERR_USAGE); /* unsigned */
    CHECK_OK(act(&w, &c, CASE_SIGNED));
    case_act_t a = {.kind = CASE_SIGNED, .who = "bert"};
    CHECK_EQ(cases_act(w.store, &other, &a, (case_deed_t){0}, &diag), ERR_BUSY);
    CHECK(strstr(diag.text, "another process") != NULL && strstr(diag.text, "do: ") != NULL);
    CHECK_EQ(act(&w, &c, CASE_SIGNED), ERR_USAGE); /* twice */
    a.kind = CASE_PROMOTED;
    CHECK_EQ(cases_act(w.store, &c, &a, (case_deed_t){&asked, no_room}, &diag), ERR_DISK_FULL);
    CHECK_EQ(asked, 1);
    CHECK_OK(cases_find(w.store, 1, NULL, &c));
    CHECK_EQ(case_state(&c), CASE_SIGNED); /* what could not be done was not noted */
    CHECK_EQ(cases_act(w.store, &other, &a, (case_deed_t){&asked, no_room}, NULL), ERR_BUSY);
    CHECK_EQ(asked, 1); /* nor is it done for who comes too late */
    CHECK_OK(act(&w, &c, CASE_PROMOTED));
    CHECK_EQ(act(&w, &c, CASE_REFUSED), ERR_USAGE);
    CHECK_OK(act(&w, &c, CASE_ROLLED_BACK));
    CHECK_EQ(act(&w, &c, CASE_PROMOTED), ERR_USAGE);
    CHECK_EQ(c.acts, 6);
    world_close(&w);
}

TEST(the_newest_promotion_is_in_force)
{
    UNUSED_STATE;
    world_t w;
    u32 n = 9;
    world_open(&w);
    CHECK_OK(cases_in_force(w.store, NULL, &n));
    CHECK_EQ(n, 0);
    case_t a = filed(&w, row_of("A", 0, true));
    case_t b = filed(&w, row_of("B", 0, true));
    promoted(&w, &b);
    CHECK_OK(cases_in_force(w.store, NULL, &n));
    CHECK_EQ(n, 2);
    promoted(&w, &a);
    CHECK_OK(cases_in_force(w.store, NULL, &n));
    CHECK_EQ(n, 1);
    /* Who decided while the other was in force comes too late. */
    case_act_t late = {.kind = CASE_ROLLED_BACK};
    CHECK_EQ(cases_act(w.store, &a, &late, (case_deed_t){.in_force = 2}, NULL), ERR_BUSY);
    CHECK_OK(act(&w, &a, CASE_ROLLED_BACK));
    CHECK_OK(cases_in_force(w.store, NULL, &n));
    CHECK_EQ(n, 2);
    CHECK_OK(act(&w, &b, CASE_ROLLED_BACK));
    CHECK_OK(cases_in_force(w.store, NULL, &n));
    CHECK_EQ(n, 0);
    world_close(&w);
}

/* A table on a disk can hold anything. None of it is taken for a case, least of all a promotion that nobody
 * made. */
TEST(garbage_is_no_case)
{
    UNUSED_STATE;
    static const char *const edits[] = {
        "UPDATE court_case SET hypothesis = 'red' || char(27) || '[31m'",
        "UPDATE court_case SET hypothesis = char(155) || 'x'",
        "UPDATE court_case SET hypothesis = CAST(X'C328' AS TEXT)",
        "UPDATE court_case SET origin = hex(zeroblob(600))",
        "UPDATE court_case SET challenger = 'a name that is longer than the id of any run'",
        "UPDATE court_case SET challenger_config = X'00'",
        "UPDATE court_case SET incumbent_config = X''",
        "UPDATE court_case SET filed_day = -1",
        "UPDATE court_case SET after_day = 99999999",
        "UPDATE court_case SET shadow_days = 0",
        "UPDATE court_case SET canary_days = -4",
        "UPDATE court_case SET canary_part = 0",
        "UPDATE court_case SET canary_part = 1000001",
        "UPDATE court_case SET signature = 2",
        "UPDATE court_case SET signature = 0", /* then what was signed could not have been */
        "UPDATE court_case SET grounds = 1",   /* then it was not won */
        "UPDATE court_case SET grounds = -1",
        "UPDATE court_case SET noise = 0",
        "UPDATE court_case SET dsr = 2000000",
        "UPDATE court_case SET pbo = -1",
        "UPDATE court_act SET kind = 99 WHERE kind = 3",
        "UPDATE court_act SET kind = 6 WHERE kind = 3",
        "DELETE FROM court_act WHERE kind = 5",
        "DELETE FROM court_act",
        "UPDATE court_act SET who = char(7)",
        "UPDATE court_act SET text = hex(zeroblob(600))",
        "INSERT INTO court_act (number, kind, t, who, text) VALUES (1, 6, 0, '', '')",
        "INSERT INTO court_act (number, kind, t, who, text) SELECT 1, 7, 0, '', '' FROM court_act"};
    world_t w;
    world_open(&w);
    case_t c = filed(&w, row_of("C", 0, true));
    promoted(&w, &c);
    for (u32 i = 0; i < COUNT_OF(edits); i++) {
        diag_t diag = {0};
        case_t *all = NULL;
        u32 count = 0;
        edit(&w, "CREATE TABLE a AS SELECT * FROM court_case; CREATE TABLE b AS SELECT * FROM court_act");
        edit(&w, edits[i]);
        err_t err = cases_find(w.store, 1, &diag, &c);
        if (err != ERR_CORRUPT) {
            print_error("%s: %s\n", edits[i], err_name(err));
        }
        CHECK_EQ(err, ERR_CORRUPT);
        CHECK(strstr(diag.text, "case 1") != NULL && strstr(diag.text, "do: ") != NULL);
        CHECK_EQ(cases_list(w.store, NULL, &all, &count), ERR_CORRUPT);
        CHECK(all == NULL);
        edit(&w, "DELETE FROM court_act; DELETE FROM court_case; INSERT INTO court_case SELECT * FROM a;"
                 "INSERT INTO court_act SELECT * FROM b; DROP TABLE a; DROP TABLE b");
        CHECK_OK(cases_find(w.store, 1, NULL, &c));
    }
    CHECK(cases_text_fits(STR("näher, 100 %")) && !cases_text_fits(STR("a\tb")) &&
          !cases_text_fits(STR("\xc2\x9b")));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_reads_back),           cmocka_unit_test(what_follows_what),
        cmocka_unit_test(who_is_first_and_what_fails), cmocka_unit_test(the_newest_promotion_is_in_force),
        cmocka_unit_test(garbage_is_no_case),
    };
    return RUN_TESTS(tests);
}
