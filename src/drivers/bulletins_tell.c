/* What each kind of records tells, row by row. See bulletins.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "drivers/bulletins_inner.h"
#include "model/calendar.h"

static str_t text_of(const bulletin_make_t *m, const char *column)
{
    u32 at = record_column_find(m->kind, column);
    ASSERT(at != UINT32_MAX);
    i64 v = record_row(m->table, m->row)[at];
    return v == CELL_NONE ? (str_t){0} : record_text(m->table, (u32)v);
}

static i64 cell_of(const bulletin_make_t *m, const char *column)
{
    u32 at = record_column_find(m->kind, column);
    ASSERT(at != UINT32_MAX);
    return record_row(m->table, m->row)[at];
}

static f64 number_of(const bulletin_make_t *m, const char *column)
{
    return record_value(m->table, m->kind, m->row, column);
}

static str_t series_of(const bulletin_make_t *m)
{
    return record_text(m->table, m->table->own_head[m->row].series);
}

static i64 value_of(f64 v)
{
    i64 fixed = 0;
    return fixed_from_f64(v, BULLETIN_SCALE, &fixed) == ERR_OK ? fixed : BULLETIN_NO_VALUE;
}

/* Positive less negative, where the source has judged it. */
static i64 sentiment_of(const bulletin_make_t *m)
{
    bool judged = cell_of(m, "positive") != CELL_NONE && cell_of(m, "negative") != CELL_NONE;
    return judged ? value_of(number_of(m, "positive") - number_of(m, "negative")) : BULLETIN_NO_VALUE;
}

static err_t tell_headline(bulletin_make_t *m)
{
    bulletin_t b = {.kind = BULLETIN_NEWS, .value = sentiment_of(m)};
    str_t rest = text_of(m, "symbols");
    str_clip(b.text, sizeof b.text, text_of(m, "title"));
    while (rest.n > 0) {
        str_t symbol;
        (void)str_cut(rest, ' ', &symbol, &rest);
        b.inst = bulletin_inst(m, symbol);
        if (b.inst != INST_NONE) {
            TRY(bulletin_add(m, &b));
        }
    }
    return ERR_OK;
}

static err_t tell_report(bulletin_make_t *m)
{
    bulletin_t b = {
        .kind = BULLETIN_REPORT, .value = BULLETIN_NO_VALUE, .inst = bulletin_inst(m, series_of(m))};
    str_t form = text_of(m, "doc_type");
    str_t period = text_of(m, "period");
    (void)snprintf(b.text, sizeof b.text, STR_FMT " " STR_FMT, STR_ARG(form), STR_ARG(period));
    return b.inst == INST_NONE ? ERR_OK : bulletin_add(m, &b);
}

/* Item 2.02 of form 8-K is results of operations, 7.01 is what a company tells everybody at once (Regulation
 * FD), guidance among it. */
static bool is_report(str_t form, str_t items)
{
    if (str_starts(form, STR("10-Q")) || str_starts(form, STR("10-K"))) {
        return !str_ends(form, STR("/A"));
    }
    while (str_starts(form, STR("8-K")) && items.n > 0) {
        str_t item;
        (void)str_cut(items, ',', &item, &items);
        if (str_eq_c(str_trim(item), "2.02") || str_eq_c(str_trim(item), "7.01")) {
            return true;
        }
    }
    return false;
}

/* What a holder of the shares would want to be told of; trades of insiders come with their figures elsewhere.
 */
static bool is_told(str_t form)
{
    static const char *const heads[] = {"8-K", "10-", "6-K", "20-F", "40-F", "NT 10", "SC 13D"};
    for (u32 i = 0; i < COUNT_OF(heads); i++) {
        if (str_starts(form, str_from(heads[i]))) {
            return true;
        }
    }
    return false;
}

static int by_cik(const void *key, const void *element)
{
    i64 a = *(const i64 *)key;
    i64 b = ((const bulletin_filer_t *)element)->cik;
    return a < b ? -1 : a > b ? 1 : 0;
}

static err_t tell_filing(bulletin_make_t *m)
{
    str_t form = text_of(m, "form");
    str_t items = text_of(m, "items");
    i64 cik = cell_of(m, "cik");
    if (!is_told(form) || m->filers == 0) {
        return ERR_OK;
    }
    const bulletin_filer_t *f = bsearch(&cik, m->own_filer, m->filers, sizeof *f, by_cik);
    bulletin_t b = {.kind = is_report(form, items) ? BULLETIN_REPORT : BULLETIN_FILING,
                    .value = BULLETIN_NO_VALUE};
    (void)snprintf(b.text, sizeof b.text, "form " STR_FMT "%s" STR_FMT, STR_ARG(form),
                   items.n > 0 ? ", items " : "", STR_ARG(items));
    while (f != NULL && f > m->own_filer && f[-1].cik == cik) {
        f--;
    }
    for (; f != NULL && f < m->own_filer + m->filers && f->cik == cik; f++) {
        b.inst = f->inst;
        TRY(bulletin_add(m, &b));
    }
    return ERR_OK;
}

/* Code P is a purchase, S a sale, on the market or in private; options, gifts and grants are neither (Form 4,
 * general instruction 8). */
static err_t tell_insider(bulletin_make_t *m)
{
    str_t code = text_of(m, "code");
    f64 shares = number_of(m, "shares");
    f64 dollars = shares * number_of(m, "price");
    bool bought = str_eq_c(code, "P");
    bulletin_t b = {.kind = BULLETIN_INSIDER,
                    .inst = bulletin_inst(m, series_of(m)),
                    .value = value_of(bought ? dollars : -dollars)};
    str_t owner = text_of(m, "owner");
    str_t role = text_of(m, "role");
    if (b.inst == INST_NONE || (!bought && !str_eq_c(code, "S")) || cell_of(m, "derivative") == 1 ||
        !(dollars > 0)) {
        return ERR_OK;
    }
    (void)snprintf(b.text, sizeof b.text, STR_FMT "%s" STR_FMT, STR_ARG(owner), role.n > 0 ? ", " : "",
                   STR_ARG(role));
    return bulletin_add(m, &b);
}

static err_t tell_senate(bulletin_make_t *m)
{
    str_t type = text_of(m, "type");
    f64 least = number_of(m, "amount_from");
    f64 most = number_of(m, "amount_to");
    f64 middle = most > 0 ? (least + most) / 2 : least;
    bool bought = str_starts(type, STR("Purchase"));
    bulletin_t b = {.kind = BULLETIN_CONGRESS,
                    .inst = bulletin_inst(m, series_of(m)),
                    .value = value_of(bought ? middle : -middle)};
    str_clip(b.text, sizeof b.text, text_of(m, "senator"));
    return b.inst == INST_NONE || (!bought && !str_starts(type, STR("Sale"))) ? ERR_OK : bulletin_add(m, &b);
}

static err_t tell_earnings(bulletin_make_t *m)
{
    i64 due = cell_of(m, "due");
    bulletin_t b = {.kind = BULLETIN_CALENDAR,
                    .value = BULLETIN_NO_VALUE,
                    .inst = bulletin_inst(m, series_of(m)),
                    .t_event = zone_to_utc(ZONE_NEW_YORK, (date_t)due, 12 * 3600)};
    return b.inst == INST_NONE || due == CELL_NONE ? ERR_OK : bulletin_add(m, &b);
}

static err_t tell_number(bulletin_make_t *m)
{
    str_t series = series_of(m);
    bulletin_t b = {.kind = str_eq_c(series, "FEAR_GREED") ? BULLETIN_MOOD
                            : str_eq_c(series, "DGS10")    ? BULLETIN_YIELD
                                                           : BULLETIN_DOLLAR,
                    .inst = INST_NONE,
                    .value = value_of(number_of(m, "value"))};
    return bulletin_add(m, &b);
}

const bulletin_teller_t *bulletin_teller(const char *kind)
{
    static const bulletin_teller_t all[] = {
        {"headline", {NULL}, tell_headline, NULL},
        {"report", {NULL}, tell_report, NULL},
        {"filing", {NULL}, tell_filing, NULL},
        {"insider_trade", {NULL}, tell_insider, NULL},
        {"senate_trade", {NULL}, tell_senate, NULL},
        {"earnings_date", {NULL}, tell_earnings, NULL},
        {"number", {"FEAR_GREED", "DGS10", "DTWEXBGS"}, tell_number, NULL},
        {"option_quote", {NULL}, NULL, bulletins_chains},
    };
    ASSERT(kind != NULL);
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        if (str_eq_c(str_from(all[i].kind), kind)) {
            return &all[i];
        }
    }
    return NULL;
}
