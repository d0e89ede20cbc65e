/* See report_share.h. */
#include "faces/report/report_share.h"

#include "base/assert.h"
#include "faces/report/html_parts.h"
#include "faces/report/report_parts.h"

static const struct {
    f64 most; /* of the volume */
    const char *name;
} shares[SHARES] = {
    {0.001, "up to 0.1 %"}, {0.01, "up to 1 %"}, {0.05, "up to 5 %"}, {1e300, "more"}};

const char *report_share_name(u32 part)
{
    ASSERT(part < SHARES);
    return shares[part].name;
}

void report_share_add(report_share_t *s, const lesson_record_t *l, i64 volume)
{
    ASSERT(s != NULL && l != NULL);
    if (volume <= 0 || l->qty <= 0) {
        return;
    }
    f64 share = (f64)l->qty / (f64)volume;
    u32 k = 0;
    while (k + 1 < SHARES && share > shares[k].most) {
        k++;
    }
    f64 r = (f64)l->net_r / 1e6;
    report_share_part_t *p = &s->part[k];
    p->n++;
    p->r += r;
    p->r2 += r * r;
    p->costs += l->spread_cost + l->slippage_cost + l->impact_cost + l->fees;
    s->known++;
}

/* Of all costs of the trades that stand in a part. */
static f64 cost_part(const report_share_t *s, u32 k)
{
    f64 all = 0;
    for (u32 i = 0; i < SHARES; i++) {
        all += (f64)s->part[i].costs;
    }
    return all > 0 ? (f64)s->part[k].costs / all : 0.0;
}

static void unknown_text(const report_t *r, char out[REPORT_TEXT])
{
    (void)snprintf(out, REPORT_TEXT, "%u of %u trades: no bar with a volume is at hand",
                   r->facts.trade_count - r->share.known, r->facts.trade_count);
}

void report_print_share(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const report_share_t *s = &r->share;
    char text[REPORT_TEXT];
    if (r->facts.trade_count == 0) {
        return;
    }
    report_head(out, "by share of the volume of the bar that an entry began in");
    if (s->known > 0) {
        (void)fprintf(out, "%-22s%10s%14s%12s%16s\n", "quantity of volume", "trades", "mean net R",
                      "+- error", "part of costs");
    }
    for (u32 k = 0; k < SHARES; k++) {
        const report_share_part_t *p = &s->part[k];
        if (p->n > 0) {
            report_mean_t m = report_mean(p->n, p->r, p->r2);
            (void)fprintf(out, "%-22s%10u%14.4f%12.4f%14.1f %%\n", report_share_name(k), p->n, m.mean,
                          m.error, 100.0 * cost_part(s, k));
        }
    }
    if (s->known < r->facts.trade_count) {
        unknown_text(r, text);
        report_put_value(out, "unknown", "%s", text);
    }
}

void html_share(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const report_share_t *s = &r->share;
    char text[REPORT_TEXT];
    if (s->known < r->facts.trade_count) {
        unknown_text(r, text);
        (void)fputs("<p>Unknown of ", out);
        html_text(out, text);
        (void)fputs("</p>\n", out);
    }
    if (s->known == 0) {
        return;
    }
    (void)fputs("<div class=\"wide\"><table class=\"parts\"><tr><th></th><th>trades</th>"
                "<th>mean net R</th><th>error</th><th>of the costs</th></tr>\n",
                out);
    for (u32 k = 0; k < SHARES; k++) {
        const report_share_part_t *p = &s->part[k];
        if (p->n > 0) {
            report_mean_t m = report_mean(p->n, p->r, p->r2);
            (void)fputs("<tr><th class=\"name\">", out);
            html_text(out, report_share_name(k));
            (void)fprintf(out, "</th><td>%u</td><td>%+.4f</td><td>%.4f</td><td>%.1f %%</td></tr>\n", p->n,
                          m.mean, m.error, 100.0 * cost_part(s, k));
        }
    }
    (void)fputs("</table></div>\n", out);
}

void report_json_share(const report_t *r, jsonw_t *w)
{
    ASSERT(r != NULL && w != NULL);
    const report_share_t *s = &r->share;
    jsonw_key(w, "by_share_of_bar_volume");
    jsonw_object(w);
    jsonw_put_u64(w, "unknown", r->facts.trade_count - s->known);
    jsonw_key(w, "parts");
    jsonw_array(w);
    for (u32 k = 0; k < SHARES; k++) {
        const report_share_part_t *p = &s->part[k];
        report_mean_t m = p->n > 0 ? report_mean(p->n, p->r, p->r2) : (report_mean_t){0};
        jsonw_object(w);
        jsonw_put_text(w, "share", report_share_name(k));
        jsonw_put_u64(w, "trades", p->n);
        jsonw_put_f64(w, "mean_net_r", m.mean);
        jsonw_put_f64(w, "error_r", m.error);
        jsonw_put_f64(w, "part_of_costs", cost_part(s, k));
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}
