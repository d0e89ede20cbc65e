/* See leave.h. */
#include "scan/leave.h"

#include "base/assert.h"

static f64 from_grid(i64 v, f64 scale)
{
    return (f64)v / scale;
}

static price_t price_of_grid(i64 v)
{
    return (price_t){v * (PRICE_SCALE / 10000)};
}

/* The lower of the analyst's and the model's. */
static i64 conviction_of(const cand_record_t *c)
{
    return MIN_OF(c->conviction, c->conviction_model);
}

static i64 stop_distance(const cand_record_t *c)
{
    return c->entry > c->stop ? c->entry - c->stop : c->stop - c->entry;
}

static measure_t measure_of(const cand_record_t *c)
{
    measure_t m = {.score = from_grid(c->score, 1e4)};
    for (u64 i = 0; i < c->evidence_count; i++) {
        if (c->evidence[i].id == EVIDENCE_RVOL && c->evidence[i].known != 0) {
            m.rvol = from_grid(c->evidence[i].value, 1e4);
        }
    }
    return m;
}

void leave_ask(const user_t *u, const cand_record_t *c, confidence_answer_t *out)
{
    ASSERT(u != NULL && c != NULL && out != NULL);
    confidence_query_t q = {.strategy = (u32)c->strategy,
                            .side = (i32)c->d,
                            .conviction = (i32)conviction_of(c),
                            .final_gate = from_grid(c->final_gate, 100.0),
                            .session = u->session_ordinal};
    confidence_ask(&u->confidence, &q, out);
}

/* The belief before evidence. */
static f64 prior_of(const user_t *u, const cand_record_t *c)
{
    confidence_answer_t a;
    leave_ask(u, c, &a);
    return a.m0;
}

/* Mean daily range in raw prices; 0 where it is not known. */
static price_t daily_range(const scan_shared_t *shared, inst_t inst)
{
    f64 factor = view_get(&shared->view, FEATURE_FACTOR, inst);
    i64 grid = 0;
    if (!(factor > 0) ||
        fixed_from_f64(view_get(&shared->view, FEATURE_ATRD, inst) / factor, 10000, &grid) != ERR_OK) {
        return (price_t){0};
    }
    return price_of_grid(grid);
}

trade_tag_t leave_tag(const user_t *u, const scan_shared_t *shared, const cand_record_t *c, u64 cycle,
                      bool high_beta)
{
    ASSERT(u != NULL && shared != NULL && c != NULL);
    const instrument_t *t = &shared->market->instruments[c->inst];
    return (trade_tag_t){.cycle = cycle,
                         .strategy = (u16)c->strategy,
                         .kind = (u16)(c->strategy * 2 + (c->d > 0 ? 0 : 1)),
                         .sector = t->sector,
                         .quality = (u8)c->quality,
                         .conviction = (u8)conviction_of(c),
                         .regime = (u8)shared->regime.label,
                         .intraday_regime = (u8)shared->intraday,
                         .flags = ((c->flags & CAND_PROBE) != 0 ? (u32)TAG_PROBE : 0U) |
                                  (high_beta ? (u32)TAG_HIGH_BETA : 0U) |
                                  ((c->flags & CAND_MICRO) != 0 ? (u32)TAG_MICRO : 0U) |
                                  ((t->flags & INST_LEVERAGED) != 0 ? (u32)TAG_LEVERAGED : 0U),
                         .a = price_of_grid(c->a),
                         .r = price_of_grid(stop_distance(c)),
                         .atr_d = daily_range(shared, c->inst),
                         .c0 = from_grid(c->c0, 1e4),
                         .m0 = prior_of(u, c),
                         .confidence = from_grid(c->confidence, 1e4),
                         .score = from_grid(c->final_gate, 100.0),
                         .ev_r = from_grid(c->ev_r, 1e4)};
}

void leave_entry(user_t *u, const cand_record_t *c)
{
    ASSERT(u != NULL && c != NULL);
    u->entries_cycle++;
    u->probes_today += (c->flags & CAND_PROBE) != 0 ? 1 : 0;
    u->level[c->inst] = from_grid(c->level, 1e4);
    u->entered[c->inst] = measure_of(c);
    u->held_bars[c->inst] = 0;
}

/* What the house hands on was not sized: its cost is the spread and what slips, both ways. */
static f64 shadow_cost(const user_t *u, const cand_record_t *c)
{
    return (c->flags & CAND_HANDED) != 0
               ? from_grid(c->spread_bps, 100.0) + 2.0 * u->config.cost_slippage_bps
               : from_grid(c->cost_bps, 100.0);
}

void leave_shadow(user_t *u, const cand_record_t *c, date_t session)
{
    ASSERT(u != NULL && c != NULL);
    u16 bit = (u16)(1U << (c->strategy * 2U + (c->d > 0 ? 0U : 1U)));
    if ((u->shadowed[c->inst] & bit) != 0 || stop_distance(c) <= 0) {
        return;
    }
    for (u32 i = 0; i < SHADOWS; i++) {
        if (u->shadow[i].open != 0) {
            continue;
        }
        u->shadowed[c->inst] |= bit;
        u->shadows_used = MAX_OF(u->shadows_used, i + 1);
        u->shadow[i] = (shadow_t){.inst = c->inst,
                                  .d = (i8)c->d,
                                  .open = 1,
                                  .strategy = (u16)c->strategy,
                                  .conviction = (u8)conviction_of(c),
                                  .reference = from_grid(c->entry, 1e4),
                                  .stop = from_grid(c->stop, 1e4),
                                  .target = from_grid(c->target, 1e4),
                                  .a = from_grid(c->a, 1e4),
                                  .r = from_grid(stop_distance(c), 1e4),
                                  .cost_bps = shadow_cost(u, c),
                                  .m0 = prior_of(u, c),
                                  .session = session};
        return;
    }
}

void leave_follow(user_t *u, candidate_t *c, u32 reached, date_t session)
{
    ASSERT(u != NULL && c != NULL);
    cand_record_t r;
    record_candidate(c, reached, &r);
    leave_ask(u, &r, &c->confidence);
    if (c->confidence.c0 >= SHADOW_C0) {
        c->shadowed = true;
        leave_shadow(u, &r, session);
    }
}
