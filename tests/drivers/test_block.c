/* Blocks that are read ahead: days of history share one, sessions of minutes have one each, neither stands
 * among the other, and every decision bar has the same bits as where each slice is a block of its own. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "drivers/block.h"
#include "model/calendar.h"

enum { SYMBOLS = 11, FIVES = 78, HISTORY = 300, ROWS_MAX = 4 * FIVES };

/* A stretch of sessions of one kind. */
typedef struct {
    u32 sessions;
    bool daily;
    bool open_end; /* its last slice is missing: nobody said that the session is over */
} stretch_t;

/* Days, two sessions that follow each other, days again, a session, and days without an end. */
static const stretch_t plan[] = {
    {HISTORY, true, false}, {2, false, true}, {3, true, false}, {1, false, false}, {2, true, false}};

typedef struct {
    u32 stretch, session, slice;
    u64 ordinal;
    session_t day;
    bar_t bar[SYMBOLS];
    inst_t inst[SYMBOLS];
    action_t action;
} made_t;

static bar_t bar_of(u64 ordinal, u32 i, i64 open, i64 close)
{
    rng_key_t key = {.seed = 9, .purpose = RNG_TEST, .entity = i, .cycle = ordinal};
    i64 mid = (i64)((40.0 + i + 4.0 * rng_unit(key, 0)) * 1e9);
    i64 half = (i64)(1e9 * (0.1 + rng_unit(key, 1)));
    return (bar_t){.t_event = open,
                   .t_known = close,
                   .open = {mid - half / 2},
                   .high = {mid + half},
                   .low = {mid - half},
                   .close = {mid + half / 2},
                   .volume = 1000 + (i64)(1e6 * rng_unit(key, 2))};
}

/* A split in the middle of a shared block, a dividend on a day between the sessions and one at their open. */
static u32 action_of(made_t *m)
{
    bool split = m->stretch == 0 && m->session == HISTORY / 2;
    bool dividend = m->stretch > 1 && m->session == 0 && m->slice == 0;
    m->action = (action_t){.t_known = m->day.open,
                           .ratio_num = split ? 2 : 1,
                           .ratio_den = 1,
                           .amount = {split ? 0 : PRICE_SCALE / 2},
                           .ex_date = m->day.date,
                           .inst = 1,
                           .kind = split ? ACTION_SPLIT : ACTION_DIVIDEND};
    return split || dividend ? 1 : 0;
}

static err_t made_next(void *ctx, slice_t *out, diag_t *diag)
{
    made_t *m = ctx;
    (void)diag;
    if (m->stretch == COUNT_OF(plan)) {
        return ERR_EMPTY;
    }
    const stretch_t *p = &plan[m->stretch];
    i64 open = p->daily ? m->day.open : m->day.open + (i64)m->slice * 5 * NS_PER_MIN;
    i64 close = p->daily ? m->day.close : open + 5 * NS_PER_MIN;
    u32 n = 0;
    for (u32 i = 0; i < SYMBOLS; i++) {
        rng_key_t key = {.seed = 9, .purpose = RNG_TEST, .entity = i, .cycle = m->ordinal};
        if (rng_unit(key, 3) > 0.04) { /* else it did not trade */
            m->inst[n] = (inst_t)i;
            m->bar[n++] = bar_of(m->ordinal, i, open, close);
        }
    }
    *out = (slice_t){.t_known = close,
                     .t_open = open,
                     .session = m->day.date,
                     .timeframe = p->daily ? TF_1D : TF_5M,
                     .ordinal = m->ordinal++,
                     .count = n,
                     .inst = m->inst,
                     .bar = m->bar,
                     .action_count = action_of(m),
                     .action = &m->action,
                     .session_last = p->daily || m->slice + 1 == FIVES};
    u32 slices = p->daily ? 1 : p->open_end ? FIVES - 1 : FIVES;
    if (++m->slice >= slices) {
        m->slice = 0;
        m->day = calendar_next(CAL_NYSE, m->day.date, I64_MAX);
        m->stretch += ++m->session == p->sessions ? 1 : 0;
        m->session = m->session == p->sessions ? 0 : m->session;
    }
    return ERR_OK;
}

typedef struct {
    u32 count, blocks, days_most;
    digest_t row[ROWS_MAX]; /* of each decision bar: what its view shows, and of which moment */
} rows_t;

/* One block's decision bars; days and sessions as it may hold them. */
static void take_block(const block_t *b, const market_t *m, rows_t *r)
{
    u32 days = 0;
    for (u32 i = 0; i < b->count; i++) {
        days += b->v[i].timeframe == TF_1D ? 1 : 0;
        CHECK((b->v[i].timeframe == TF_1D) == (b->v[0].timeframe == TF_1D));
        CHECK(b->v[i].timeframe == TF_1D || b->v[i].session == b->v[0].session);
        if (b->slot[i] < 0) {
            continue;
        }
        digest_state_t all;
        market_view_t v = market_view(m, (u32)b->slot[i]);
        CHECK(r->count < ROWS_MAX && v.t_known == b->v[i].t_known && v.session == b->v[i].session);
        digest_begin(&all);
        digest_add(&all, v.row, sizeof(f64) * FEATURE_COUNT * m->padded);
        digest_add(&all, &v.t_known, sizeof v.t_known);
        digest_add(&all, &v.clock, sizeof v.clock);
        r->row[r->count++] = digest_end(&all);
    }
    r->blocks += b->count > 0 ? 1 : 0;
    r->days_most = MAX_OF(r->days_most, days);
}

static void rows_of(bool lookahead, rows_t *out)
{
    static instrument_t instruments[SYMBOLS];
    static made_t made;
    config_t config = config_default(PROFILE_DAY, PRESET_MODERATE);
    market_spec_t spec = {.instruments = instruments,
                          .count = SYMBOLS,
                          .timeframe = TF_5M,
                          .profile = PROFILE_DAY,
                          .config = &config};
    source_t source = {.ctx = &made, .next = made_next};
    market_t m;
    block_t b;
    bool end = false;
    diag_t diag = {0};
    memset(&made, 0, sizeof made);
    memset(out, 0, sizeof *out);
    made.day = calendar_next(CAL_NYSE, date_from_ymd(2021, 3, 1), I64_MAX);
    CHECK_OK(market_open(&spec, &m));
    CHECK_OK(block_open(&b, SYMBOLS, lookahead));
    while (!end) {
        CHECK_OK(block_fill(&b, &source, &m, &config, &diag, &end));
        take_block(&b, &m, out);
    }
    CHECK_EQ(made.stretch, COUNT_OF(plan));
    block_close(&b);
    market_close(&m);
}

TEST(days_of_one_block_are_the_days_one_by_one)
{
    UNUSED_STATE;
    static rows_t ahead;
    static rows_t single;
    rows_of(true, &ahead);
    rows_of(false, &single);
    CHECK_EQ(single.days_most, 1);
    CHECK_EQ(single.blocks, HISTORY + 5 + 2 * (FIVES - 1) + FIVES);
    CHECK_EQ(ahead.days_most, MARKET_BLOCK - 1); /* as many as fit, for a session may end before */
    CHECK_EQ(ahead.blocks, 3 + 2 + 1 + 1 + 1);
    CHECK_EQ(ahead.count, 2 * (FIVES - 1) + FIVES);
    CHECK_EQ(single.count, ahead.count);
    for (u32 i = 0; i < ahead.count; i++) {
        CHECK(digest_eq(&ahead.row[i], &single.row[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(days_of_one_block_are_the_days_one_by_one)};
    return RUN_TESTS(tests);
}
