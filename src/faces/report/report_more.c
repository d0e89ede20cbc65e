/* Figures that people of other programs look for: when the deepest fall was, how long winners and losers were
 * held, what a trade had been worth at its best and worst. See report_parts.h. */
#include "faces/report/report_parts.h"

#include "base/assert.h"
#include "base/fixed.h"
#include "faces/report/html_parts.h"
#include "quant/math/qmath.h"

enum { ROWS = 7, NAME = 32, TEXT = 96 };

typedef struct {
    char name[ROWS][NAME];
    char text[ROWS][TEXT];
    u32 count;
} rows_t;

/* Equity has the eve of the first session in front. */
static date_t day_of(const report_facts_t *f, u32 index)
{
    return index == 0 ? f->own_days[0].session - 1 : f->own_days[index - 1].session;
}

static void held_text(f64 seconds, char out[24])
{
    f64 hours = seconds / 3600.0;
    if (hours < 2.0) {
        (void)snprintf(out, 24, "%.0f min", seconds / 60.0);
    } else if (hours < 48.0) {
        (void)snprintf(out, 24, "%.1f hours", hours);
    } else {
        (void)snprintf(out, 24, "%.1f days", hours / 24.0);
    }
}

/* From the highest mark at a session's end down to the lowest within a later one. Not known where a day's
 * lowest was not recorded; on daily bars there is none but the last. */
static void fall_within(const report_facts_t *f, report_more_t *m)
{
    i64 peak = f->start.v;
    m->fell_within.ok = f->day_count > 0 && peak > 0 && f->timeframe != TF_1D;
    for (u32 i = 0; i < f->day_count; i++) {
        const report_day_t *d = &f->own_days[i];
        f64 fall = 1.0 - (f64)MIN_OF(d->low, d->equity) / (f64)peak;
        if (fall > m->fell_within.value) {
            m->fell_within.value = fall;
            m->within_on = d->session;
        }
        m->fell_within.ok = m->fell_within.ok && d->low != 0;
        peak = MAX_OF(peak, d->equity);
    }
}

report_more_t report_more(const report_t *r)
{
    ASSERT(r != NULL);
    const report_facts_t *f = &r->facts;
    report_more_t m = {0};
    f64 used = 0;
    f64 net = 0;
    u32 n = 0;
    for (u32 i = 0; i < f->trade_count; i++) {
        const lesson_record_t *l = &f->own_trades[i].l;
        const report_inst_t *u = &f->own_insts[l->inst];
        f64 units = (f64)l->qty / (f64)fixed_pow10((u32)-u->exponent) * (f64)u->multiplier;
        used += (f64)l->entry / PRICE_SCALE * units;
        net += money_to_f64((money_t){l->net});
        if (l->r > 0) {
            m.best_r.value += q_abs((f64)l->mfe) / (f64)l->r;
            m.worst_r.value -= q_abs((f64)l->mae) / (f64)l->r;
            n++;
        }
    }
    m.best_r = (metric_t){.value = n > 0 ? m.best_r.value / n : 0.0, .ok = n > 0};
    m.worst_r = (metric_t){.value = n > 0 ? m.worst_r.value / n : 0.0, .ok = n > 0};
    m.of_used = (metric_t){.value = used > 0 ? net / used : 0.0, .ok = used > 0};
    fall_within(f, &m);
    const metrics_drawdown_t *d = &r->equity.drawdown;
    if (r->equity_known && d->fraction > 0) {
        m.fell_from = day_of(f, d->peak);
        m.fell_to = day_of(f, d->trough);
        m.back_on = d->recovered <= f->day_count ? day_of(f, d->recovered) : 0;
    }
    return m;
}

static void fall_row(const report_more_t *m, rows_t *t)
{
    char from[11];
    char to[11];
    char back[11];
    if (m->fell_from == 0) {
        return;
    }
    date_print(from, m->fell_from);
    date_print(to, m->fell_to);
    date_print(back, m->back_on);
    (void)snprintf(t->name[t->count], NAME, "Deepest fall");
    (void)snprintf(t->text[t->count++], TEXT, "%s to %s, %s%s", from, to,
                   m->back_on != 0 ? "back on " : "not back since", m->back_on != 0 ? back : "");
}

static void within_row(const report_t *r, const report_more_t *m, rows_t *t)
{
    bool several = r->facts.account == 0 && r->facts.users.count > 1; /* their lowest marks may lie apart */
    char day[11];
    if (!m->fell_within.ok || m->within_on == 0) {
        return;
    }
    date_print(day, m->within_on);
    (void)snprintf(t->name[t->count], NAME, "Fall within days");
    (void)snprintf(t->text[t->count++], TEXT, "%s%.2f %% down to the lowest mark, on %s",
                   several ? "at most " : "", 100.0 * m->fell_within.value, day);
}

static void trade_rows(const report_t *r, const report_more_t *m, rows_t *t)
{
    const metrics_trades_t *x = &r->trades;
    char a[32];
    char b[32];
    char won[24];
    char lost[24];
    held_text(x->win_seconds, won);
    held_text(x->loss_seconds, lost);
    (void)snprintf(t->name[t->count], NAME, "Winner / loser, mean");
    (void)snprintf(t->text[t->count++], TEXT, "%s held %s / %s held %s",
                   x->wins > 0 ? dollars_text(a, x->mean_win, DOLLARS_CENTS) : "none", won,
                   x->losses > 0 ? dollars_text(b, -x->mean_loss, DOLLARS_CENTS) : "none", lost);
    (void)snprintf(t->name[t->count], NAME, "Best / worst trade");
    (void)snprintf(t->text[t->count++], TEXT, "%s / %s", dollars_text(a, x->best, DOLLARS_CENTS),
                   dollars_text(b, x->worst, DOLLARS_CENTS));
    if (m->best_r.ok) {
        (void)snprintf(t->name[t->count], NAME, "Best / worst point");
        (void)snprintf(t->text[t->count++], TEXT, "%+.2f R / %+.2f R of a trade while it was open, mean",
                       m->best_r.value, m->worst_r.value);
    }
    if (m->of_used.ok) {
        (void)snprintf(t->name[t->count], NAME, "Of the capital used");
        (void)snprintf(t->text[t->count++], TEXT, "%+.3f %% a trade, net", 100.0 * m->of_used.value);
    }
    if (r->enough) {
        (void)snprintf(t->name[t->count], NAME, "Expectancy");
        (void)snprintf(t->text[t->count++], TEXT, "%s a trade, ratio %+.2f",
                       dollars_text(a, x->expectancy, DOLLARS_CENTS), x->expectancy_ratio.value);
    }
}

static rows_t rows_of(const report_t *r)
{
    rows_t t = {.count = 0};
    report_more_t m = report_more(r);
    fall_row(&m, &t);
    within_row(r, &m, &t);
    if (r->facts.trade_count > 0) {
        trade_rows(r, &m, &t);
    }
    ASSERT(t.count <= ROWS);
    return t;
}

void report_print_more(const report_t *r, FILE *out)
{
    rows_t t = rows_of(r);
    for (u32 i = 0; i < t.count; i++) {
        report_put_value(out, t.name[i], "%s", t.text[i]);
    }
}

void html_more(const report_t *r, FILE *out)
{
    rows_t t = rows_of(r);
    if (t.count == 0) {
        return;
    }
    (void)fputs("<div class=\"wide\"><table class=\"facts\">\n", out);
    for (u32 i = 0; i < t.count; i++) {
        (void)fprintf(out, "<tr><th>%s</th><td>%s</td></tr>\n", t.name[i], t.text[i]);
    }
    (void)fputs("</table></div>\n", out);
}

static void put_day(jsonw_t *w, const char *key, date_t day)
{
    char text[11];
    date_print(text, day);
    jsonw_put_text(w, key, day != 0 ? text : NULL);
}

static void put_known(jsonw_t *w, const char *key, bool ok, f64 v)
{
    jsonw_key(w, key);
    if (ok) {
        jsonw_f64(w, v);
    } else {
        jsonw_null(w);
    }
}

void report_json_more(const report_t *r, jsonw_t *w)
{
    report_more_t m = report_more(r);
    const metrics_trades_t *x = &r->trades;
    bool any = r->facts.trade_count > 0;
    put_day(w, "max_drawdown_start", m.fell_from);
    put_day(w, "max_drawdown_end", m.fell_to);
    put_day(w, "max_drawdown_recovered", m.back_on);
    put_known(w, "max_drawdown_within_days", m.fell_within.ok, m.fell_within.value);
    put_day(w, "max_drawdown_within_days_on", m.fell_within.ok ? m.within_on : 0);
    put_known(w, "mean_winner", x->wins > 0, x->mean_win);
    put_known(w, "mean_loser", x->losses > 0, -x->mean_loss);
    put_known(w, "mean_winner_seconds", x->wins > 0, x->win_seconds);
    put_known(w, "mean_loser_seconds", x->losses > 0, x->loss_seconds);
    put_known(w, "best_trade", any, x->best);
    put_known(w, "worst_trade", any, x->worst);
    put_known(w, "mean_mfe_r", m.best_r.ok, m.best_r.value);
    put_known(w, "mean_mae_r", m.worst_r.ok, m.worst_r.value);
    put_known(w, "net_of_capital_used", m.of_used.ok, m.of_used.value);
    put_known(w, "tracking_error", r->enough && r->against_known, r->against.tracking_error);
}
