/* See market.h: appending slices. The features are made in compute_day.c and compute_bar.c. */
#include "market/market.h"

#include <string.h>

#include "base/assert.h"
#include "market/curve.h"
#include "market/market_internal.h"
#include "model/calendar.h"

static const i64 FIVE_MIN = 5 * NS_PER_MIN;
_Static_assert(MARKET_BAR_CAP / 2 >= MARKET_WARM + MARKET_CLOCK + MARKET_BLOCK &&
                   MARKET_BAR_CAP >= MARKET_WARM + MARKET_CLOCK_ALWAYS + MARKET_BLOCK,
               "half a series holds the run before a session, the session and a block");

static size_t market_bytes(const market_t *m)
{
    u32 n = m->count;
    u32 padded = m->padded;
    u32 workers = m->workers.count;
    size_t series = (size_t)n * (MARKET_DAY_CAP + m->bar_cap) * (9 * 8 + 2 * 4) + (size_t)n * 4096;
    size_t features = (size_t)(MARKET_BLOCK + 2) * FEATURE_COUNT * padded * 8;
    size_t curves = (size_t)n * m->clocks * (MARKET_CURVE_DAYS + 1) * 8;
    size_t carry = market_carry_bytes(padded / COMPUTE_LANES);
    size_t scratch = workers * market_scratch_count() * 8;
    size_t unclear = (size_t)MARKET_BLOCK * padded + (size_t)n * sizeof(date_t);
    size_t pending = pending_bytes(2 * n, n * MARKET_BLOCK);
    return series + features + curves + carry + scratch + unclear + pending + (size_t)n * 1024 + (1U << 20);
}

static err_t market_allocate(market_t *m)
{
    u32 n = m->count;
    m->forward = arena_array(&m->arena, forward_t, n);
    m->day = arena_array(&m->arena, series_t, 2 * (size_t)n);
    m->bar = m->day == NULL ? NULL : m->day + n;
    m->building = arena_array(&m->arena, bar_t, n);
    m->today = arena_array(&m->arena, bar_t, n);
    m->curve_volume = arena_array(&m->arena, f64, (size_t)n * MARKET_CURVE_DAYS * m->clocks);
    m->curve_days = arena_array(&m->arena, u32, n);
    m->curve_parts = arena_array(&m->arena, u32, n);
    m->today_volume = arena_array(&m->arena, f64, (size_t)n * m->clocks);
    m->features = arena_array(&m->arena, f64, (size_t)MARKET_BLOCK * FEATURE_COUNT * m->padded);
    m->unclear = arena_array(&m->arena, u8, (size_t)MARKET_BLOCK * m->padded);
    m->unclear_session = arena_array(&m->arena, date_t, n);
    m->kept = arena_array(&m->arena, f64, (size_t)FEATURE_COUNT * m->padded);
    m->day_features = arena_array(&m->arena, f64, (size_t)FEATURE_COUNT * m->padded);
    m->carry = arena_array(&m->arena, market_carry_t, m->padded / COMPUTE_LANES);
    m->scratch_count = market_scratch_count();
    m->scratch = arena_array(&m->arena, f64, m->scratch_count * m->workers.count);
    if (m->scratch == NULL || m->carry == NULL ||
        m->features == NULL || m->today_volume == NULL || m->today == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 i = 0; i < n; i++) {
        m->forward[i] = forward_start_in(m->instruments[i].qty_exponent);
        m->building[i].volume = -1;
        m->today[i].volume = -1;
        TRY(series_init(&m->day[i], &m->arena, MARKET_DAY_CAP));
        if (m->profile == PROFILE_DAY) {
            TRY(series_init(&m->bar[i], &m->arena, m->bar_cap));
        }
    }
    return pending_init(&m->pending, &m->arena, m->day, 2 * n, n * MARKET_BLOCK);
}

err_t market_open(const market_spec_t *spec, market_t *out)
{
    ASSERT(spec != NULL && out != NULL);
    ASSERT(spec->count > 0 && spec->count <= LIMIT_UNIVERSE);
    market_t m = {.profile = spec->profile,
                  .timeframe = spec->timeframe,
                  .calendar = spec->instruments[0].calendar,
                  .instruments = spec->instruments,
                  .count = spec->count,
                  .padded = (spec->count + 7U) & ~7U,
                  .kernel_level = spec->kernel_level};
    bool always = m.calendar == CAL_CRYPTO;
    m.clocks = always ? MARKET_CLOCK_ALWAYS : MARKET_CLOCK;
    m.bar_cap = always ? 2 * MARKET_BAR_CAP : MARKET_BAR_CAP;
    u32 groups = m.padded / COMPUTE_LANES;
    m.workers = spec->workers;
    m.workers.count =
        m.workers.each == NULL ? 1 : MIN_OF(MIN_OF(spec->workers.count, groups), (u32)MARKET_WORKERS);
    m.workers.count = MAX_OF(m.workers.count, 1U);
    TRY(arena_open(&m.arena, market_bytes(&m)));
    if (spec->dense != NULL) {
        spec->dense(m.arena.base, m.arena.size);
    }
    err_t err = market_allocate(&m);
    if (err != ERR_OK) {
        arena_close(&m.arena);
        return err;
    }
    *out = m;
    return ERR_OK;
}

void market_close(market_t *m)
{
    ASSERT(m != NULL);
    arena_close(&m->arena);
    *m = (market_t){0};
}

/* Folds a finer bar into a coarser one. */
static void bar_fold(bar_t *into, const bar_t *b)
{
    if (into->volume < 0) {
        *into = *b;
        return;
    }
    into->high.v = MAX_OF(into->high.v, b->high.v);
    into->low.v = MIN_OF(into->low.v, b->low.v);
    into->close = b->close;
    into->volume = b->volume > I64_MAX - into->volume ? I64_MAX : into->volume + b->volume;
    into->t_known = b->t_known;
    into->flags |= b->flags;
}

static void day_append(market_t *m, u32 i, const bar_t *b, i32 slot)
{
    series_row_t row = series_row(b, &m->forward[i], m->session, slot);
    pending_add(&m->pending, i, &row);
}

static void bar_append(market_t *m, u32 i, const bar_t *b, i32 slot)
{
    series_row_t row = series_row(b, &m->forward[i], m->session, slot);
    pending_add(&m->pending, m->count + i, &row);
}

/* A half day counts from the moment it was announced (decision 23): one called during the session is not
 * known here. */
static void session_begin(market_t *m, date_t session, i64 as_of, bool daily)
{
    m->session = session;
    m->quarter = calendar_quarter_start(m->calendar, session);
    m->session_open = true;
    session_t s;
    bool known = calendar_session(m->calendar, session, as_of, &s);
    m->half_day = known && s.half_day;
    m->session_start = known ? s.open : as_of;
    if (m->profile == PROFILE_DAY && !daily) { /* a day of the history is over when it comes */
        pending_flush(&m->pending);
        memset(m->today_volume, 0, (size_t)m->count * m->clocks * sizeof *m->today_volume);
        for (u32 i = 0; i < m->count; i++) {
            m->today[i].volume = -1;
            m->building[i].volume = -1;
        }
        market_compute_session(m);
    }
}

/* Clock bar that ends at `end`. */
static i32 clock_of(i64 session_open, i64 end)
{
    return (i32)((end - session_open) / FIVE_MIN) - 1;
}

/* End of the five minutes on the clock that hold `t`. */
static i64 five_end(i64 session_open, i64 t)
{
    return session_open + ((t - session_open) / FIVE_MIN + 1) * FIVE_MIN;
}

/* In the intraday series a bar stands by its end on the clock, however late it became known and whichever of
 * its minutes did not trade. */
static void bar_complete(market_t *m, u32 i, i32 slot, i64 session_open, i64 end)
{
    bar_t *b = &m->building[i];
    if (b->volume < 0) {
        return;
    }
    i32 clock = clock_of(session_open, end);
    bar_fold(&m->today[i], b);
    b->t_known = end;
    bar_append(m, i, b, slot);
    if (clock >= 0 && clock < (i32)m->clocks) {
        m->today_volume[(size_t)i * m->clocks + (u32)clock] = forward_volume(&m->forward[i], b->volume);
    }
    b->volume = -1;
}

/* Five minutes whose last one nobody traded in: their bars end with the next slice, and no decision was made
 * on them. */
static void bars_overdue(market_t *m, i64 now, i64 session_open)
{
    if (now < m->building_end) {
        return;
    }
    m->building_end = I64_MAX;
    for (u32 i = 0; i < m->count; i++) {
        i64 end = five_end(session_open, m->building[i].t_event);
        if (m->building[i].volume < 0) {
            continue;
        }
        if (end <= now) {
            bar_complete(m, i, -1, session_open, end);
        } else {
            m->building_end = MIN_OF(m->building_end, end);
        }
    }
}

/* Volume curves keep full days only: a half day has its own shape and would bend the others. */
static void session_end(market_t *m)
{
    session_t s = {0};
    m->half_day = calendar_session(m->calendar, m->session, m->t_last, &s) && s.half_day; /* by its end */
    if (m->profile == PROFILE_DAY) { /* the last minutes may not have traded */
        bars_overdue(m, I64_MAX, s.open);
    }
    for (u32 i = 0; i < m->count; i++) {
        if (m->today[i].volume < 0) {
            continue;
        }
        day_append(m, i, &m->today[i], -1);
        if (!m->half_day) {
            curve_record(m, i);
        }
    }
    m->session_open = false;
    m->session_over = false;
}

void market_block_begin(market_t *m)
{
    ASSERT(m != NULL);
    if (m->session_over) {
        session_end(m);
    }
    pending_flush(&m->pending);
    m->block_days = 0;
    if (m->block_count > 0) {
        const f64 *last = market_row(m, m->block_count - 1);
        memcpy(m->kept, last, (size_t)FEATURE_COUNT * m->padded * sizeof *last);
        m->block_number++;
    }
    memset(m->unclear, 0, (size_t)m->block_count * m->padded);
    m->block_count = 0;
    for (u32 i = 0; i < m->count; i++) {
        series_t *d = &m->day[i];
        series_make_room(d, MARKET_BLOCK);
        for (u32 k = d->count; k > 0 && d->slot[k - 1] >= 0; k--) {
            d->slot[k - 1] = -1;
        }
        if (m->profile != PROFILE_DAY) {
            continue;
        }
        series_t *b = &m->bar[i];
        series_make_room(b, MARKET_BLOCK);
        u32 most = MAX_OF((u32)MARKET_BLOCK, m->clocks);
        for (u32 n = 0; n < most && n < b->count; n++) { /* bars without a slot lie among them */
            b->slot[b->count - 1 - n] = -1;
        }
    }
}

static void append_intraday(market_t *m, const slice_t *s, i32 *decision, bool *full)
{
    session_t session;
    bool open = calendar_session(m->calendar, m->session, s->t_known, &session);
    ASSERT(open);
    i64 end = s->t_open + timeframe_ns(s->timeframe); /* not when it became known: feeds are late */
    bars_overdue(m, s->t_open, session.open);
    m->building_end = MIN_OF(m->building_end, five_end(session.open, s->t_open));
    for (u32 k = 0; k < s->count; k++) {
        u32 i = s->inst[k];
        bar_fold(&m->building[i], &s->bar[k]);
        forward_bar(&m->forward[i], &s->bar[k]);
    }
    if ((end - session.open) % FIVE_MIN == 0) {
        u32 slot = m->block_count++;
        ASSERT(slot < MARKET_BLOCK);
        m->block_t[slot] = s->t_known;
        m->block_session[slot] = s->session;
        m->block_clock[slot] = clock_of(session.open, end);
        *decision = (i32)slot;
        for (u32 i = 0; i < m->count; i++) {
            bar_complete(m, i, (i32)slot, session.open, end);
        }
    }
    *full = s->session_last || m->block_count + 1 >= MARKET_BLOCK;
    if (s->session_last) {
        m->session_over =
            true; /* the day joins the history when the block is over: its slices must not see it */
    }
}

static void append_daily(market_t *m, const slice_t *s, i32 *decision, bool *full)
{
    i32 slot = -1;
    if (m->profile == PROFILE_SWING) {
        slot = (i32)m->block_count++;
        ASSERT(slot < MARKET_BLOCK);
        m->block_t[slot] = s->t_known;
        m->block_session[slot] = s->session;
        m->block_clock[slot] = 0;
        m->block_week_last[slot] =
            market_week(calendar_next(m->calendar, s->session, s->t_known).date) != market_week(s->session);
        *decision = slot;
    }
    for (u32 k = 0; k < s->count; k++) {
        u32 i = s->inst[k];
        day_append(m, i, &s->bar[k], slot);
        forward_bar(&m->forward[i], &s->bar[k]);
    }
    m->session_open = false;
    date_t next = calendar_next(m->calendar, s->session, I64_MAX).date;
    m->block_days++;
    *full = m->profile == PROFILE_DAY ? m->block_days + 1 >= MARKET_BLOCK /* a session may end before */
                                      : m->block_count + 1 >= MARKET_BLOCK / 2 ||
                                            calendar_quarter_start(m->calendar, next) != m->quarter;
}

/* Slot by slot as they come: an action of a later slice says nothing about an earlier one. */
static void mark_unclear(market_t *m, u32 slot, date_t session)
{
    for (u32 i = 0; i < m->count; i++) {
        m->unclear[(size_t)slot * m->padded + i] = m->unclear_session[i] == session ? 1 : 0;
    }
}

void market_append(market_t *m, const slice_t *s, i32 *decision, bool *full)
{
    ASSERT(m != NULL && s != NULL);
    ASSERT(decision != NULL && full != NULL);
    *decision = -1;
    *full = false;
    if (s->session != m->session && m->session_open && m->profile == PROFILE_DAY) {
        ASSERT(m->block_count == 0);
        session_end(m); /* its last bar did not trade, so nothing said that it was over */
    }
    for (u32 k = 0; k < s->action_count; k++) {
        u32 i = s->action[k].inst;
        if (!forward_action(&m->forward[i], &s->action[k])) {
            m->unclear_session[i] = s->session;
            m->unclear_last = s->session;
        }
    }
    if (s->count == 0) {
        return;
    }
    if (s->session != m->session || !m->session_open) {
        session_begin(m, s->session, s->t_open, s->timeframe == TF_1D);
    }
    m->t_last = s->t_known;
    if (s->timeframe == TF_1D) {
        append_daily(m, s, decision, full);
    } else {
        append_intraday(m, s, decision, full);
    }
    if (*decision >= 0 && m->unclear_last == s->session) {
        mark_unclear(m, (u32)*decision, s->session);
    }
}

/* What one worker does of a block: every so many groups, from its own number on. */
typedef struct {
    market_t *market;
    const config_t *config;
    compute_fn_t fn;
    u32 worker;
} part_t;

static void part_run(void *arg)
{
    const part_t *p = arg;
    market_t *m = p->market;
    f64 *scratch = m->scratch + (size_t)p->worker * m->scratch_count;
    for (u32 g = p->worker; g < m->padded / COMPUTE_LANES; g += m->workers.count) {
        p->fn(m, p->config, g, scratch);
    }
}

void compute_groups(market_t *m, const config_t *c, compute_fn_t fn)
{
    ASSERT(m != NULL && fn != NULL);
    ASSERT(m->workers.count >= 1 && m->workers.count <= MARKET_WORKERS);
    part_t part[MARKET_WORKERS];
    for (u32 i = 0; i < m->workers.count; i++) {
        part[i] = (part_t){.market = m, .config = c, .fn = fn, .worker = i};
    }
    if (m->workers.count == 1) {
        part_run(&part[0]);
        return;
    }
    m->workers.each(m->workers.ctx, part_run, part, sizeof part[0], m->workers.count);
}

/* Both series of each symbol of a group. */
static void enter_group(market_t *m, const config_t *c, u32 group, f64 *scratch)
{
    (void)c;
    (void)scratch;
    u32 from = group * COMPUTE_LANES;
    u32 to = MIN_OF(from + COMPUTE_LANES, m->count);
    pending_enter(&m->pending, from, to);
    pending_enter(&m->pending, m->count + from, m->count + to);
}

enum { ENTER_TOGETHER = 1024 }; /* rows that are worth waking the workers */

static void enter_all(market_t *m, const config_t *c)
{
    if (m->workers.count == 1 || m->pending.count < ENTER_TOGETHER) {
        pending_flush(&m->pending);
        return;
    }
    pending_sort(&m->pending);
    compute_groups(m, c, enter_group);
    pending_clear(&m->pending);
}

void market_block_compute(market_t *m, const config_t *c)
{
    ASSERT(m != NULL && c != NULL);
    enter_all(m, c);
    if (m->block_count == 0) {
        return;
    }
    if (m->profile == PROFILE_SWING) {
        market_compute_daily(m, c);
    } else {
        market_compute_bars(m, c);
    }
}

market_view_t market_view(const market_t *m, u32 slot)
{
    ASSERT(m != NULL);
    ASSERT(slot < m->block_count);
    return (market_view_t){.market = m,
                           .row = market_row(m, slot),
                           .block = m->block_number,
                           .t_known = m->block_t[slot],
                           .clock = m->block_clock[slot],
                           .slot = slot,
                           .session = m->block_session[slot]};
}

void market_view_keep(market_view_t *v)
{
    ASSERT(v != NULL);
    if (v->row == NULL || v->block == v->market->block_number) {
        return;
    }
    ASSERT(v->block + 1 == v->market->block_number || v->row == v->market->kept);
    v->row = v->market->kept;
    v->block = v->market->block_number;
}

/* The fence: later slices of this block are already stored. */
static u32 known_bars(const market_view_t *v, const series_t *s)
{
    u32 n = s->count;
    while (n > 0 && (s->slot[n - 1] > (i32)v->slot || s->t_known[n - 1] > v->t_known)) {
        n--;
    }
    return n;
}

const series_t *market_daily(const market_view_t *v, inst_t inst, u32 *count)
{
    ASSERT(v != NULL && count != NULL);
    ASSERT(inst < v->market->count);
    const series_t *d = &v->market->day[inst];
    *count = known_bars(v, d);
    return d;
}

const f64 *market_closes_today(const market_view_t *v, inst_t inst, u32 *count)
{
    ASSERT(v != NULL && count != NULL);
    ASSERT(inst < v->market->count);
    *count = 0;
    session_t session;
    if (v->market->profile != PROFILE_DAY ||
        !calendar_session(v->market->calendar, v->session, v->t_known, &session)) {
        return NULL;
    }
    /* A bar that ended with a later slice has no slot, and its own end stands for when it became known: where
     * the feed is late, the view's moment lies behind that end. */
    i64 last = session.open + (v->clock + 1) * FIVE_MIN;
    const series_t *bar = &v->market->bar[inst];
    u32 end = known_bars(v, bar);
    while (end > 0 && bar->t_known[end - 1] > last) {
        end--;
    }
    u32 from = end;
    while (from > 0 && bar->session[from - 1] == v->session) {
        from--;
    }
    *count = end - from;
    return bar->close + from;
}

bool market_listed(const market_view_t *v, inst_t inst)
{
    ASSERT(inst < v->market->count);
    const series_t *d = &v->market->day[inst];
    return d->count > 0 && d->slot[0] <= (i32)v->slot && d->t_known[0] <= v->t_known;
}
