/* The chain of one decision, in words. See why_story.h. */
#include <stdlib.h>
#include <string.h>

#include "alpha/scoring/tier.h"
#include "base/assert.h"
#include "base/dollars.h"
#include "faces/cli/why_law.h"
#include "faces/cli/why_story.h"
#include "faces/wrap.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "trade/execution/slicing.h"

enum { WIDTH = 100, HANG = 6, YES_COLUMN = 62, RULE_COLUMN = 69 };

static const char *op_of(u16 rule)
{
    return gate_op_text(rule_find(rule)->op);
}

static bool yes_no(u16 rule)
{
    const rule_desc_t *d = rule_find(rule);
    return d->op == GATE_EQ && d->unit[0] == '\0';
}

static f64 price(i64 v)
{
    return (f64)v / 1e4;
}

/* How many each stage let through; a stage and its number stay in one line. */
static void print_funnel(app_t *app, const cycle_record_t *r)
{
    char text[64];
    int column = snprintf(text, sizeof text, "%llu entered:", (unsigned long long)r->universe);
    app_print(app, "%s", text);
    for (u32 i = 6; i < SCAN_STAGES; i++) {
        int n = snprintf(text, sizeof text, " %u %s %llu%s", i, stage_at(i)->name,
                         (unsigned long long)r->stage_out[i], i + 1 < SCAN_STAGES ? "," : "");
        if (column + n > WIDTH) {
            app_print(app, "\n%*s", HANG - 1, "");
            column = HANG - 1;
        }
        app_print(app, "%s", text);
        column += n;
    }
    app_print(app, "\n\n");
}

static void print_head(app_t *app, const why_story_t *s)
{
    const cycle_record_t *r = s->own_cycle;
    static const char *const day[] = {"neutral", "trending", "choppy"};
    char t[36];
    time_print(t, r->t);
    app_print(app, "%s  cycle %llu at %s  run %s, %s, %s", s->run.own_insts[s->inst].symbol,
              (unsigned long long)r->cycle, t, s->run.run.id.text, profile_name(s->config.profile),
              preset_name(s->config.preset));
    if (s->user[0] != '\0') {
        app_print(app, ", user %s (one of %u)", s->user, s->run.users.count);
    }
    app_print(app, "\n");
    const char *line;
    for (u32 i = 0; (line = report_origin_line(&s->run.origin, i)) != NULL; i++) {
        app_print(app, "%s\n", line);
    }
    app_print(app, "regime %s (bull %.2f, bear %.2f, stress %.2f)%s, intraday %s\n",
              r->regime < REGIME_LABELS ? regime_label_name((regime_label_t)r->regime) : "?",
              (f64)r->p_bull / 1e4, (f64)r->p_bear / 1e4, (f64)r->p_stress / 1e4,
              r->transition ? ", in transition" : "", r->intraday < COUNT_OF(day) ? day[r->intraday] : "?");
    print_funnel(app, r);
}

static bool of_coin(const why_story_t *s)
{
    return s->run.own_insts[s->inst].cls == CLASS_CRYPTO;
}

static void print_gate(app_t *app, const gate_t *g)
{
    char v[48];
    char t[48];
    const rule_desc_t *d = rule_find(g->rule);
    why_number(v, g->rule, g->value);
    why_number(t, g->rule, g->threshold);
    const char *verdict = gate_holds(g) ? "pass" : "FAIL";
    if (yes_no(g->rule)) {
        app_print(app, "  %s  %-20s %14s%17s  ", verdict, d->name, g->value == 1 ? "yes" : "no",
                  "must be yes");
        put_wrapped(app->out, d->text, YES_COLUMN, WIDTH);
    } else {
        app_print(app, "  %s  %-20s %14s %-2s %13s %-7s ", verdict, d->name, v, op_of(g->rule), t, d->unit);
        put_wrapped(app->out, d->text, RULE_COLUMN, WIDTH);
    }
}

static void print_law(app_t *app, const why_story_t *s, const gate_t *g)
{
    why_law_t law;
    const cycle_record_t *r = s->own_cycle;
    if (!gate_holds(g) && !of_coin(s) && why_law_of(g, &s->config, (date_t)r->session, r->t, &law)) {
        app_print(app, "        law: %s\n        do: %s\n", law.citation, law.remedy);
    }
}

static void print_gates(app_t *app, const why_story_t *s)
{
    const why_t *w = &s->why;
    u32 group = UINT32_MAX;
    for (u32 i = 0; i < w->gates.count; i++) {
        const gate_t *g = &w->gates.v[i];
        if (w->stage == 7 && g->group != group) {
            group = g->group;
            app_print(app, "  %s, %s: all must hold\n",
                      strategy_find((u16)(group / 2)) != NULL ? strategy_find((u16)(group / 2))->name : "?",
                      group % 2 == 0 ? "long" : "short");
        }
        if (of_coin(s) && gate_holds(g) && why_law_alone(g->rule)) {
            continue; /* no law of securities was asked */
        }
        print_gate(app, g);
        print_law(app, s, g);
    }
}

/* What stood: since when, what it is called, and the law that it follows, if it follows one. */
static void print_halt(app_t *app, const why_story_t *s)
{
    char since[36];
    char until[36];
    const char *law = why_halt_law((halt_kind_t)s->halt.kind, (date_t)s->own_cycle->session);
    time_print(since, s->halt.t_event);
    app_print(app, "  %s since %s", halt_kind_name((halt_kind_t)s->halt.kind), since);
    if (s->halt.resumes > 0) {
        time_print(until, s->halt.resumes);
        app_print(app, ", until %s at the earliest\n", until);
    } else {
        app_print(app, ", no end was named\n");
    }
    if (law != NULL) {
        app_print(app, "        law: %s\n", law);
    }
}

/* What an option chain said. */
static void chain_text(char *out, size_t size, const bulletin_t *b)
{
    char day[11];
    char sum[DOLLARS_TEXT];
    f64 v = bulletin_value(b);
    const char *side = v > 0 ? "above" : "below";
    date_print(day, calendar_date_at(CAL_NYSE, b->t_event));
    switch ((bulletin_kind_t)b->kind) {
    case BULLETIN_IV:
        (void)snprintf(out, size, "options expect %.1f %% a year over thirty days", 100.0 * v);
        break;
    case BULLETIN_GAMMA:
        (void)snprintf(out, size, "gamma exposure %s for a move of 1 %%",
                       dollars_text(sum, v, DOLLARS_SIGN));
        break;
    case BULLETIN_FLIP:
        (void)snprintf(out, size, "gamma exposure changes its sign at %.20s, %.1f %% %s the close", b->text,
                       100.0 * q_abs(v), side);
        break;
    case BULLETIN_MAX_PAIN:
        (void)snprintf(out, size, "options that end on %s pay least at %.20s, %.1f %% %s the close", day,
                       b->text, 100.0 * q_abs(v), side);
        break;
    default:
        (void)snprintf(out, size, "options until %s expect %.1f %% either way", day, 100.0 * v);
        break;
    }
}

void why_heard_text(char out[WHY_HEARD_TEXT], const bulletin_t *b)
{
    char at[36];
    char sum[DOLLARS_TEXT];
    char value[DOLLARS_TEXT + 1] = "";
    ASSERT(out != NULL && b != NULL);
    time_print(at, b->t_known);
    if (b->kind == BULLETIN_CALENDAR) {
        char due[11];
        date_print(due, calendar_date_at(CAL_NYSE, b->t_event));
        (void)snprintf(out, WHY_HEARD_TEXT, "%s  results are due on %s", at, due);
        return;
    }
    if (bulletin_is_of_chain((bulletin_kind_t)b->kind)) {
        char said[BULLETIN_TEXT + 40];
        chain_text(said, sizeof said, b);
        (void)snprintf(out, WHY_HEARD_TEXT, "%s  %s", at, said);
        return;
    }
    bool judged = (b->kind == BULLETIN_NEWS || b->kind == BULLETIN_REPORT) && b->value != BULLETIN_NO_VALUE;
    if (judged) {
        (void)snprintf(value, sizeof value, " %+.2f", bulletin_value(b));
    } else if (b->value != BULLETIN_NO_VALUE) {
        (void)snprintf(value, sizeof value, " %s", dollars_text(sum, bulletin_value(b), DOLLARS_SIGN));
    }
    (void)snprintf(out, WHY_HEARD_TEXT, "%s  %s%s%s%s", at, bulletin_kind_name((bulletin_kind_t)b->kind),
                   value, b->text[0] != '\0' ? "  " : "", b->text);
}

/* The places of a tenth of the time and more, the longest first. */
static void print_took(app_t *app, const why_story_t *s)
{
    u64 left = s->took.wall;
    const char *sep = ":";
    if (s->took.wall == 0) {
        return;
    }
    app_print(app, "decided in %.0f us", (f64)s->took.wall / 1e3);
    for (bool shown[PROBE_PLACES] = {0};;) {
        u32 most = 0;
        for (u32 i = 1; i < PROBE_PLACES; i++) {
            most = !shown[i] && (most == 0 || s->took.place[i] > s->took.place[most]) ? i : most;
        }
        if (most == 0 || s->took.place[most] * 10 < s->took.wall) {
            break;
        }
        shown[most] = true;
        left -= MIN_OF(left, s->took.place[most]);
        app_print(app, "%s %s %.0f", sep, flight_place_name(most), (f64)s->took.place[most] / 1e3);
        sep = ",";
    }
    app_print(app, "%s the rest %.0f\n", sep, (f64)left / 1e3);
}

static void print_heard(app_t *app, const why_story_t *s)
{
    for (u32 i = 0; i < s->heard_count; i++) {
        char text[WHY_HEARD_TEXT];
        why_heard_text(text, &s->heard[i]);
        app_print(app, "%s %s\n", i == 0 ? "heard:" : "      ", text);
    }
}

static void print_screen(app_t *app, const why_t *w)
{
    u32 n = 0;
    for (u32 bit = 0; bit < 15; bit++) {
        bool set = (w->mask & (1U << bit)) != 0;
        if (set && (u32)(RULE_HISTORY + bit) != w->gates.v[0].rule) {
            const rule_desc_t *d = rule_find((u16)(RULE_HISTORY + bit));
            app_print(app, "  FAIL  %-20s %14s%17s  ", d->name, "not recorded", "");
            put_wrapped(app->out, d->text, YES_COLUMN, WIDTH);
            n++;
        }
    }
    if (n == 0) {
        app_print(app, "  no other rule of this stage failed\n");
    }
}

static void print_change(app_t *app, const why_t *w)
{
    if (w->change < 0) {
        app_print(app, "smallest change: no single change (several rules failed together)\n");
    } else {
        const gate_t *g = &w->gates.v[w->change];
        const rule_desc_t *d = rule_find(g->rule);
        char v[48];
        char n[48];
        char by[48];
        why_number(v, g->rule, g->value);
        why_number(n, g->rule, w->needed);
        why_number(by, g->rule, w->needed - g->value);
        if (yes_no(g->rule)) {
            app_print(app, "smallest change: %s, no to yes (%s)\n", d->name, d->text);
        } else {
            app_print(app, "smallest change: %s from %s to %s (%s%s%s%s)\n", d->name, v, n,
                      w->needed > g->value ? "+" : "", by, d->unit[0] ? " " : "", d->unit);
        }
        if (g->rule == RULE_BAR_PRESENT || g->rule == RULE_HISTORY || g->rule == RULE_NOT_HALTED ||
            g->rule == RULE_MEMBER) {
            app_print(app,
                      "  the stage's other rules were not asked: nothing else was known of the symbol\n");
        }
    }
    if (w->stage < SCAN_STAGES) {
        app_print(app, "next: stage %u, %s, not evaluated\n", w->stage + 1, stage_at(w->stage + 1)->title);
    }
}

static void print_screen_score(app_t *app, const cand_record_t *c)
{
    app_print(app, "screener %.2f =", (f64)c->s / 100);
    for (u32 i = 0; i < SCREEN_PARTS; i++) {
        app_print(app, "%s %s %.2f", i > 0 ? "," : "", screen_part_name(i), (f64)c->part[i] / 100);
    }
    if (c->boost > 0) {
        app_print(app, ", boost %.2f", (f64)c->boost / 100);
    }
    app_print(app, "\n");
}

static void print_setup(app_t *app, const cand_record_t *c, bool coin)
{
    char t[5][PRICE_TEXT];
    const strategy_desc_t *st = strategy_find((u16)c->strategy);
    const char *tier = signal_tier_name(signal_tier((f64)c->d * (f64)c->score / 1e4));
    app_print(app, "%s %s  %s  score %.4f from %.4f, %.4f, %.4f\n", st != NULL ? st->name : "?",
              c->d > 0 ? "long" : "short", tier, (f64)c->score / 1e4, (f64)c->component[0] / 1e4,
              (f64)c->component[1] / 1e4, (f64)c->component[2] / 1e4);
    app_print(app, "  entry %s  stop %s  target %s  level %s  A %s  room %.2f R\n",
              price_text(t[0], price(c->entry), coin), price_text(t[1], price(c->stop), coin),
              price_text(t[2], price(c->target), coin), price_text(t[3], price(c->level), coin),
              price_text(t[4], price(c->a), coin), (f64)c->room / 100);
    app_print(app, "  composite %.2f (bonus %.2f, regime x %.4f), spread %.2f bps\n", (f64)c->composite / 100,
              (f64)c->bonus / 100, (f64)c->regime_mult / 1e4, (f64)c->spread_bps / 100);
}

static void print_conviction(app_t *app, const cand_record_t *c)
{
    static const char *const debate[] = {"none", "agree", "disagree", "against", "open"};
    u32 order[EVIDENCE_COUNT];
    u32 n = why_evidence_order(c, order);
    app_print(
        app, "conviction %lld, model %lld, debate %s (team x %.4f): final %.2f ranks, %.2f meets the gates\n",
        (long long)c->conviction, (long long)c->conviction_model,
        c->debate < COUNT_OF(debate) ? debate[c->debate] : "?", (f64)c->team / 1e4, (f64)c->final_rank / 100,
        (f64)c->final_gate / 100);
    if ((c->flags & CAND_UNASKED) != 0) {
        app_print(app, "  no model was asked: ai.cycle_cents was spent on candidates before it\n");
    }
    for (u32 i = 0; i < n; i++) {
        app_print(app, "  %+8.2f  %-24s saw %.4f\n", (f64)c->evidence[order[i]].points / 100,
                  evidence_name((u8)c->evidence[order[i]].id), (f64)c->evidence[order[i]].value / 1e4);
    }
    app_print(app, "  unknown, no points:");
    u32 unknown = 0;
    for (u32 i = 0; i < c->evidence_count; i++) {
        if (!c->evidence[i].known) {
            app_print(app, "%s %s", unknown++ > 0 ? "," : "", evidence_name((u8)c->evidence[i].id));
        }
    }
    app_print(app, "%s\n  risks:", unknown == 0 ? " none" : "");
    u32 risks = 0;
    for (u32 i = 0; i < n && risks < 3; i++) {
        if (c->evidence[order[i]].points < 0) {
            app_print(app, "%s %s", risks++ > 0 ? "," : "", evidence_name((u8)c->evidence[order[i]].id));
        }
    }
    app_print(app, "%s\n", risks == 0 ? " none seen" : "");
}

static void print_size(app_t *app, const cand_record_t *c, bool coin)
{
    app_print(
        app, "size %.4f %s, quality %lld, risk used %.4f %%, factor %.4f, cost %.2f bps of planned %.2f\n",
        (f64)c->quantity / 1e4, coin ? "coins" : "shares", (long long)c->quality, (f64)c->risk_used / 1e4,
        (f64)c->factor / 1e4, (f64)c->cost_bps / 100, (f64)c->profit_bps / 100);
    for (u32 i = 1; i < SIZE_STEPS; i++) {
        if (c->shares[i] != 0 || c->binding == i) {
            app_print(app, "  %-24s %14.4f%s\n", size_step_name((size_step_t)i), (f64)c->shares[i] / 1e4,
                      c->binding == i ? "  <- binds" : "");
        }
    }
}

static void print_confidence(app_t *app, const cand_record_t *c)
{
    app_print(
        app,
        "confidence %.4f against %.4f: prior %.4f, evidence n %.2f moves the mean by %+.4f R all, %+.4f R "
        "this kind; expected %.4f R\n",
        (f64)c->confidence / 1e4, (f64)c->threshold / 1e4, (f64)c->c0 / 1e4, (f64)c->n_kind / 100,
        (f64)c->delta / 1e4, (f64)c->dk / 1e4, (f64)c->ev_r / 1e4);
    if ((c->flags & CAND_WEIGHTED) != 0) {
        app_print(app, "rank x %.4f: drawn for the session from the strategy's own results on this side\n",
                  (f64)c->weight / 1e4);
    }
}

static void print_candidate(app_t *app, const cand_record_t *c, bool coin)
{
    u64 reached = c->traded ? 13 : c->refused_stage;
    print_screen_score(app, c);
    if (reached >= 8) {
        print_setup(app, c, coin);
    }
    if (reached >= 9) {
        print_conviction(app, c);
    }
    if (reached >= 11) {
        print_size(app, c, coin);
    }
    if (reached >= 12) {
        print_confidence(app, c);
    }
}

static const char *qty_text(char out[32], i64 qty, i32 exponent)
{
    (void)fixed_print(out, 32, qty, (u32)-exponent, 0);
    return out;
}

/* The prices that an order has; with one alone its type says which. */
static const char *prices_text(char out[96], const ev_INTENT_t *e, bool coin)
{
    char limit[PRICE_TEXT];
    char stop[PRICE_TEXT];
    (void)price_text(limit, (f64)e->limit / 1e9, coin);
    (void)price_text(stop, (f64)e->stop / 1e9, coin);
    out[0] = '\0';
    if (e->limit != 0 && e->stop != 0) {
        (void)snprintf(out, 96, ", limit %s, stop %s", limit, stop);
    } else if (e->limit != 0 || e->stop != 0) {
        (void)snprintf(out, 96, " %s", e->limit != 0 ? limit : stop);
    }
    return out;
}

/* Under an order that left as one with those of others: the order that the broker knows. */
static void print_bunch(app_t *app, const why_story_t *s, u32 order, u32 scale)
{
    for (u32 i = 0; i < s->bunch_count; i++) {
        char id[23];
        char text[512];
        if (s->bunch[i].intent == order) {
            id128_base32(id, s->bunch[i].of.id);
            why_bunch_text(text, s, i, scale);
            app_print(app, "      placed as %s %s\n", id, text);
        }
    }
}

static void print_orders(app_t *app, const why_story_t *s)
{
    char t[36];
    char qty[32];
    char prices[96];
    char at[PRICE_TEXT];
    u32 scale = (u32)-s->run.own_insts[s->inst].exponent;
    for (u32 i = 0; i < s->intent_count; i++) {
        const ev_INTENT_t *e = &s->intent[i];
        char id[23];
        id128_base32(id, e->id);
        time_print(t, e->t_decided);
        (void)fixed_print(qty, sizeof qty, e->qty, scale, 0);
        app_print(app, "order %s  %s %-6s %s %s %s%s%s: %s\n", id, t, order_role_name((order_role_t)e->role),
                  side_name((side_t)e->side), qty, order_type_name((order_type_t)e->type),
                  prices_text(prices, e, of_coin(s)), (e->flags & INTENT_PROBE) != 0 ? ", probe" : "",
                  s->state[i] != 0 ? order_state_name((order_state_t)s->state[i]) : "no word yet");
        print_bunch(app, s, i, scale);
    }
    for (u32 i = 0; i < s->fill_count; i++) {
        const ev_FILL_t *e = &s->fill[i];
        time_print(t, e->t_event);
        (void)fixed_print(qty, sizeof qty, e->qty, scale, 0);
        app_print(app, "fill  %s  %-6s %s %s at %s, fee %.4f, realised %+.2f\n", t,
                  order_role_name((order_role_t)e->role), side_name((side_t)e->side), qty,
                  price_text(at, (f64)e->price / 1e9, of_coin(s)), (f64)e->fee / 1e6, (f64)e->realised / 1e6);
    }
}

static void print_cash(app_t *app, const why_story_t *s)
{
    char from[36];
    char to[36];
    char text[120];
    for (u32 i = 0; i < s->cash_count; i++) {
        time_print(from, s->cash[i].from);
        time_print(to, s->cash[i].to);
        why_cash_text(text, &s->cash[i], (u32)-s->run.own_insts[s->inst].exponent);
        app_print(app, "cash  %s%s%s  %s\n", from, s->cash[i].bookings > 1 ? " to " : "",
                  s->cash[i].bookings > 1 ? to : "", text);
    }
}

/* What leaving at the mark comes to, before it is done. */
static void print_tax(app_t *app, const why_story_t *s, u32 i)
{
    const lots_sale_t *x = &s->tax[i].sale;
    char each[PRICE_TEXT];
    char day[2][11];
    char qty[32];
    const report_inst_t *t = &s->run.own_insts[s->inst];
    if (!s->tax[i].known) {
        return;
    }
    date_print(day[0], x->wash_until);
    date_print(day[1], x->long_from);
    (void)fixed_print(qty, sizeof qty, s->tax[i].qty, (u32)-t->exponent, 0);
    app_print(app, "  tax  at the mark: %s, short-term %+.2f, long-term %+.2f", qty,
              money_to_f64(x->gain_short), money_to_f64(x->gain_long));
    if (x->disallowed.v > 0) {
        app_print(app, ", %.2f of loss deferred by what was bought in the %d days before",
                  money_to_f64(x->disallowed), LOTS_WASH_DAYS);
    }
    if (x->at_risk.v > 0) {
        app_print(app, ", %.2f of loss deferred if it is bought back by %s", money_to_f64(x->at_risk),
                  day[0]);
    }
    if (x->long_from != 0) {
        app_print(app, ", long-term from %s", day[1]);
    }
    if (s->rates_known) {
        f64 units = (f64)s->tax[i].qty / (f64)fixed_pow10((u32)-t->exponent) * (f64)t->multiplier;
        app_print(app, "; tax %+.2f, %.2f left, %s a %s after tax", money_to_f64(x->tax),
                  money_to_f64(x->after_tax),
                  price_text(each, money_to_f64(x->after_tax) / units, of_coin(s)),
                  of_coin(s) ? "coin" : "share");
    }
    app_print(app, "\n");
}

/* What it cost against having all of it at the decision, slice by slice. */
static void print_shortfall(app_t *app, const why_story_t *s)
{
    const report_slices_t *r = &s->sliced;
    char text[128];
    if (s->sliced_at >= r->order_count) {
        return;
    }
    const shortfall_order_t *o = &r->own_orders[s->sliced_at];
    app_print(app, "%s in %u slice%s: %s of %s filled; %s\n", slicing_name((slicing_t)o->algo), o->slices,
              o->slices == 1 ? "" : "s", qty_text((char[32]){0}, o->filled, o->exponent),
              qty_text((char[32]){0}, o->qty, o->exponent),
              o->reason != 0 ? slice_end_name((slice_end_t)o->reason) : "at work");
    for (u32 i = 0; i < r->slice_count; i++) {
        const shortfall_slice_t *k = &r->own_slices[i].s;
        if (r->own_slices[i].order == s->sliced_at) {
            report_shortfall_print(text, sizeof text, &k->cost, k->arrival_value);
            app_print(app, "slice %u  %s of %s at %s: %s\n", k->number,
                      qty_text((char[32]){0}, k->filled, o->exponent),
                      qty_text((char[32]){0}, k->qty, o->exponent),
                      price_text((char[PRICE_TEXT]){0}, (f64)k->mid / 1e9, of_coin(s)), text);
        }
    }
    report_shortfall_print(text, sizeof text, &o->cost, o->arrival_value);
    app_print(app, "shortfall against %s: %s = %+.2f\n",
              price_text((char[PRICE_TEXT]){0}, (f64)o->arrival / 1e9, of_coin(s)), text,
              (f64)o->cost.total / 1e6);
}

static void print_end(app_t *app, const why_story_t *s)
{
    char t[36];
    char at[3][PRICE_TEXT];
    for (u32 i = 0; i < s->exit_count; i++) {
        const exit_record_t *x = &s->exit[i];
        time_print(t, x->t);
        app_print(app, "exit  %s  %s; fired:", t,
                  x->reason < EXIT_REASON_COUNT ? exit_reason_name((exit_reason_t)x->reason) : "?");
        for (u32 k = 1; k < EXIT_REASON_COUNT; k++) {
            if ((x->fired & (1ULL << k)) != 0) {
                app_print(app, " %s", exit_reason_name((exit_reason_t)k));
            }
        }
        app_print(
            app, "; mark %s best %s stop %s after %lld min, %lld bars\n",
            price_text(at[0], price(x->mark), of_coin(s)), price_text(at[1], price(x->best), of_coin(s)),
            price_text(at[2], price(x->stop), of_coin(s)), (long long)x->minutes, (long long)x->held_bars);
        print_tax(app, s, i);
    }
    if (s->more > 0) {
        app_print(app, "(%u more rows left off)\n", s->more);
    }
    if (!s->has_lesson) {
        app_print(app, s->fill_count > 0 ? "still open at the end of the record\n"
                                         : "no fill: nothing was held\n");
        return;
    }
    const lesson_record_t *l = &s->lesson;
    app_print(app,
              "closed by %s: net %+.2f = %+.4f R; gross %+.2f, fees %.2f, dividends %+.2f; in the prices: "
              "spread %.2f,"
              " slippage %.2f, impact %.2f; best %s%s, worst -%s a %s\n",
              l->reason < EXIT_REASON_COUNT ? exit_reason_name((exit_reason_t)l->reason) : "?",
              (f64)l->net / 1e6, (f64)l->net_r / 1e6, (f64)l->gross / 1e6, (f64)l->fees / 1e6,
              (f64)l->dividends / 1e6, (f64)l->spread_cost / 1e6, (f64)l->slippage_cost / 1e6,
              (f64)l->impact_cost / 1e6, l->mfe < 0 ? "" : "+",
              price_text(at[0], (f64)l->mfe / 1e9, of_coin(s)),
              price_text(at[1], (f64)l->mae / 1e9, of_coin(s)), of_coin(s) ? "coin" : "share");
}

/* The moments to ask for instead, where this cycle is not what was meant. */
static void print_elsewhere(app_t *app, const why_story_t *s)
{
    const struct {
        const char *says;
        i64 t;
    } at[] = {
        {"the last cycle before that came to it:", s->why.outcome == WHY_STOPPED ? s->t_entered : 0},
        {"it was last traded at", s->t_traded},
    };
    for (u32 i = 0; i < COUNT_OF(at); i++) {
        char t[36];
        if (at[i].t != 0) {
            time_print(t, at[i].t);
            app_print(app, "%s %s\n", at[i].says, t);
        }
    }
}

static void print_stopped_later(app_t *app, const why_story_t *s)
{
    char t[36];
    if (s->stopped_count == 0) {
        return;
    }
    time_print(t, s->stopped_t);
    bool one = s->stopped_count == 1;
    app_print(app,
              "%u later cycle%s of this session %s stopped before %s came to it, the last at stage %u, %s\n",
              s->stopped_count, one ? "" : "s", one ? "was" : "were", one ? "it" : "they", s->stopped_stage,
              stage_at(s->stopped_stage)->title);
    bool named = s->user[0] != '\0' && s->run.users.count > 1 && strcmp(s->user, WHY_HOUSE) != 0;
    app_print(app, "`vitrine why %s %s --run %s%s%s` tells of it\n", s->run.own_insts[s->inst].symbol, t,
              s->run.run.id.text, named ? " --user " : "", named ? s->user : "");
}

static void tell(app_t *app, const why_story_t *s)
{
    const why_t *w = &s->why;
    print_head(app, s);
    print_stopped_later(app, s);
    switch (w->outcome) {
    case WHY_ABSENT:
        app_print(app, "it did not enter this cycle: not listed yet, or no bar ever seen\n");
        return;
    case WHY_STOPPED:
        app_print(app, "the cycle was stopped at stage %u, %s\n", w->stage, stage_at(w->stage)->title);
        break;
    case WHY_REFUSED:
        app_print(app, "refused at stage %u, %s\n", w->stage, stage_at(w->stage)->title);
        break;
    case WHY_TRADED:
        app_print(app, "traded\n");
        break;
    case WHY_HANDED:
        app_print(app, "the house handed it on, and the record has no cycle of this user that took it up\n");
        break;
    }
    print_heard(app, s);
    print_took(app, s);
    if (w->outcome != WHY_TRADED && w->outcome != WHY_HANDED) {
        print_gates(app, s);
        if (s->halted) {
            print_halt(app, s);
        }
        if (w->mask != 0) {
            print_screen(app, w);
        }
        print_change(app, w);
        print_elsewhere(app, s);
        app_print(app, "\n");
    }
    if (w->cand != NULL) {
        print_candidate(app, w->cand, of_coin(s));
    }
    if (w->outcome == WHY_TRADED) {
        app_print(app, "gates passed:\n");
        print_gates(app, s);
        print_orders(app, s);
        print_cash(app, s);
        print_shortfall(app, s);
        print_end(app, s);
    }
}

/* The story is told into memory and printed in lines that fit. */
void why_text(app_t *app, const why_story_t *s)
{
    ASSERT(app != NULL && s != NULL && s->own_cycle != NULL);
    char *own = NULL;
    size_t n = 0;
    FILE *out = app->out;
    FILE *memory = open_memstream(&own, &n);
    if (memory == NULL) { /* for want of memory in lines as long as they are */
        tell(app, s);
        return;
    }
    app->out = memory;
    tell(app, s);
    app->out = out;
    if (fclose(memory) == 0) {
        put_lines(out, own, HANG, WIDTH);
    }
    free(own);
}
