/* The scheduler's page: every loop of the binary with its figures, the phase of the day, and what was told
 * last, from a run as it goes and from figures put there by hand. */
#include "tests/engine/busy.h"

#include <string.h>

#include "app/status_page.h"
#include "loops/plan.h"
#include "wire/json.h"

enum { PAGE_BYTES = 1 << 16 };

typedef struct {
    status_page_t page;
    u32 slices, told;
    u32 phases[LOOP_PHASES + 1];
    bool rose; /* runs never fall, last never goes back */
    u64 runs;
} watch_t;

static void watch(void *ctx, const runner_view_t *v)
{
    watch_t *w = ctx;
    u64 runs = 0;
    status_page_take(&w->page, v->engine);
    for (u32 i = 0; i < w->page.loop_count; i++) {
        runs += w->page.loop[i].counts.runs;
        w->rose = w->rose && w->page.loop[i].last <= engine_now(v->engine);
    }
    w->rose = w->rose && runs > w->runs;
    w->runs = runs;
    w->told = MAX_OF(w->told, w->page.notice_count);
    w->phases[w->page.phase]++;
    w->slices++;
}

static const json_t *page_parsed(const status_page_t *p, arena_t *a)
{
    static u8 bytes[PAGE_BYTES];
    jsonw_t w;
    const json_t *j = NULL;
    jsonw_init(&w, bytes, sizeof bytes);
    jsonw_object(&w);
    status_page_put(p, &w);
    jsonw_end(&w);
    CHECK(w.used < PAGE_BYTES / 2); /* an answer of the control socket has room for it and for more loops */
    CHECK_OK(json_parse(a, (str_t){.p = bytes, .n = (u32)w.used}, NULL, &j));
    return j;
}

static i64 number_of(const json_t *row, const char *key)
{
    i64 v = -1;
    CHECK_OK(json_to_i64(json_get(row, key), &v));
    return v;
}

static bool says(const json_t *row, const char *key, const char *text)
{
    str_t s;
    CHECK_OK(json_to_str(json_get(row, key), &s));
    return str_eq_c(s, text);
}

TEST(a_run_shows_every_loop_as_the_engine_counts_it)
{
    UNUSED_STATE;
    config_t config = busy_config();
    watch_t w = {.rose = true};
    busy_wishes_t wish = {.ctx = &w, .watch = watch};
    (void)busy_run(3, 2, &config, &wish);
    CHECK(w.rose && w.slices > 700);
    CHECK(w.phases[LOOP_OPEN] > w.slices - 10 && w.phases[LOOP_PHASES] == 0);
    CHECK_EQ(w.page.loop_count, loop_count());
    CHECK_EQ(w.told, ENGINE_NOTICES);
    arena_t a;
    CHECK_OK(arena_open(&a, 4 << 20));
    const json_t *j = page_parsed(&w.page, &a);
    const json_t *loops = json_get(j, "loops");
    for (u32 i = 0; i < w.page.loop_count; i++) {
        const json_t *row = json_at(loops, i);
        const engine_loop_t *l = &w.page.loop[i];
        CHECK(says(row, "loop", l->loop->name) && says(row, "group", loop_group_name(l->loop->group)));
        CHECK_EQ(number_of(row, "runs"), l->counts.runs);
        CHECK_EQ(number_of(row, "skipped"), l->counts.skipped);
        CHECK_EQ(number_of(row, "late"), l->counts.late);
        CHECK(l->counts.runs > 0 || says(row, "last", "never"));
        bool timed = (l->loop->period_ms.open | l->loop->period_ms.overnight) != 0;
        CHECK(says(row, "next", "when woken") != timed);
    }
    CHECK(json_at(loops, w.page.loop_count) == NULL);
    for (u32 i = 1; i < w.page.notice_count; i++) {
        CHECK(w.page.notice[i - 1].t <= w.page.notice[i].t); /* oldest first */
    }
    const json_t *last = json_at(json_get(j, "told"), w.page.notice_count - 1);
    CHECK(says(last, "text", w.page.notice[w.page.notice_count - 1].text));
    CHECK(says(last, "loop", plan_find(w.page.notice[w.page.notice_count - 1].row)->name));
    arena_close(&a);
}

TEST(what_went_wrong_is_on_the_page)
{
    UNUSED_STATE;
    static const char *const phases[] = {"open", "extended hours", "overnight", "no session", "not begun"};
    status_page_t p = {.loop_count = 1, .notice_count = 1};
    p.loop[0] = (engine_loop_t){.loop = loop_at(0), .next = I64_MAX, .lag = 1500 * (i64)NS_PER_MS,
                                .counts = {.runs = 9, .late = 2, .lost = 3, .rested = 4, .overruns = 5}};
    p.notice[0] = (engine_notice_t){.t = NS_PER_DAY, .row = 999, .account = 7, .text = "of tomorrow"};
    arena_t a;
    CHECK_OK(arena_open(&a, 1 << 21));
    const json_t *j = page_parsed(&p, &a);
    const json_t *row = json_at(json_get(j, "loops"), 0);
    static const struct {
        const char *key;
        i64 value;
    } want[] = {{"runs", 9}, {"late", 2}, {"lag_ms", 1500}, {"lost", 3}, {"rested", 4}, {"over_budget", 5}};
    for (u32 i = 0; i < COUNT_OF(want); i++) {
        CHECK_EQ(number_of(row, want[i].key), want[i].value);
    }
    row = json_at(json_get(j, "told"), 0);
    CHECK(says(row, "loop", "of another version") && says(row, "time", "1970-01-02T00:00:00Z"));
    CHECK_EQ(number_of(row, "account"), 7);
    CHECK(json_get(row, "user") == NULL); /* whose nobody named */
    user_row_t rows[] = {{.account_id = 6, .name = "anna"}, {.account_id = 7, .name = "bert"}};
    run_users_t users = {.rows = rows, .count = COUNT_OF(rows)};
    p.users = &users;
    row = json_at(json_get(page_parsed(&p, &a), "told"), 0);
    CHECK(says(row, "user", "bert") && number_of(row, "account") == 7);
    p.notice[0].account = HOUSE_ACCOUNT;
    CHECK(says(json_at(json_get(page_parsed(&p, &a), "told"), 0), "user", "house"));
    p.users = NULL;
    CHECK(says(json_at(json_get(page_parsed(&p, &a), "told"), 0), "user", "house"));
    for (u32 k = 0; k < COUNT_OF(phases); k++) {
        p.phase = (loop_phase_t)k;
        CHECK(says(page_parsed(&p, &a), "market_phase", phases[k]));
    }
    arena_close(&a);
}

TEST(more_than_can_be_named_are_counted)
{
    UNUSED_STATE;
    static status_page_t p;
    arena_t a;
    CHECK_OK(arena_open(&a, 4 << 20));
    p.stopped_count = LIMIT_USERS;
    for (u32 i = 0; i < p.stopped_count; i++) {
        p.stopped[i].account = i + 1;
        p.stopped[i].why = i % 2 == 0 ? STOPPED_BREAKER : STOPPED_PERSON;
    }
    const json_t *j = page_parsed(&p, &a);
    CHECK_EQ(json_get(j, "stopped")->count, STATUS_STOPPED);
    CHECK_EQ(number_of(j, "stopped_more"), LIMIT_USERS - STATUS_STOPPED);
    CHECK_EQ(status_page_waiting(&p, COMMAND_ALL, STOPPED_PERSON), LIMIT_USERS / 2);
    CHECK_EQ(status_page_waiting(&p, LIMIT_USERS, STOPPED_PERSON), 1); /* not among the named */
    CHECK_EQ(status_page_waiting(&p, LIMIT_USERS, STOPPED_BREAKER), 0);
    p.stopped_count = STATUS_STOPPED;
    CHECK(json_get(page_parsed(&p, &a), "stopped_more") == NULL);
    arena_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_shows_every_loop_as_the_engine_counts_it),
        cmocka_unit_test(more_than_can_be_named_are_counted),
        cmocka_unit_test(what_went_wrong_is_on_the_page),
    };
    return RUN_TESTS(tests);
}
