/* See market_internal.h: trading halts. The true price goes on unseen while a row is dark; what is printed is
 * what the law of the day lets be printed. The index fund stands for the index, so that only the whole
 * market's halt stops it. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "sim/market_internal.h"

/* At `halts` = 1, by stock and session, the last by session: far more than large names have, so that a few
 * days of a few dozen names show some. */
static const f64 JUMP_CHANCE = 1.0 / 100.0;
static const f64 NEWS_CHANCE = 1.0 / 250.0;
static const f64 CRASH_CHANCE = 1.0 / 250.0;
static const f64 JUMP_LEAST = 1.15; /* in widths of the band */
static const f64 JUMP_MOST = 2.2;
static const f64 NEWS_LEAST = 0.03;
static const f64 NEWS_MOST = 0.15;
static const f64 falls[] = {0.08, 0.08, 0.145, 0.215}; /* of the market, or rises */
static const f64 BETA_MOST = 0.6;                      /* no stock loses more than that in a crash */
static const f64 AUCTION_VOLUME = 1.791759469228055;   /* log 6 */
static const f64 TIER_1_DOLLARS = 5.0e7;
enum {
    FIRST_MIN = 10,
    LAST_MIN = 12,
    NEWS_SHORT = 10,
    NEWS_SPAN = 80,
    CRASH_MINUTES = 3,
    NOT_TODAY = 1 << 20
};

static price_t price_of(f64 price)
{
    return (price_t){sim_market_cents(price) * (PRICE_SCALE / 100)};
}

static luld_tier_t tier_of(const sim_market_t *m, u32 i)
{
    return m->dollars[i] >= TIER_1_DOLLARS ? LULD_TIER_1 : LULD_TIER_2;
}

static void tell(sim_market_t *m, const halt_t *h)
{
    ASSERT(m->told_count < COUNT_OF(m->told));
    m->told[m->told_count++] = *h;
}

static void tell_end(sim_market_t *m, inst_t inst, u8 kind, i64 t)
{
    tell(m, &(halt_t){.t_event = t, .inst = inst, .kind = kind, .halted = 0});
}

/* ---- the session's shocks -------------------------------------------------------------------------------
 */

/* One shock of `entity` with a chance, or none; its draws are 0 to 4 behind `draw`. */
static sim_shock_t shock_draw(const sim_market_t *m, u32 entity, u64 draw, f64 chance)
{
    sim_shock_t s = {.minute = -1};
    if (sim_market_unit(m, RNG_MARKET_JUMP, entity, draw) >= chance * m->spec.halts) {
        return s;
    }
    i32 room = m->minutes - FIRST_MIN - LAST_MIN;
    f64 at = sim_market_unit(m, RNG_MARKET_JUMP, entity, draw + 1);
    s.minute = FIRST_MIN + (i32)(at * (f64)room);
    s.length = NEWS_SHORT + (i32)(sim_market_unit(m, RNG_MARKET_JUMP, entity, draw + 2) * NEWS_SPAN);
    s.up = sim_market_unit(m, RNG_MARKET_JUMP, entity, draw + 3) < 0.5 ? -1.0 : 1.0;
    return s;
}

static f64 between(const sim_market_t *m, u32 entity, u64 draw, f64 least, f64 most)
{
    return least + (most - least) * sim_market_unit(m, RNG_MARKET_JUMP, entity, draw);
}

static f64 width_of(const sim_market_t *m, u32 i)
{
    return tier_of(m, i) == LULD_TIER_1 ? 0.05 : 0.10;
}

/* Mean square of a move between two sizes. */
static f64 square_of(f64 least, f64 most)
{
    return (most * most * most - least * least * least) / (3.0 * (most - least));
}

f64 sim_market_halts_variance(const sim_market_t *m, u32 i)
{
    f64 crash = 0.0;
    for (u32 k = 0; k < COUNT_OF(falls); k++) {
        for (f64 side = -1.0; side <= 1.0; side += 2.0) {
            f64 move = q_log(1.0 + q_clamp(m->beta[i] * side * falls[k], -BETA_MOST, BETA_MOST));
            crash += move * move / (2.0 * COUNT_OF(falls));
        }
    }
    f64 sum = q_min(CRASH_CHANCE * m->spec.halts, 1.0) * crash;
    if (i != m->proxy) {
        f64 width = width_of(m, i);
        sum += q_min(JUMP_CHANCE * m->spec.halts, 1.0) * width * width * square_of(JUMP_LEAST, JUMP_MOST);
        sum += q_min(NEWS_CHANCE * m->spec.halts, 1.0) * square_of(NEWS_LEAST, NEWS_MOST);
    }
    return sum;
}

static void shocks_begin(sim_market_t *m)
{
    for (u32 i = 0; i < m->rows; i++) {
        sim_halt_t *h = &m->halt[i];
        f64 width = width_of(m, i);
        h->jump = i == m->proxy ? (sim_shock_t){.minute = -1} : shock_draw(m, i, DRAW_HALT, JUMP_CHANCE);
        h->news = i == m->proxy ? (sim_shock_t){.minute = -1} : shock_draw(m, i, DRAW_HALT + 5, NEWS_CHANCE);
        h->jump.up *= width * between(m, i, DRAW_HALT + 4, JUMP_LEAST, JUMP_MOST);
        h->news.up *= between(m, i, DRAW_HALT + 9, NEWS_LEAST, NEWS_MOST);
        h->first = true;
    }
    u32 all = SIM_ENTITY_FACTOR;
    m->crash = shock_draw(m, all, DRAW_HALT, CRASH_CHANCE);
    u32 which = (u32)(sim_market_unit(m, RNG_MARKET_JUMP, all, DRAW_HALT + 4) * COUNT_OF(falls));
    m->crash.up *= falls[MIN_OF(which, (u32)COUNT_OF(falls) - 1)];
}

void sim_market_halts_begin(sim_market_t *m)
{
    ASSERT(m != NULL && m->spec.halts > 0);
    for (u32 i = 0; i < m->rows; i++) {
        m->halt[i].close_previous = price_of(m->price[i]);
    }
    m->index_close = price_of(m->price[m->proxy]);
    m->market_level = 0;
}

/* ---- the minute's begin ---------------------------------------------------------------------------------
 */

static void market_reopens(sim_market_t *m, i64 t)
{
    if (m->market_kind == HALT_NONE || m->minute < m->market_until) {
        return;
    }
    tell_end(m, INST_NONE, m->market_kind, t);
    m->market_kind = HALT_NONE;
    for (u32 i = 0; i < m->rows; i++) {
        m->halt[i].first = true;
    }
}

/* News: the move that was waited for. A pause: only inside its collar, else five minutes more. What is no
 * longer listed does not reopen. */
static void row_reopens(sim_market_t *m, u32 i, i64 t)
{
    sim_halt_t *h = &m->halt[i];
    h->kind = m->absent[i] ? (u8)HALT_NONE : h->kind;
    if (h->kind == HALT_NONE || m->minute < h->until) {
        return;
    }
    if (h->kind == HALT_NEWS && m->minute > 0) {
        m->price[i] *= 1.0 + h->news.up;
    }
    if (h->kind == HALT_PAUSE && m->minute > 0) {
        luld_band_t c = luld_collar(m->session.date, &h->band, h->side, h->extensions);
        price_t now = price_of(m->price[i]);
        if (now.v < c.lower.v || now.v > c.upper.v) {
            i64 resumes = luld_resumes(m->session.date, t, m->session.close);
            h->extensions++;
            h->until = resumes == 0 ? NOT_TODAY : (i32)((resumes - m->session.open) / NS_PER_MIN);
            return;
        }
    }
    tell_end(m, (inst_t)i, h->kind, t);
    h->kind = HALT_NONE;
    h->first = true;
}

void sim_market_halts_open(sim_market_t *m)
{
    ASSERT(m != NULL && m->minute < m->minutes);
    i64 t = m->session.open + m->minute * NS_PER_MIN;
    if (m->minute == 0) { /* what stood at the close ends with the opening auction */
        shocks_begin(m);
        m->market_until = 0;
        for (u32 i = 0; i < m->rows; i++) {
            m->halt[i].until = 0;
        }
    }
    market_reopens(m, t);
    m->dark_count = 0;
    for (u32 i = 0; i < m->rows; i++) {
        if (m->market_kind == HALT_NONE) {
            row_reopens(m, i, t);
        }
        m->dark[i] = m->market_kind != HALT_NONE || m->halt[i].kind != HALT_NONE;
        m->dark_count += m->dark[i] ? 1 : 0;
    }
}

/* ---- the minute -----------------------------------------------------------------------------------------
 */

static f64 crash_of(const sim_market_t *m, u32 i)
{
    i32 since = m->minute - m->crash.minute;
    if (m->crash.minute < 0 || since < 0 || since >= CRASH_MINUTES) {
        return 0.0;
    }
    f64 size = q_clamp(m->beta[i] * m->crash.up, -BETA_MOST, BETA_MOST);
    return q_log(1.0 + size) / CRASH_MINUTES;
}

void sim_market_halts_move(sim_market_t *m)
{
    ASSERT(m != NULL);
    for (u32 i = 0; i < m->rows; i++) {
        sim_halt_t *h = &m->halt[i];
        m->ret[i] += crash_of(m, i);
        m->ret[i] += h->jump.minute == m->minute ? q_log(1.0 + h->jump.up) : 0.0;
        if (h->first || m->dark[i]) { /* an auction has one price, and what is dark has none */
            m->cents[i] = sim_market_cents(m->price[i]);
            m->bounce[i] = 0;
        }
        m->volume[i] += h->first && m->minute > 0 && !m->dark[i] ? AUCTION_VOLUME : 0.0;
    }
}

/* ---- the minute's end -----------------------------------------------------------------------------------
 */

static i64 inside(i64 v, const luld_band_t *band)
{
    return MIN_OF(MAX_OF(v, band->lower.v), band->upper.v);
}

/* What is printed stays inside the band. A close beyond it has been in the limit state for long enough. */
static void row_prints(sim_market_t *m, u32 i)
{
    sim_halt_t *h = &m->halt[i];
    bar_t *b = &m->bars[i];
    if (h->first) {
        luld_reference_begin(&h->reference, b->open, b->t_event);
        h->first = false;
    }
    luld_ask_t ask = {.day = m->session.date,
                      .t = b->t_event,
                      .open = m->session.open,
                      .close = m->session.close,
                      .tier = tier_of(m, i),
                      .close_previous = h->close_previous,
                      .reference = h->reference.price};
    luld_band_t band;
    bool auction = b->t_known == m->session.close; /* the closing price is free */
    if (i != m->proxy && !auction && luld_band(&ask, &band)) {
        i64 close = b->close.v;
        b->open.v = inside(b->open.v, &band);
        b->high.v = inside(b->high.v, &band);
        b->low.v = inside(b->low.v, &band);
        b->close.v = inside(close, &band);
        m->cents[i] = b->close.v / (PRICE_SCALE / 100);
        if (close != b->close.v) {
            i64 resumes = luld_resumes(m->session.date, b->t_known, m->session.close);
            h->kind = HALT_PAUSE;
            h->side = close < b->close.v ? -1 : 1;
            h->band = band;
            h->extensions = 0;
            h->until = resumes == 0 ? NOT_TODAY : (i32)((resumes - m->session.open) / NS_PER_MIN);
            tell(m, &(halt_t){.t_event = b->t_known,
                              .resumes = resumes,
                              .inst = (inst_t)i,
                              .kind = HALT_PAUSE,
                              .halted = 1});
        }
    }
    luld_reference_bar(&h->reference, b, m->session.date);
}

static void news_comes(sim_market_t *m, u32 i, i64 t)
{
    sim_halt_t *h = &m->halt[i];
    if (h->news.minute == m->minute && h->kind == HALT_NONE) {
        h->kind = HALT_NEWS;
        h->until = m->minute + h->news.length;
        tell(m, &(halt_t){.t_event = t, .inst = (inst_t)i, .kind = HALT_NEWS, .halted = 1});
    }
}

static void market_stops(sim_market_t *m, i64 t)
{
    u32 level = market_decline(m->session.date, m->index_close, price_of(m->price[m->proxy]));
    market_halt_t x = market_halt(m->session.date, level, m->market_level, t, m->session.close);
    if (!x.halts) {
        return;
    }
    m->market_level = level;
    m->market_kind = (u8)(HALT_MARKET_1 + level - 1);
    m->market_until = x.resumes == 0 ? NOT_TODAY : (i32)((x.resumes - m->session.open) / NS_PER_MIN);
    tell(m, &(halt_t){
                .t_event = t, .resumes = x.resumes, .inst = INST_NONE, .kind = m->market_kind, .halted = 1});
    if (x.resumes == 0) {
        m->minute = m->minutes; /* the day is over, and that is known */
    }
}

void sim_market_halts_close(sim_market_t *m)
{
    ASSERT(m != NULL && m->minute > 0 && m->minute <= m->minutes);
    i64 t = m->session.open + m->minute * NS_PER_MIN;
    for (u32 i = 0; i < m->rows; i++) {
        if (!m->dark[i] && !m->absent[i]) {
            row_prints(m, i);
            news_comes(m, i, t);
        }
    }
    if (m->market_kind == HALT_NONE && m->minute < m->minutes) {
        market_stops(m, t);
    }
}

void sim_market_halts_slice(sim_market_t *m, slice_t *out)
{
    ASSERT(m != NULL && out != NULL && m->dark_count < m->rows);
    out->halt = m->told;
    out->halt_count = m->told_count;
    m->told_count = 0;
}
