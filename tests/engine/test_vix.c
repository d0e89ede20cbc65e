/* The volatility index: its level and the change of its day reach the breaker and the analyst as soon as a
 * bar is known, not before, and yesterday's jump stops nothing today. */
#include "tests/engine/dataset.h"

enum { SESSIONS = 6, QUIET = 20 };

typedef struct {
    bar_t bar[512];
    u32 count;
    i64 jump_known; /* when the jump became known */
    date_t jump_day;
} vix_t;

/* A bar an hour after each open of the data; the one of session `jump` (from the first that trades) is 40 %
 * up. */
static void vix_make(const dataset_t *d, u32 jump, vix_t *v)
{
    *v = (vix_t){0};
    u32 traded = 0;
    for (u32 i = 0; i < d->count; i++) {
        const slice_t *s = &d->own_slice[i];
        session_t hours;
        bool first = i == 0 || s->session != d->own_slice[i - 1].session;
        if (!first || v->count == COUNT_OF(v->bar) ||
            !calendar_session(CAL_NYSE, s->session, I64_MAX, &hours)) {
            continue;
        }
        traded += s->session >= d->trade_from ? 1 : 0;
        bool up = s->session >= d->trade_from && traded == jump + 1;
        i64 level = up ? 28 : 20;
        v->bar[v->count++] = (bar_t){.t_event = hours.open,
                                     .t_known = hours.open + NS_PER_HOUR,
                                     .open = {level * PRICE_SCALE},
                                     .high = {level * PRICE_SCALE},
                                     .low = {level * PRICE_SCALE},
                                     .close = {level * PRICE_SCALE},
                                     .volume = 0};
        if (up) {
            v->jump_known = hours.open + NS_PER_HOUR;
            v->jump_day = s->session;
        }
    }
}

/* Stops by the breaker on the jump's day after it was known, and on all other moments. */
static void stops_of(const tape_t *t, const vix_t *v, u32 *then, u32 *other)
{
    reader_t r = {.p = t->own_bytes, .size = t->used};
    *then = 0;
    *other = 0;
    while (reader_left(&r) > 0) {
        event_t e;
        CHECK_OK(event_decode(&r, &e));
        if (e.head.kind == EV_SCAN_STOPPED && e.as.SCAN_STOPPED.stage == 2) {
            bool in = e.head.t_engine >= v->jump_known &&
                      calendar_date_at(CAL_NYSE, e.head.t_engine) == v->jump_day;
            *(in ? then : other) += 1;
        }
    }
}

static size_t bytes_until(const tape_t *t, i64 until)
{
    reader_t r = {.p = t->own_bytes, .size = t->used};
    size_t at = 0;
    while (reader_left(&r) > 0) {
        event_t e;
        CHECK_OK(event_decode(&r, &e));
        if (e.head.t_engine >= until) {
            break;
        }
        at = r.at;
    }
    return at;
}

TEST(a_jump_stops_its_own_day)
{
    UNUSED_STATE;
    dataset_t d;
    static vix_t calm;
    static vix_t jump;
    tape_t a;
    tape_t b;
    u32 then = 0;
    u32 other = 0;
    dataset_simulated(11, 20, 25, SESSIONS, &d);
    vix_make(&d, SESSIONS + QUIET, &calm);
    vix_make(&d, 2, &jump);
    CHECK(calm.count == jump.count && jump.jump_known > 0);
    d.like.vix_bars = calm.bar;
    d.like.vix_bar_count = calm.count;
    (void)run_once(&d, &(how_t){0}, &a);
    d.like.vix_bars = jump.bar;
    (void)run_once(&d, &(how_t){0}, &b);
    stops_of(&a, &jump, &then, &other);
    u32 calm_then = then;
    u32 calm_other = other;
    stops_of(&b, &jump, &then, &other);
    print_message("# breaker stops on the day of the jump: %u calm, %u with it; elsewhere %u and %u\n",
                  calm_then, then, calm_other, other);
    CHECK(then > 10 && then > calm_then);
    CHECK(other < then); /* five other sessions: what one jump stopped is over the next morning */
    /* Up to the moment at which it was known the two runs are the same bytes; the table of inputs apart,
     * which stands in the first event. */
    event_t first;
    reader_t r = {.p = a.own_bytes, .size = a.used};
    CHECK_OK(event_decode(&r, &first));
    size_t n = bytes_until(&a, jump.jump_known);
    CHECK(n > r.at && n <= b.used && bytes_until(&b, jump.jump_known) == n);
    CHECK(memcmp(a.own_bytes + r.at, b.own_bytes + r.at, n - r.at) == 0);
    tape_free(&a);
    tape_free(&b);
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_jump_stops_its_own_day)};
    return RUN_TESTS(tests);
}
