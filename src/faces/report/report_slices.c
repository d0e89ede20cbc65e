/* See report_slices.h. */
#include "faces/report/report_slices.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "trade/execution/slicing.h"

static shortfall_order_t *order_of(report_slices_t *r, id128_t id, u32 *at)
{
    for (u32 i = r->order_count; i > 0; i--) { /* the newest are asked for */
        if (id128_eq(r->own_orders[i - 1].id, id)) {
            *at = i - 1;
            return &r->own_orders[i - 1];
        }
    }
    return NULL;
}

static report_slice_t *slice_of(report_slices_t *r, id128_t id)
{
    for (u32 i = r->slice_count; i > 0; i--) {
        if (id128_eq(r->own_slices[i - 1].s.id, id)) {
            return &r->own_slices[i - 1];
        }
    }
    return NULL;
}

static err_t on_intent(report_slices_t *r, const ev_INTENT_t *e, report_terms_t terms, const void *ctx)
{
    u32 at = 0;
    i32 exponent = 0;
    i64 multiplier = 1;
    if ((e->flags & INTENT_SLICED) != 0) {
        if (!terms(ctx, e->inst, &exponent, &multiplier)) {
            return ERR_CORRUPT;
        }
        TRY(list_room(&r->own_orders, &r->order_room, (size_t)r->order_count + 1, sizeof *r->own_orders));
        TRY(shortfall_order(e, exponent, multiplier, &r->own_orders[r->order_count]));
        r->order_count++;
        return ERR_OK;
    }
    if (e->role != ROLE_ENTRY || r->order_count == 0) {
        return ERR_OK;
    }
    shortfall_order_t *o = order_of(r, e->parent, &at);
    if (o != NULL) {
        TRY(list_room(&r->own_slices, &r->slice_room, (size_t)r->slice_count + 1, sizeof *r->own_slices));
        report_slice_t *s = &r->own_slices[r->slice_count++];
        s->order = at;
        shortfall_slice(o, e, &s->s);
    }
    return ERR_OK;
}

static err_t on_fill(report_slices_t *r, const ev_FILL_t *e)
{
    report_slice_t *s = e->role == ROLE_ENTRY ? slice_of(r, e->intent) : NULL;
    if (s == NULL) {
        return ERR_OK;
    }
    bool told = id128_eq(r->last.intent, e->intent) && r->last.exec_id == e->exec_id;
    return shortfall_fill(&r->own_orders[s->order], &s->s, e, told ? r->last.spread_cost : 0);
}

err_t report_slices_take(report_slices_t *r, const event_t *e, report_terms_t terms, const void *ctx)
{
    ASSERT(r != NULL && e != NULL && terms != NULL);
    u32 at = 0;
    shortfall_order_t *o = NULL;
    switch ((event_kind_t)e->head.kind) {
    case EV_INTENT:
        return on_intent(r, &e->as.INTENT, terms, ctx);
    case EV_BROKER:
        r->last = e->as.BROKER;
        return ERR_OK;
    case EV_FILL:
        return on_fill(r, &e->as.FILL);
    case EV_SLICE_PLAN:
        o = order_of(r, e->as.SLICE_PLAN.parent, &at);
        if (o != NULL) {
            o->algo = e->as.SLICE_PLAN.algo;
            o->t_end = e->as.SLICE_PLAN.t_end;
        }
        return ERR_OK;
    case EV_SLICE_END:
        o = order_of(r, e->as.SLICE_END.parent, &at);
        return o == NULL ? ERR_OK : shortfall_end(o, &e->as.SLICE_END);
    default:
        return ERR_OK;
    }
}

void report_slices_free(report_slices_t *r)
{
    ASSERT(r != NULL);
    free(r->own_orders);
    free(r->own_slices);
    *r = (report_slices_t){0};
}

shortfall_t report_slices_sum(const report_slices_t *r, i64 *value)
{
    ASSERT(r != NULL && value != NULL);
    shortfall_t sum = {0};
    *value = 0;
    for (u32 i = 0; i < r->order_count; i++) {
        shortfall_add(&sum, &r->own_orders[i].cost);
        *value += r->own_orders[i].arrival_value;
    }
    return sum;
}

u32 report_slices_dearest(const report_slices_t *r, u32 most, u32 *out)
{
    ASSERT(r != NULL && out != NULL);
    u32 n = 0;
    for (u32 i = 0; most > 0 && i < r->order_count; i++) {
        u32 k = n < most ? n++ : most;
        if (k == most) {
            if (r->own_orders[out[--k]].cost.total >= r->own_orders[i].cost.total) {
                continue;
            }
        }
        for (; k > 0 && r->own_orders[out[k - 1]].cost.total < r->own_orders[i].cost.total; k--) {
            out[k] = out[k - 1];
        }
        out[k] = i;
    }
    return n;
}

void report_shortfall_print(char *out, size_t size, const shortfall_t *c, i64 value)
{
    ASSERT(out != NULL && c != NULL);
    (void)snprintf(out, size,
                   "delay %+.1f, spread %+.1f, impact %+.1f, unfilled %+.1f, fees %+.1f = %+.1f bps",
                   shortfall_bps(c->delay, value), shortfall_bps(c->spread, value),
                   shortfall_bps(c->impact, value), shortfall_bps(c->opportunity, value),
                   shortfall_bps(c->fees, value), shortfall_bps(c->total, value));
}

void report_shortfall_json(jsonw_t *w, const shortfall_t *c, i64 value)
{
    ASSERT(w != NULL && c != NULL);
    const struct {
        const char *name;
        i64 v;
    } parts[] = {{"delay", c->delay},   {"spread", c->spread}, {"impact", c->impact},
                 {"opportunity", c->opportunity}, {"fees", c->fees}, {"total", c->total}};
    for (u32 k = 0; k < COUNT_OF(parts); k++) {
        jsonw_key(w, parts[k].name);
        jsonw_object(w);
        jsonw_key(w, "money");
        jsonw_fixed(w, parts[k].v, 6);
        jsonw_put_f64(w, "bps", shortfall_bps(parts[k].v, value));
        jsonw_end(w);
    }
}

static void put_fixed(jsonw_t *w, const char *key, i64 v, u32 scale)
{
    jsonw_key(w, key);
    jsonw_fixed(w, v, scale);
}

static void put_id(jsonw_t *w, const char *key, id128_t id)
{
    char text[23];
    id128_base32(text, id);
    jsonw_put_text(w, key, text);
}

static void json_slice(jsonw_t *w, const shortfall_slice_t *s, u32 scale)
{
    char t[36];
    time_print(t, s->t);
    jsonw_object(w);
    put_id(w, "id", s->id);
    jsonw_put_u64(w, "number", s->number);
    jsonw_put_text(w, "t", t);
    put_fixed(w, "qty", s->qty, scale);
    put_fixed(w, "filled", s->filled, scale);
    put_fixed(w, "mid", s->mid, 9);
    jsonw_key(w, "shortfall");
    jsonw_object(w);
    report_shortfall_json(w, &s->cost, s->arrival_value);
    jsonw_end(w);
    jsonw_end(w);
}

void report_slices_json(jsonw_t *w, const report_slices_t *r, u32 order, const char *symbol)
{
    ASSERT(w != NULL && r != NULL && order < r->order_count);
    const shortfall_order_t *o = &r->own_orders[order];
    u32 scale = (u32)-o->exponent;
    f64 bps = 0;
    char t[36];
    time_print(t, o->t);
    jsonw_object(w);
    put_id(w, "id", o->id);
    jsonw_put_text(w, "symbol", symbol);
    jsonw_put_text(w, "t", t);
    jsonw_put_text(w, "side", side_name((side_t)o->side));
    jsonw_put_text(w, "slicing", slicing_name((slicing_t)o->algo));
    jsonw_put_text(w, "end", o->reason != 0 ? slice_end_name((slice_end_t)o->reason) : NULL);
    put_fixed(w, "qty", o->qty, scale);
    put_fixed(w, "filled", o->filled, scale);
    put_fixed(w, "arrival", o->arrival, 9);
    put_fixed(w, "end_price", o->end, 9);
    put_fixed(w, "market_vwap", o->market, 9);
    jsonw_key(w, "vs_market_bps");
    if (shortfall_vs_market(o, &bps)) {
        jsonw_f64(w, bps);
    } else {
        jsonw_null(w);
    }
    jsonw_key(w, "shortfall");
    jsonw_object(w);
    report_shortfall_json(w, &o->cost, o->arrival_value);
    jsonw_end(w);
    jsonw_key(w, "slices");
    jsonw_array(w);
    for (u32 i = 0; i < r->slice_count; i++) {
        if (r->own_slices[i].order == order) {
            json_slice(w, &r->own_slices[i].s, scale);
        }
    }
    jsonw_end(w);
    jsonw_end(w);
}
