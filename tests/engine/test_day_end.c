/* The end of the day: a day account holds nothing overnight unless it may. */
#include "tests/engine/busy.h"

#include "scan/lesson.h"

typedef struct {
    u32 nights, held; /* sessions that ended; positions open at their ends */
    u64 left;         /* trades closed for the day's end */
    i64 least;        /* equity after any bar of the session so far; 0: none yet */
    u32 marks, under; /* days marked; of them with a lowest under the last */
} days_t;

enum { SESSIONS = 8 };

static err_t days_append(void *ctx, event_t *e)
{
    days_t *d = ctx;
    if (e->head.kind == EV_LESSON) {
        lesson_record_t lesson;
        CHECK_OK(lesson_decode(e->as.LESSON.record, &lesson));
        d->left += lesson.reason == EXIT_END_OF_DAY ? 1 : 0;
    }
    if (e->head.kind == EV_EQUITY) {
        CHECK(e->as.EQUITY.low <= e->as.EQUITY.equity && e->as.EQUITY.low > 0);
        CHECK(d->least == 0 || e->as.EQUITY.low <= d->least);
        d->under += e->as.EQUITY.low < e->as.EQUITY.equity ? 1 : 0;
        d->marks++;
        d->least = 0;
    }
    return ERR_OK;
}

static void days_watch(void *ctx, const runner_view_t *v)
{
    days_t *d = ctx;
    i64 equity = account_equity(engine_account(v->engine)).v;
    if (!v->slice->session_last) {
        d->least = d->least == 0 ? equity : MIN_OF(d->least, equity);
    }
    if (v->slot >= 0 && v->slice->session_last) {
        d->nights++;
        d->held += account_position_count(engine_account(v->engine));
    }
}

static days_t run(bool flatten)
{
    days_t d = {0};
    config_t config = busy_config();
    config.exit_eod_flatten = flatten ? 1 : 0;
    config.exit_max_hold_min = 0;
    config.trail_enabled = 0; /* more that is still held when the day ends */
    busy_wishes_t wish = {.tap = {.ctx = &d, .append = days_append}, .ctx = &d, .watch = days_watch};
    (void)busy_run(5, SESSIONS, &config, &wish);
    print_message("# flat at night %d: %u days, %llu trades closed for it, %u held overnight\n", flatten,
                  d.nights, (unsigned long long)d.left, d.held);
    return d;
}

TEST(nothing_is_held_overnight)
{
    UNUSED_STATE;
    days_t d = run(true);
    CHECK_EQ(d.nights, SESSIONS);
    CHECK_EQ(d.held, 0);
    CHECK(d.left > 0);
    CHECK_EQ(d.marks, SESSIONS);
    CHECK(d.under > 0);
}

TEST(unless_it_may_be)
{
    UNUSED_STATE;
    days_t d = run(false);
    CHECK_EQ(d.nights, SESSIONS);
    CHECK(d.held > 0);
    CHECK_EQ(d.left, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_held_overnight),
        cmocka_unit_test(unless_it_may_be),
    };
    return RUN_TESTS(tests);
}
