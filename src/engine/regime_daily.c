/* See regime_daily.h. */
#include "engine/regime_daily.h"

#include <string.h>

#include "base/assert.h"
#include "model/calendar.h"
#include "model/state_io.h"
#include "quant/math/qmath.h"

void regime_daily_init(regime_daily_t *r)
{
    ASSERT(r != NULL);
    memset(r, 0, sizeof *r);
    regime_init(&r->state);
}

/* Appends one close; the oldest falls off when the anchor's window is full. */
static void close_push(regime_daily_t *r, f64 close, date_t day)
{
    ASSERT(r->used <= REGIME_CLOSES_ANCHOR);
    if (r->used == REGIME_CLOSES_ANCHOR) {
        memmove(r->closes, r->closes + 1, (REGIME_CLOSES_ANCHOR - 1) * sizeof *r->closes);
        memmove(r->days, r->days + 1, (REGIME_CLOSES_ANCHOR - 1) * sizeof *r->days);
        r->used--;
    }
    r->closes[r->used] = close;
    r->days[r->used++] = day;
}

/* The last closes known now, oldest first. Engine time only grows, so what was known yesterday stays and only
 * the bars since then are read; a day's date is worked out once in a run. */
static u32 closes_from_bars(regime_daily_t *r, const regime_daily_input_t *in)
{
    ASSERT(r->bars_read <= in->bar_count);
    while (r->bars_read < in->bar_count && in->bars[r->bars_read].t_known <= in->now) {
        const bar_t *b = &in->bars[r->bars_read++];
        close_push(r, price_to_f64(b->close), calendar_date_at(in->calendar, b->t_known - 1));
    }
    return r->used;
}

static u32 closes_from_market(regime_daily_t *r, const regime_daily_input_t *in)
{
    u32 have = 0;
    const series_t *d = market_daily(in->view, in->proxy, &have);
    u32 n = MIN_OF(have, (u32)REGIME_CLOSES_ANCHOR);
    for (u32 i = 0; i < n; i++) {
        r->closes[i] = d->close[have - n + i];
        r->days[i] = d->session[have - n + i];
    }
    return n;
}

void regime_daily_update(regime_daily_t *r, const regime_daily_input_t *in, regime_view_t *out)
{
    ASSERT(r != NULL && in != NULL && out != NULL);
    r->day_seen = in->session;
    u32 n = 0;
    if (in->bars != NULL) {
        n = closes_from_bars(r, in);
    } else if (in->proxy != INST_NONE) {
        n = closes_from_market(r, in);
    }
    if (n == 0 || r->days[n - 1] == r->last_close) {
        if (n == 0) {
            *out = (regime_view_t){.label = REGIME_UNKNOWN, .raw = REGIME_UNKNOWN, .why = REGIME_WHY_SHORT};
        }
        return; /* nothing new to learn today: the last view stands */
    }
    /* Sessions missed since the last close (a first call in mid-quarter, or a gap) are walked through one by
     * one, so that the state is the one a continuous run would have had. */
    u32 first = n;
    while (first > 1 && r->days[first - 2] > r->last_close && r->last_close != 0) {
        first--;
    }
    if (r->last_close == 0) {
        date_t quarter = calendar_quarter_start(in->calendar, r->days[n - 1]);
        first = n;
        while (first > 1 && r->days[first - 2] >= quarter) {
            first--;
        }
    }
    for (u32 k = first; k <= n; k++) {
        u32 count = k;
        date_t day = r->days[k - 1];
        regime_input_t step = {.closes = r->closes,
                               .count = count,
                               .day = day,
                               .seed = in->seed,
                               .hold_days = in->hold_days,
                               .post_min = in->post_min,
                               .quarter_first = calendar_quarter_start(in->calendar, day) == day};
        regime_update(&r->state, &r->work, &step, out);
    }
    r->last_close = r->days[n - 1];
}

static void io_hmm(state_io_t *io, hmm_params_t *p)
{
    p->k = (u32)state_upto(io, p->k, HMM_K_MAX);
    p->d = (u32)state_upto(io, p->d, HMM_D_MAX);
    state_f64s(io, p->start, HMM_K_MAX);
    for (u32 i = 0; i < HMM_K_MAX; i++) {
        state_f64s(io, p->trans[i], HMM_K_MAX);
        state_f64s(io, p->mean[i], HMM_D_MAX);
        state_f64s(io, p->var[i], HMM_D_MAX);
    }
}

static void io_view(state_io_t *io, regime_view_t *v)
{
    f64 *const numbers[] = {&v->p_bull, &v->p_bear, &v->p_stress, &v->best, &v->log_likelihood};
    v->label = (regime_label_t)state_upto(io, (u64)v->label, REGIME_BULL);
    v->raw = (regime_label_t)state_upto(io, (u64)v->raw, REGIME_BULL);
    v->why = (regime_why_t)state_upto(io, (u64)v->why, REGIME_WHY_BAD_DATA);
    state_bool(io, &v->transition);
    state_bool(io, &v->flipped);
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_f64(io, numbers[i]);
    }
    state_u32(io, &v->days);
    state_f64s(io, v->state_return, REGIME_STATES);
    state_f64s(io, v->state_vol, REGIME_STATES);
    state_f64s(io, v->posterior, REGIME_STATES);
    for (u32 i = 0; i < REGIME_STATES; i++) {
        v->state_label[i] = (u8)state_upto(io, v->state_label[i], REGIME_BULL);
    }
}

static void io_regime(state_io_t *io, u32 version, regime_daily_t *r, regime_view_t *v)
{
    regime_state_t *s = &r->state;
    io_hmm(io, &s->raw);
    state_bool(io, &s->anchored);
    for (u32 i = 0; version >= 2 && i < REGIME_STATES; i++) {
        s->state_label[i] = (u8)state_upto(io, s->state_label[i], REGIME_BULL);
    }
    s->label = (u8)state_upto(io, s->label, REGIME_BULL);
    s->candidate = (u8)state_upto(io, s->candidate, REGIME_BULL);
    state_u8(io, &s->streak);
    state_u32(io, &s->since_flip);
    state_u32(io, &s->flips);
    state_i32(io, &s->day);
    state_i32(io, &r->day_seen);
    state_i32(io, &r->last_close);
    io_view(io, v);
    if (version < 2) { /* did not hold them; the view has the same, save on a day without one */
        memcpy(s->state_label, v->state_label, sizeof s->state_label);
    }
    state_bad(io, io->r != NULL && s->anchored && !hmm_params_valid(&s->raw));
}

err_t regime_daily_save(const regime_daily_t *r, const regime_view_t *view, writer_t *w)
{
    ASSERT(r != NULL && view != NULL && w != NULL);
    state_io_t io = {.w = w}; /* a writer changes nothing */
    io_regime(&io, REGIME_DAILY_VERSION, (regime_daily_t *)(uintptr_t)r, (regime_view_t *)(uintptr_t)view);
    return writer_done(w);
}

err_t regime_daily_load(reader_t *in, u32 version, regime_daily_t *r, regime_view_t *view)
{
    ASSERT(in != NULL && r != NULL && view != NULL);
    if (version < 1 || version > REGIME_DAILY_VERSION) {
        return ERR_VERSION;
    }
    regime_daily_init(r);
    state_io_t io = {.r = in};
    io_regime(&io, version, r, view);
    return reader_done(in);
}

f64 regime_daily_volatility(const regime_daily_t *r, const regime_daily_input_t *in)
{
    ASSERT(r != NULL && in != NULL);
    u32 n = in->bars != NULL ? r->used : 0;
    const f64 *close = r->closes;
    if (in->bars == NULL && in->proxy != INST_NONE && in->view->row != NULL) {
        close = market_daily(in->view, in->proxy, &n)->close;
    }
    if (n <= REGIME_SPAN) {
        return 0.0;
    }
    f64 squares = 0;
    for (u32 i = n - REGIME_SPAN; i < n; i++) {
        f64 step = q_log(close[i] / close[i - 1]);
        squares += step * step;
    }
    return 100.0 * q_sqrt(squares / REGIME_SPAN * calendar_year(in->calendar));
}
