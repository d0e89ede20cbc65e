/* Sliced orders in the tear sheet: what they cost against their arrival, as text, page and JSON. Runs without
 * them have no such part. See report_parts.h. */
#include "base/assert.h"
#include "faces/report/html_parts.h"
#include "faces/report/report_parts.h"
#include "trade/execution/slicing.h"

enum { ORDERS_SHOWN = 8 };

static const char *symbol_of(const report_facts_t *f, const shortfall_order_t *o)
{
    return o->inst < f->inst_count ? f->own_insts[o->inst].symbol : "?";
}

/* Part filled of all orders, by their value at arrival. */
static f64 filled_part(const report_slices_t *s, i64 value)
{
    f64 filled = 0;
    for (u32 i = 0; i < s->order_count; i++) {
        const shortfall_order_t *o = &s->own_orders[i];
        filled += (f64)o->arrival_value * ((f64)o->filled / (f64)o->qty);
    }
    return value > 0 ? filled / (f64)value : 0.0;
}

void report_print_slices(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const report_slices_t *s = &r->facts.sliced;
    u32 top[ORDERS_SHOWN];
    char text[128];
    char usd[DOLLARS_TEXT];
    char all[DOLLARS_TEXT];
    i64 value = 0;
    shortfall_t sum = report_slices_sum(s, &value);
    if (s->order_count == 0) {
        return;
    }
    report_head(out, "sliced orders against their arrival (cost +)");
    (void)fprintf(out, "%u orders in %u slices, %.1f %% filled; cost %s of %s\n", s->order_count,
                  s->slice_count, 100.0 * filled_part(s, value),
                  dollars_text(usd, money_to_f64((money_t){sum.total}), DOLLARS_CENTS),
                  dollars_text(all, (f64)value / 1e6, DOLLARS_WHOLE));
    report_shortfall_print(text, sizeof text, &sum, value);
    (void)fprintf(out, "all    %s\n", text);
    u32 n = report_slices_dearest(s, ORDERS_SHOWN, top);
    if (n < s->order_count) {
        (void)fprintf(out, "the %u dearest in money:\n", n);
    }
    for (u32 i = 0; i < n; i++) {
        const shortfall_order_t *o = &s->own_orders[top[i]];
        f64 bps = 0;
        report_shortfall_print(text, sizeof text, &o->cost, o->arrival_value);
        (void)fprintf(out, "%-6s %s\n       %s, %s, %u slice%s, %.0f %% filled, %s",
                      symbol_of(&r->facts, o), text, side_name((side_t)o->side),
                      slicing_name((slicing_t)o->algo), o->slices, o->slices == 1 ? "" : "s",
                      100.0 * (f64)o->filled / (f64)o->qty,
                      o->reason != 0 ? slice_end_name((slice_end_t)o->reason) : "at work");
        if (shortfall_vs_market(o, &bps)) {
            (void)fprintf(out, "; against the market's VWAP %+.1f bps", bps);
        }
        (void)fputc('\n', out);
    }
}

static void html_cells(FILE *out, const shortfall_t *c, i64 value)
{
    const i64 parts[] = {c->delay, c->spread, c->impact, c->opportunity, c->fees, c->total};
    for (u32 i = 0; i < COUNT_OF(parts); i++) {
        (void)fprintf(out, "<td>%+.1f</td>", shortfall_bps(parts[i], value));
    }
    (void)fprintf(out, "<td>%+.2f</td>", (f64)c->total / 1e6);
}

void html_slices(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const report_slices_t *s = &r->facts.sliced;
    u32 top[ORDERS_SHOWN];
    i64 value = 0;
    shortfall_t sum = report_slices_sum(s, &value);
    u32 n = report_slices_dearest(s, ORDERS_SHOWN, top);
    (void)fputs(
        "<div class=\"wide\"><table class=\"parts\">"
        "<tr><th></th><th>slices</th><th>filled</th><th>delay</th><th>spread</th>"
        "<th>impact</th><th>unfilled</th><th>fees</th><th>bps</th><th>$</th></tr>\n",
        out);
    (void)fprintf(out, "<tr><th>%u orders</th><td>%u</td><td>%.1f %%</td>", s->order_count, s->slice_count,
                  100.0 * filled_part(s, value));
    html_cells(out, &sum, value);
    (void)fputs("</tr>\n", out);
    for (u32 i = 0; i < n; i++) {
        const shortfall_order_t *o = &s->own_orders[top[i]];
        (void)fputs("<tr><th class=\"name\">", out);
        html_text(out, symbol_of(&r->facts, o));
        (void)fprintf(out, "</th><td>%u</td><td>%.0f %%</td>", o->slices,
                      100.0 * (f64)o->filled / (f64)o->qty);
        html_cells(out, &o->cost, o->arrival_value);
        (void)fputs("</tr>\n", out);
    }
    (void)fputs("</table></div>\n", out);
}

void report_json_slices(const report_facts_t *f, jsonw_t *w)
{
    ASSERT(f != NULL && w != NULL);
    i64 value = 0;
    shortfall_t sum = report_slices_sum(&f->sliced, &value);
    jsonw_key(w, "sliced");
    jsonw_object(w);
    jsonw_put_u64(w, "count", f->sliced.order_count);
    jsonw_put_f64(w, "filled", filled_part(&f->sliced, value));
    jsonw_key(w, "shortfall");
    jsonw_object(w);
    report_shortfall_json(w, &sum, value);
    jsonw_end(w);
    jsonw_key(w, "orders");
    jsonw_array(w);
    for (u32 i = 0; i < f->sliced.order_count; i++) {
        report_slices_json(w, &f->sliced, i, symbol_of(f, &f->sliced.own_orders[i]));
    }
    jsonw_end(w);
    jsonw_end(w);
}
