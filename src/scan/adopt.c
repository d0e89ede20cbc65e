/* Stages 6 to 10 of a user's cycle in global mode: what the house found, under this user's own filters and
 * thresholds (decision 36, docs/decisions/0021). The numbers are the house's, the judgement is the user's: it
 * can only refuse. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "scan/adopt.h"
#include "scan/leave.h"

/* A candidate as the house handed it on, before anything of this user's. */
static void take(const candidate_t *from, candidate_t *to)
{
    *to = *from;
    to->gates = (gates_t){0};
    to->watched = false;
    to->shadowed = false;
    to->probe = false;
    to->size_in = (size_in_t){0};
    to->size = (size_out_t){0};
    to->confidence = (confidence_answer_t){0};
    to->intent = (id128_t){0};
}

/* The filters of stage 6 that are this user's: holdings, exclusions, and the bounds that a preference moves.
 */
static void filter(scan_t *s, candidate_t *c)
{
    const config_t *k = &s->config;
    const user_t *u = s->user;
    const market_view_t *v = &s->shared->view;
    gates_t *g = &c->gates;
    bool held =
        account_position_const(u->account, c->inst) != NULL || account_entry_working(u->account, c->inst);
    f64 since =
        u->backoff_from[c->inst] == 0 ? 1e9 : (f64)((s->shared->now - u->backoff_from[c->inst]) / NS_PER_SEC);
    (void)gate_check(g, RULE_NO_POSITION, held ? 0.0 : 1.0, 1.0);
    (void)gate_check(g, RULE_NOT_EXCLUDED, u->excluded[c->inst] ? 0.0 : 1.0, 1.0);
    (void)gate_check(g, RULE_BACKOFF, since, (f64)k->screen_entry_backoff);
    (void)gate_check(g, RULE_NO_TWIN, screen_twin_held(s, c->inst) ? 0.0 : 1.0, 1.0);
    if (!s->shared->levels_barred) {
        f64 raw = view_get(v, FEATURE_RAW, c->inst);
        (void)gate_check(g, RULE_PRICE_MIN, raw, s->micro ? k->micro_min_price : k->screen_min_price);
        if (s->micro) {
            (void)gate_check(g, RULE_PRICE_MAX, raw, k->micro_max_price);
        }
    }
    (void)gate_check(g, RULE_DOLLAR_VOLUME, view_get(v, FEATURE_DOLLAR20, c->inst),
                     s->micro ? k->screen_min_dollar_vol_micro : k->screen_min_dollar_vol);
    (void)gate_check(g, RULE_SPREAD_MAX, c->spread_bps, k->screen_max_spread_bps);
}

/* The thresholds of stages 8 and 9; 7 and 10 have none that a preference moves. */
static void thresholds(scan_t *s, candidate_t *c)
{
    if (s->stage == 8) {
        composite_gates(&s->config, c);
    } else if (s->stage == 9) {
        conviction_gates(&s->config, c);
    } else {
        c->gates = (gates_t){0};
    }
}

/* What the house handed on enters this user's cycle; the rest was refused once, in the house's record. */
static void enter(scan_t *s)
{
    const scan_t *h = s->house;
    s->cand_count = 0;
    s->rank_cut = h->rank_cut;
    for (u32 i = 0; i < h->cand_count; i++) {
        if (h->cand[i].handed) {
            take(&h->cand[i], &s->cand[s->cand_count]);
            s->cand[s->cand_count++].handed = false;
        }
    }
    s->universe = s->cand_count;
}

void scan_adopt(scan_t *s)
{
    ASSERT(s != NULL && s->house != NULL && !s->house->active);
    ASSERT(s->stage >= SCAN_HOUSE_FIRST && s->stage <= SCAN_HOUSE_LAST);
    if (s->stage == SCAN_HOUSE_FIRST) {
        enter(s);
    }
    s->count[s->stage].in = scan_alive(s);
    for (u32 i = 0; i < s->cand_count; i++) {
        candidate_t *c = &s->cand[i];
        if (c->refused_stage != 0) {
            continue;
        }
        if (s->stage == SCAN_HOUSE_FIRST) {
            filter(s, c);
        } else {
            thresholds(s, c);
        }
        if (c->gates.failed > 0) {
            scan_refuse(s, c, s->stage);
        }
    }
    s->count[s->stage].out = scan_alive(s);
}

void scan_hand_on(scan_t *s)
{
    ASSERT(s != NULL && s->is_house);
    for (u32 i = 0; i < s->cand_count; i++) {
        candidate_t *c = &s->cand[i];
        if (c->refused_stage == 0) {
            c->handed = true;
            c->gates = (gates_t){0};
            leave_follow(s->user, c, SCAN_HOUSE_LAST, s->shared->session); /* it has no money to lose */
        }
    }
}
