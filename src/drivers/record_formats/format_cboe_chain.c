/* A full option chain of the Cboe page, calls left and puts right. */
#include "drivers/import_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "wire/csv.h"

typedef struct {
    i64 t;
    i64 spot;
    str_t symbol;
    str_t table; /* behind the header line */
    u64 line;    /* of the header */
} page_t;

/* "Date: September 14, 2023 at 4:31 PM EDT" in New York. */
static bool page_time(str_t s, i64 *out)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    str_t word[8];
    u32 n = 0;
    for (str_t rest = str_trim(s); n < COUNT_OF(word) && rest.n > 0;) {
        (void)str_cut(rest, ' ', &word[n++], &rest);
    }
    u64 day = 0;
    u64 year = 0;
    u64 hour = 0;
    u64 minute = 0;
    i32 month = 0;
    str_t h;
    str_t m;
    for (u32 i = 0; n > 6 && i < COUNT_OF(months); i++) {
        month = str_eq_c(word[0], months[i]) ? (i32)i + 1 : month;
    }
    bool fits = month > 0 && word[1].n > 1 &&
                str_to_u64(str_slice(word[1], 0, word[1].n - 1), &day) == ERR_OK &&
                str_to_u64(word[2], &year) == ERR_OK && str_cut(word[4], ':', &h, &m) &&
                str_to_u64(h, &hour) == ERR_OK && str_to_u64(m, &minute) == ERR_OK && hour >= 1 &&
                hour <= 12 && minute < 60 && day >= 1 && day <= 31 && year >= 1990 && year < 2100;
    if (!fits) {
        return false;
    }
    u64 clock = hour % 12 + (str_starts(word[5], STR("PM")) ? 12 : 0);
    date_t d = date_from_ymd((i32)year, month, (i32)day);
    *out = zone_to_utc(ZONE_NEW_YORK, d, (i32)(clock * 3600 + minute * 60));
    return true;
}

static err_t preamble(record_import_t *ri, str_t all, page_t *p)
{
    str_t rest = all;
    str_t line;
    str_t last = text_after(all, ",Last: ");
    str_t date = text_after(all, "Date: ");
    str_t end;
    (void)str_cut(last, ',', &last, &end);
    (void)str_cut(date, '"', &date, &end);
    if (!page_time(date, &p->t) || str_to_scaled(last, 9, true, &p->spot) != ERR_OK || p->spot <= 0) {
        return record_fail(ri, ERR_HEADER, "preamble",
                            "does not give date and last price of the underlying\n"
                            "do: save the whole page as the source offers it");
    }
    p->line = 0;
    while (text_line(&rest, &line)) {
        p->line++;
        if (str_starts(line, STR("Expiration Date,"))) {
            p->table = rest;
            return ERR_OK;
        }
    }
    return record_fail(ri, ERR_HEADER, "table",
                        "is missing\ndo: save the whole page as the source offers it");
}

/* "SPXW230914C01200000" -> expiry, right, strike. */
static err_t contract(record_import_t *ri, str_t s, i64 *cell)
{
    i64 strike = 0;
    date_t d = 0;
    u8 day[8] = {'2', '0'};
    u32 root = s.n < 16 ? 0 : s.n - 15;
    u8 right = root == 0 ? 0 : s.p[root + 6];
    if (root > 0) {
        for (u32 i = 0; i < 6; i++) {
            day[2 + i] = s.p[root + i];
        }
    }
    if (root == 0 || (right != 'C' && right != 'P') || date_parse((str_t){.p = day, .n = 8}, &d) != ERR_OK ||
        str_to_i64(str_slice(s, root + 7, s.n), &strike) != ERR_OK || strike <= 0) {
        return record_fault(ri, ERR_SYNTAX, "contract",
                            "is no option symbol\n"
                            "do: correct the file, or import with --lenient");
    }
    cell[record_at(ri, "expiry")] = d;
    cell[record_at(ri, "strike")] = strike * (PRICE_SCALE / 1000);
    return record_text_cell(ri, right == 'C' ? STR("C") : STR("P"), &cell[record_at(ri, "right")]);
}

/* Half a line: contract, last, net, bid, ask, volume, iv, delta, gamma, open interest. */
static err_t half(record_import_t *ri, const csv_t *c, u32 from, const page_t *p)
{
    static const char *const column[] = {"close", NULL,    "bid",   "ask",          "volume",
                                         "iv",    "delta", "gamma", "open_interest"};
    record_head_t h = {.t_event = p->t, .t_known = p->t};
    i64 cell[RECORD_COLUMNS];
    record_row_begin(ri, cell, NULL);
    if (csv_field_count(c) != 22) {
        return record_fault(ri, ERR_COLUMN, "row",
                            "has not 22 fields\ndo: correct it, or import with --lenient");
    }
    TRY(record_series(ri, csv_field(c, from), &h));
    TRY(contract(ri, csv_field(c, from), cell));
    TRY(record_text_cell(ri, p->symbol, &cell[record_at(ri, "underlying")]));
    cell[record_at(ri, "spot")] = p->spot;
    for (u32 i = 0; i < COUNT_OF(column); i++) {
        if (column[i] != NULL) {
            u32 at = record_at(ri, column[i]);
            TRY(record_number_cell(ri, at, csv_field(c, from + 1 + i), &cell[at]));
        }
    }
    i64 *close = &cell[record_at(ri, "close")];
    i64 bid = cell[record_at(ri, "bid")];
    i64 ask = cell[record_at(ri, "ask")];
    if (*close < 0 || bid < 0 || ask < 0) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    *close = *close == 0 ? CELL_NONE : *close; /* never traded */
    if (bid > 0 && ask == 0) {
        record_note(ri, RULE_ONE_SIDED, &h);
    } else if (bid > 0 && bid >= ask) {
        record_note(ri, bid > ask ? RULE_CROSSED_QUOTE : RULE_LOCKED_QUOTE, &h);
    }
    return record_import_add(ri, &h, cell);
}

static err_t table(record_import_t *ri, csv_t *c, const page_t *p)
{
    err_t err = ERR_OK;
    while ((err = csv_next(c, ri->diag)) == ERR_OK) {
        ri->line = p->line - 1 + csv_line(c);
        for (u32 side = 0; side < 2; side++) {
            TRY(past_refusal(half(ri, c, side == 0 ? 1 : 12, p)));
        }
    }
    return err == ERR_EMPTY ? ERR_OK : err;
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    page_t p = {0};
    csv_t *c = NULL;
    str_t name = str_from(ri->in->name);
    str_t word;
    TRY(preamble(ri, all, &p));
    while (str_cut(name, '/', &word, &name)) {
    }
    name = word.n > 0 && name.n == 0 ? word : name;
    (void)str_cut(name, '_', &word, &name);
    (void)str_cut(name, '_', &p.symbol, &word);
    char upper[16] = {0};
    for (u32 i = 0; i < p.symbol.n && i + 1 < sizeof upper; i++) {
        upper[i] = (char)(p.symbol.p[i] >= 'a' && p.symbol.p[i] <= 'z' ? p.symbol.p[i] - 32 : p.symbol.p[i]);
    }
    p.symbol = str_from(upper);
    /* Both halves of the page's header have the same names: ours tells them apart. */
    static const char header[] = "d,c,c1,c2,c3,c4,c5,c6,c7,c8,c9,k,p,p1,p2,p3,p4,p5,p6,p7,p8,p9\n";
    u8 *own = malloc(sizeof header - 1 + (size_t)p.table.n + 1);
    if (own == NULL) {
        return diag_fail(ri->diag, ERR_NO_MEMORY, "%.200s: no memory", ri->in->name);
    }
    memcpy(own, header, sizeof header - 1);
    if (p.table.n > 0) {
        memcpy(own + sizeof header - 1, p.table.p, p.table.n);
    }
    err_t err = csv_open_bytes(own, sizeof header - 1 + (size_t)p.table.n, ri->in->name, ri->diag, &c);
    err = err == ERR_OK ? table(ri, c, &p) : err;
    csv_close(c);
    free(own);
    return err;
}

const record_format_desc_t format_cboe_chain = {
    .name = "cboe_chain",
    .about = "A full option chain of the Cboe page, calls left and puts right.",
    .known = "the stamp of the page",
    .kind = "option_quote",
    .shape = RECORDS_TEXT,
    .hint = "cboe|quotedata",
    .need = {"Expiration Date,Calls,Last Sale", "Open Interest,Strike,Puts"},
    .zone = ZONE_NEW_YORK,
    .round = true,
    .text = text,
};
