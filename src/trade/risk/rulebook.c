/* See rulebook.h. */
#include "trade/risk/rulebook.h"

#include "base/assert.h"
#include "model/calendar.h"

typedef struct { law_t law; i32 from; i32 to; i64 number; const char *citation; } row_t;

static const row_t rows[] = {
#define X(law, from, to, number, citation) {law, from, to, number, citation},
#include "trade/risk/rulebook.def"
#undef X
};

enum {
    BPS = 10000,
    /* The legacy count keeps the numbers of the last day it was law everywhere. */
    PDT_LAST_LAW = 20260603
};

/* 4210(c)(2), (3): shares below $5 are charged at least $2.50 each, others at least $5. */
static const i64 short_split_price = 5 * PRICE_SCALE;
static const i64 short_floor_low = 5 * PRICE_SCALE / 2;
static const i64 short_floor_high = 5 * PRICE_SCALE;

/* The row of a law in force on a day, NULL if the law is silent. */
static const row_t *row_find(law_t law, i32 ymd)
{
    ASSERT((u32)law < LAW_COUNT);
    for (u32 i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].law == law && rows[i].from <= ymd && (rows[i].to == 0 || ymd <= rows[i].to)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The number of a law, 0 if silent; notes the citation. */
static i64 law_number(rules_t *r, law_t law, i32 ymd)
{
    const row_t *row = row_find(law, ymd);
    r->citation[law] = row != NULL ? row->citation : NULL;
    return row != NULL ? row->number : 0;
}

i64 rulebook_number(law_t law, date_t day)
{
    const row_t *row = row_find(law, date_number(day));
    return row != NULL ? row->number : 0;
}

const char *rulebook_citation(law_t law, date_t day)
{
    const row_t *row = row_find(law, date_number(day));
    return row != NULL ? row->citation : NULL;
}

static money_t dollars(i64 n)
{
    return (money_t){n * MONEY_SCALE};
}

/* The legacy count binds by law until 2026-06-03, and afterwards where the broker says so, up to the law's
 * last day. */
static void fill_pdt(rules_t *r, i32 ymd, const broker_overlay_t *broker)
{
    bool legacy = ymd > PDT_LAST_LAW && row_find(LAW_PDT_LAST_DAY, ymd) != NULL && broker->pdt_legacy &&
                  (broker->pdt_legacy_last == 0 || r->day <= broker->pdt_legacy_last);
    i32 as_on = legacy ? PDT_LAST_LAW : ymd;
    r->pdt_day_trades = (i32)law_number(r, LAW_PDT_DAY_TRADES, as_on);
    r->pdt_window_days = (i32)law_number(r, LAW_PDT_WINDOW_DAYS, as_on);
    r->pdt_equity = dollars(law_number(r, LAW_PDT_EQUITY, as_on));
    (void)law_number(r, LAW_PDT_LAST_DAY, ymd);
    r->pdt = r->pdt_day_trades > 0 && !r->cash_account;
}

static void fill_margin(rules_t *r, i32 ymd, const broker_overlay_t *broker)
{
    (void)law_number(r, LAW_INTRADAY_MARGIN, ymd);
    r->initial_bps = (i32)law_number(r, LAW_INITIAL_BPS, ymd);
    i32 long_bps = (i32)law_number(r, LAW_MAINTENANCE_LONG_BPS, ymd);
    i32 short_bps = (i32)law_number(r, LAW_MAINTENANCE_SHORT_BPS, ymd);
    r->maintenance_long_bps = MAX_OF(long_bps, broker->maintenance_long_bps);
    r->maintenance_short_bps = MAX_OF(short_bps, broker->maintenance_short_bps);
    money_t equity = dollars(law_number(r, LAW_MARGIN_EQUITY, ymd));
    r->margin_equity.v = MAX_OF(equity.v, broker->margin_equity.v);
    if (r->cash_account) {
        r->initial_bps = BPS;
        r->maintenance_long_bps = BPS;
    }
}

rules_t rulebook_for(date_t day, const broker_overlay_t *broker)
{
    static const broker_overlay_t law_alone = {0};
    i32 ymd = date_number(day);
    ASSERT(day >= RULEBOOK_FIRST);
    const broker_overlay_t *b = broker != NULL ? broker : &law_alone;
    rules_t r = {.day = day, .cash_account = b->cash_account};
    fill_pdt(&r, ymd, b);
    fill_margin(&r, ymd, b);
    (void)law_number(&r, LAW_SETTLEMENT_DAYS, ymd);
    (void)law_number(&r, LAW_SHORT_TRIGGER_BPS, ymd);
    r.freeze_days = (i32)law_number(&r, LAW_FREEZE_DAYS, ymd);
    i32 strictest = (i32)law_number(&r, LAW_GOOD_FAITH_MAX, ymd);
    r.good_faith_max = b->good_faith_max > 0 ? b->good_faith_max : strictest;
    r.good_faith_months = (i32)law_number(&r, LAW_GOOD_FAITH_MONTHS, ymd);
    ASSERT(r.initial_bps > 0 && r.maintenance_long_bps > 0);
    return r;
}

i32 rulebook_settlement_days(date_t day)
{
    const row_t *row = row_find(LAW_SETTLEMENT_DAYS, date_number(day));
    ASSERT(row != NULL);
    ASSERT(row->number >= 1 && row->number <= 5);
    return (i32)row->number;
}

/* Federal Reserve holidays on which the stock exchange trades: 5 USC 6103; a Sunday one is kept on Monday, a
 * Saturday one not at all. */
static bool is_bank_holiday(date_t day)
{
    i32 ymd = date_number(day);
    i32 month_day = ymd % 10000;
    i32 weekday = date_weekday(day);
    bool columbus = weekday == 1 && month_day >= 1008 && month_day <= 1014;
    return columbus || month_day == 1111 || (month_day == 1112 && weekday == 1);
}

date_t rulebook_settles_on(date_t day, i64 as_of)
{
    session_t s;
    bool open = calendar_session(CAL_NYSE, day, as_of, &s);
    ASSERT(open);
    i32 left = rulebook_settlement_days(day);
    date_t at = day;
    while (left > 0) {
        at = calendar_next(CAL_NYSE, at, as_of).date;
        left -= is_bank_holiday(at) ? 0 : 1;
    }
    ASSERT(at > day);
    return at;
}

bool pdt_binds(money_t equity, const rules_t *rules)
{
    ASSERT(rules != NULL);
    ASSERT(!rules->pdt || (rules->pdt_window_days > 0 && rules->pdt_equity.v > 0));
    return rules->pdt && equity.v < rules->pdt_equity.v;
}

date_t good_faith_from(const rules_t *rules)
{
    ASSERT(rules != NULL);
    ASSERT(rules->good_faith_months > 0 && rules->good_faith_months <= 12);
    i32 ymd = date_number(rules->day);
    i32 month = ymd / 10000 * 12 + ymd / 100 % 100 - 1 - rules->good_faith_months;
    date_t first = date_from_ymd(month / 12, month % 12 + 1, 1);
    date_t next = date_from_ymd((month + 1) / 12, (month + 1) % 12 + 1, 1);
    date_t same =
        MIN_OF(first + ymd % 100 - 1, next - 1); /* the 29th of a February that has none: the 28th */
    ASSERT(same < rules->day);
    return same + 1;
}

/* A rate that is not set is no permission: it counts as all of the value. */
static i64 rate_or_all(i32 bps)
{
    return bps > 0 ? bps : BPS;
}

err_t margin_long_required(money_t value, i32 leverage, const rules_t *rules, money_t *out)
{
    ASSERT(rules != NULL && out != NULL);
    if (value.v < 0 || leverage < 1 || leverage > 10) {
        return ERR_PARAM_RANGE;
    }
    i64 bps = MIN_OF(rate_or_all(rules->maintenance_long_bps) * leverage, (i64)BPS);
    return fixed_mul_div(value.v, bps, BPS, ROUND_UP, &out->v);
}

err_t margin_short_required(price_t price, i64 shares, const rules_t *rules, money_t *out)
{
    ASSERT(rules != NULL && out != NULL);
    if (price.v <= 0 || shares <= 0) {
        return ERR_PARAM_RANGE;
    }
    bool low = price.v < short_split_price;
    i64 rate = rate_or_all(rules->maintenance_short_bps);
    rate = low ? MAX_OF(rate, (i64)BPS) : rate;
    i64 by_rate = 0;
    TRY(fixed_mul_div(price.v, rate, BPS, ROUND_UP, &by_rate));
    i64 per_share = MAX_OF(by_rate, low ? short_floor_low : short_floor_high);
    money_t required = {0};
    TRY(fixed_mul_div(per_share, shares, PRICE_SCALE / MONEY_SCALE, ROUND_UP, &required.v));
    ASSERT(required.v > 0);
    *out = required;
    return ERR_OK;
}

err_t intraday_margin_after(const margin_book_t *book, money_t change, money_t *excess)
{
    ASSERT(book != NULL && excess != NULL);
    ASSERT(book->required.v >= 0 && book->orders_required.v >= 0);
    i64 held = 0;
    i64 after = 0;
    money_t left = {0};
    TRY(fixed_add(book->required.v, book->orders_required.v, &held));
    TRY(fixed_add(held, change.v, &after));
    TRY(fixed_sub(book->equity.v, after, &left.v));
    *excess = left;
    return ERR_OK;
}

bool short_price_triggered(price_t close_previous, price_t low, date_t day)
{
    ASSERT(close_previous.v > 0 && low.v > 0);
    const row_t *row = row_find(LAW_SHORT_TRIGGER_BPS, date_number(day));
    if (row == NULL) {
        return false;
    }
    ASSERT(row->number > 0 && row->number < BPS);
    return (i128)low.v * BPS <= (i128)close_previous.v * (BPS - row->number);
}

bool short_price_allowed(price_t limit, price_t bid, bool restricted)
{
    ASSERT(limit.v >= 0 && bid.v >= 0);
    return !restricted || limit.v > bid.v;
}
