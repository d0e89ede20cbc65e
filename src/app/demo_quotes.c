/* The simulated market's quotes by the minute as CSV, in the layout lean_equity_minute_quote. See
 * demo_table.h. */
#include "app/demo_table.h"

#include "model/calendar.h"

/* Prices of the layout are dollars x 10000. */
enum { LAYOUT_PRICE = PRICE_SCALE / 10000 };

/* The quote of the minute before, 0 where a side was absent. */
typedef struct {
    sim_quote_t before[SIM_STOCKS_MAX + 1], now[SIM_STOCKS_MAX + 1];
} quotes_t;

/* Bids and asks as bars: a side opens where it stood, reaches what was traded against it, and ends at its
 * quote. The lowest trade of a minute met the bid, the highest the ask. */
static void side_print(FILE *f, price_t before, price_t now, i64 reached, bool lowest)
{
    if (now.v == 0) {
        (void)fprintf(f, ",,,,");
        return;
    }
    i64 open = before.v == 0 ? now.v : before.v;
    i64 high = MAX_OF(open, now.v);
    i64 low = MIN_OF(open, now.v);
    high = lowest ? high : MAX_OF(high, reached);
    low = lowest ? MIN_OF(low, reached) : low;
    (void)fprintf(f, ",%lld,%lld,%lld,%lld", (long long)open / LAYOUT_PRICE, (long long)high / LAYOUT_PRICE,
                  (long long)low / LAYOUT_PRICE, (long long)now.v / LAYOUT_PRICE);
}

static void size_print(FILE *f, price_t side, i64 size)
{
    if (side.v == 0) {
        (void)fprintf(f, ",");
    } else {
        (void)fprintf(f, ",%lld", (long long)size);
    }
}

/* The bars of one slice; what has no quote has no row. */
static u32 rows_print(const source_t *source, const slice_t *s, const quotes_t *q, FILE *f)
{
    char date[40];
    i32 y = 0;
    i32 m = 0;
    i32 d = 0;
    date_to_ymd(s->session, &y, &m, &d);
    i64 midnight = zone_to_utc(ZONE_NEW_YORK, s->session, 0);
    u32 rows = 0;
    (void)snprintf(date, sizeof date, "%04d%02d%02d", (int)y, (int)m, (int)d);
    for (u32 k = 0; k < s->count; k++) {
        u32 i = s->inst[k];
        const sim_quote_t *now = &q->now[i];
        const sim_quote_t *before = &q->before[i];
        if (now->bid.v == 0 && now->ask.v == 0) {
            continue;
        }
        (void)fprintf(f, "usa,%s,%s,%lld", source->instruments[i].symbol, date,
                      (long long)((s->t_open - midnight) / NS_PER_MS));
        side_print(f, before->bid, now->bid, s->bar[k].low.v, true);
        size_print(f, now->bid, now->bid_size);
        side_print(f, before->ask, now->ask, s->bar[k].high.v, false);
        size_print(f, now->ask, now->ask_size);
        (void)fprintf(f, "\n");
        rows++;
    }
    return rows;
}

static u32 slice_print(const run_source_t *market, const slice_t *s, void *memory, FILE *f)
{
    quotes_t *q = memory;
    u32 n = sim_market_quotes(market->own_market, q->now);
    u32 rows = n > 0 ? rows_print(&market->source, s, q, f) : 0;
    for (u32 i = 0; i < n; i++) { /* what stands overnight is nobody's quote of the morning */
        q->before[i] = s->session_last ? (sim_quote_t){0} : q->now[i];
    }
    return rows;
}

const demo_table_t demo_quotes = {.option = "quotes",
                                  .rows = "minute quotes",
                                  .format = "lean_equity_minute_quote",
                                  .header = "market,symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,"
                                            "bid_size,ask_open,ask_high,ask_low,ask_close,ask_size",
                                  .memory = sizeof(quotes_t),
                                  .slice = slice_print};
