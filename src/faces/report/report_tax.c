/* The tax lots of a run: by year, as a table of lots, and what a price is after tax. See report.h. */
#include <stdlib.h>

#include "base/assert.h"
#include "faces/report/report_parts.h"
#include "faces/report/svg.h"

enum { TAX_YEARS = 128, TAX_OPEN = 160 };

typedef struct {
    i32 year;
    u32 lots;
    i64 gain_short, gain_long; /* allowed gains; 1e-6 */
    i64 deferred;              /* losses put off, into the basis of other lots */
    i64 used;                  /* such losses in the basis of the lots that closed: they lower its gains */
} tax_year_t;

typedef struct {
    tax_year_t year[TAX_YEARS]; /* ascending */
    u32 count;
    u32 open;
    i64 carried; /* losses that open lots hold */
    i64 deferred, used; /* of all years */
} tax_sum_t;

static bool is_asked(const report_facts_t *f, u64 account)
{
    return f->account == 0 || f->account == account;
}

static i64 allowed(const lot_closed_t *c)
{
    return c->proceeds.v - c->basis.v + c->disallowed.v;
}

/* Lots close in order of time, so that a year's follow each other. */
static tax_sum_t sum_up(const report_facts_t *f)
{
    tax_sum_t s = {0};
    const lots_t *l = &f->tax.lots;
    for (u32 i = 0; i < l->closed_count; i++) {
        const lot_closed_t *c = &l->closed[i];
        i32 year = date_number(c->closed) / 10000;
        if (!is_asked(f, c->account)) {
            continue;
        }
        if (s.count == 0 || s.year[s.count - 1].year != year) {
            ASSERT(s.count < TAX_YEARS);
            s.year[s.count++].year = year;
        }
        tax_year_t *y = &s.year[s.count - 1];
        y->lots++;
        *(c->long_term ? &y->gain_long : &y->gain_short) += allowed(c);
        y->deferred += c->disallowed.v;
        y->used += c->carried.v;
        s.deferred += c->disallowed.v;
        s.used += c->carried.v;
    }
    for (u32 i = 0; i < l->open_count; i++) {
        if (is_asked(f, l->open[i].account)) {
            s.open++;
            s.carried += l->open[i].carried.v;
        }
    }
    return s;
}

static f64 dollars(i64 v)
{
    return money_to_f64((money_t){v});
}

static f64 tax_of(const report_t *r, const tax_year_t *y)
{
    return (dollars(y->gain_short) * r->rates.short_pct + dollars(y->gain_long) * r->rates.long_pct) / 100.0;
}

static void open_text(const report_facts_t *f, const tax_sum_t *s, char out[TAX_OPEN])
{
    char usd[32];
    (void)snprintf(out, TAX_OPEN, "%u lots open, with %s of deferred losses in them; the %s lots are sold "
                   "first",
                   s->open, dollars_text(usd, dollars(s->carried), DOLLARS_CENTS),
                   f->tax.lots.method == LOTS_DEAREST ? "dearest" : "oldest");
}

/* Where the deferred losses went: into lots that closed, into open ones, and, of one account alone, to and
 * from others of its owner. Nothing if there were none. */
static void deferred_text(const tax_sum_t *s, char out[TAX_OPEN])
{
    char usd[4][32];
    i64 rest = s->deferred - s->used - s->carried;
    out[0] = 0;
    if (s->deferred == 0 && s->used == 0 && s->carried == 0) {
        return;
    }
    int n = snprintf(out, TAX_OPEN, "%s deferred by washes = %s used in lots closed later + %s in open lots",
                     dollars_text(usd[0], dollars(s->deferred), DOLLARS_CENTS),
                     dollars_text(usd[1], dollars(s->used), DOLLARS_CENTS),
                     dollars_text(usd[2], dollars(s->carried), DOLLARS_CENTS));
    if (rest != 0) {
        (void)snprintf(out + n, TAX_OPEN - (size_t)n, " %s %s of other accounts", rest > 0 ? "+" : "-",
                       dollars_text(usd[3], dollars(rest > 0 ? rest : -rest), DOLLARS_CENTS));
    }
}

void report_print_tax(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const tax_ledger_t *t = &r->facts.tax;
    tax_sum_t s = sum_up(&r->facts);
    if (t->broken) {
        (void)fprintf(out, "not known: %s\n", t->why);
        return;
    }
    (void)fprintf(out, "%-6s%6s%15s%15s%14s%16s%14s%s\n", "year", "lots", "short-term", "long-term",
                  "deferred", "used of before", "taxable", r->rates_known ? "           tax" : "");
    for (u32 i = 0; i < s.count; i++) {
        const tax_year_t *y = &s.year[i];
        (void)fprintf(out, "%-6d%6u%15.2f%15.2f%14.2f%16.2f%14.2f", y->year, y->lots, dollars(y->gain_short),
                      dollars(y->gain_long), dollars(y->deferred), dollars(y->used),
                      dollars(y->gain_short + y->gain_long));
        if (r->rates_known) {
            (void)fprintf(out, "%14.2f", tax_of(r, y));
        }
        (void)fprintf(out, "\n");
    }
    char text[TAX_OPEN];
    open_text(&r->facts, &s, text);
    (void)fprintf(out, "%s\n", text);
    deferred_text(&s, text);
    (void)fprintf(out, "%s%s", text, text[0] == 0 ? "" : "\n");
}

static void html_year(const report_t *r, const tax_year_t *y, FILE *out)
{
    const i64 amount[] = {y->gain_short, y->gain_long, y->deferred, y->used, y->gain_short + y->gain_long};
    char usd[32];
    (void)fprintf(out, "<tr><th>%d</th><td>%u</td>", y->year, y->lots);
    for (u32 k = 0; k < COUNT_OF(amount); k++) {
        (void)fprintf(out, "<td>%s</td>", dollars_text(usd, dollars(amount[k]), DOLLARS_CENTS));
    }
    if (r->rates_known) {
        (void)fprintf(out, "<td>%s</td>", dollars_text(usd, tax_of(r, y), DOLLARS_CENTS));
    }
    (void)fputs("</tr>\n", out);
}

void html_tax(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const tax_ledger_t *t = &r->facts.tax;
    tax_sum_t s = sum_up(&r->facts);
    char text[TAX_OPEN];
    if (t->broken) {
        (void)fputs("<p>Not known: ", out);
        html_text(out, t->why);
        (void)fputs("</p>\n", out);
        return;
    }
    if (s.count > 0) {
        (void)fprintf(out,
                      "<div class=\"wide\"><table class=\"parts\"><tr><th>year</th><th>lots</th>"
                      "<th>short-term</th><th>long-term</th><th>deferred by washes</th>"
                      "<th>used of before</th><th>taxable</th>%s"
                      "</tr>\n",
                      r->rates_known ? "<th>tax</th>" : "");
        for (u32 i = 0; i < s.count; i++) {
            html_year(r, &s.year[i], out);
        }
        (void)fputs("</table></div>\n", out);
    }
    open_text(&r->facts, &s, text);
    (void)fprintf(out, "<p class=\"soft\">%s.</p>\n", text);
    deferred_text(&s, text);
    if (text[0] != 0) {
        (void)fprintf(out, "<p class=\"soft\">%s.</p>\n", text);
    }
}

void report_json_tax(const report_t *r, jsonw_t *w)
{
    ASSERT(r != NULL && w != NULL);
    tax_sum_t s = sum_up(&r->facts);
    jsonw_key(w, "tax");
    jsonw_object(w);
    jsonw_put_bool(w, "known", !r->facts.tax.broken);
    jsonw_put_text(w, "why", r->facts.tax.broken ? r->facts.tax.why : NULL);
    jsonw_put_u64(w, "open_lots", s.open);
    jsonw_put_f64(w, "carried_in_open_lots", dollars(s.carried));
    jsonw_key(w, "years");
    jsonw_array(w);
    for (u32 i = 0; i < s.count && !r->facts.tax.broken; i++) {
        const tax_year_t *y = &s.year[i];
        jsonw_object(w);
        jsonw_put_i64(w, "year", y->year);
        jsonw_put_u64(w, "lots", y->lots);
        jsonw_put_f64(w, "short_term", dollars(y->gain_short));
        jsonw_put_f64(w, "long_term", dollars(y->gain_long));
        jsonw_put_f64(w, "deferred", dollars(y->deferred));
        jsonw_put_f64(w, "deferred_used", dollars(y->used));
        if (r->rates_known) {
            jsonw_put_f64(w, "tax", tax_of(r, y));
        }
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

/* A unit's price: money over quantity; nothing where nothing is left of the quantity. */
static void put_price(FILE *out, const report_inst_t *t, f64 money, i64 qty)
{
    f64 units = (f64)qty / (f64)fixed_pow10((u32)-t->exponent) * (f64)t->multiplier;
    if (units > 0) {
        (void)fprintf(out, ",%.6f", money / units);
    } else {
        (void)fputs(",", out);
    }
}

static void row_head(FILE *out, const report_inst_t *t, bool is_short, i64 qty)
{
    char n[32];
    (void)fixed_print(n, sizeof n, qty, (u32)-t->exponent, 0);
    (void)fprintf(out, "%s,%s,%s", t->symbol, is_short ? "short" : "long", n);
}

/* As the closed trades have it: exact, with cents at least. */
static void put_money(FILE *out, i64 v)
{
    char n[32];
    (void)fixed_print(n, sizeof n, v, 6, 2);
    (void)fprintf(out, ",%s", n);
}

/* Whose it is, as the closed trades say it: in a run of many, by name. */
static void row_end(FILE *out, const report_facts_t *f, u64 account)
{
    const report_user_t *user = report_facts_user(f, account);
    (void)fprintf(out, "%s%s\n", f->users.count > 1 ? "," : "", user != NULL ? user->name : "");
}

static void put_date(FILE *out, date_t d)
{
    char day[11];
    date_print(day, d);
    (void)fprintf(out, ",%s", day);
}

static void closed_row(const report_t *r, const lot_closed_t *c, FILE *out)
{
    const report_inst_t *t = &r->facts.own_insts[c->inst];
    row_head(out, t, c->is_short, c->qty);
    put_date(out, c->acquired);
    put_date(out, c->held_from);
    put_date(out, c->closed);
    const i64 money_of_lot[] = {c->basis.v, c->carried.v, c->proceeds.v, c->proceeds.v - c->basis.v,
                                c->disallowed.v};
    for (u32 i = 0; i < COUNT_OF(money_of_lot); i++) {
        put_money(out, money_of_lot[i]);
    }
    (void)fprintf(out, ",%s", c->long_term ? "long" : "short");
    f64 money = dollars(c->is_short ? c->basis.v : c->proceeds.v);
    put_price(out, t, money, c->qty);
    if (r->rates_known) {
        f64 tax = dollars(allowed(c)) * (c->long_term ? r->rates.long_pct : r->rates.short_pct) / 100.0;
        put_price(out, t, c->is_short ? money + tax : money - tax, c->qty);
    } else {
        (void)fputs(",", out);
    }
    row_end(out, &r->facts, c->account);
}

static void open_row(const report_t *r, const lot_open_t *o, FILE *out)
{
    const report_inst_t *t = &r->facts.own_insts[o->inst];
    row_head(out, t, o->is_short, o->qty);
    put_date(out, o->acquired);
    put_date(out, o->held_from);
    (void)fputs(",", out);
    put_money(out, o->basis.v);
    put_money(out, o->carried.v);
    (void)fputs(",,,,,,", out);
    row_end(out, &r->facts, o->account);
}

err_t report_lots_csv(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const report_facts_t *f = &r->facts;
    (void)fputs("symbol,side,qty,acquired,held_from,closed,basis,carried,proceeds,gain,deferred,term,"
                "price,price_after_tax",
                out);
    (void)fputs(f->users.count > 1 ? ",user\n" : "\n", out);
    for (u32 i = 0; i < f->tax.lots.closed_count && !f->tax.broken; i++) {
        if (is_asked(f, f->tax.lots.closed[i].account)) {
            closed_row(r, &f->tax.lots.closed[i], out);
        }
    }
    for (u32 i = 0; i < f->tax.lots.open_count && !f->tax.broken; i++) {
        if (is_asked(f, f->tax.lots.open[i].account)) {
            open_row(r, &f->tax.lots.open[i], out);
        }
    }
    return fflush(out) == 0 && ferror(out) == 0 ? ERR_OK : ERR_IO;
}
