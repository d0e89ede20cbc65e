/* The simulated market's daily history as CSV, in the layout plain_daily. See demo_table.h. */
#include "app/demo_table.h"

#include "base/fixed.h"
#include "model/calendar.h"

enum { PRICE_DIGITS = 9, CENTS = 2, PRICES = 4 };

static void row_print(FILE *f, const char *symbol, date_t session, const bar_t *b)
{
    char date[11];
    const price_t price[PRICES] = {b->open, b->high, b->low, b->close};
    date_print(date, session);
    (void)fprintf(f, "%s,%s", symbol, date);
    for (u32 i = 0; i < PRICES; i++) {
        char text[32];
        (void)fixed_print(text, sizeof text, price[i].v, PRICE_DIGITS, CENTS);
        (void)fprintf(f, ",%s", text);
    }
    (void)fprintf(f, ",%lld\n", (long long)b->volume);
}

static u32 slice_print(const run_source_t *market, const slice_t *s, void *memory, FILE *f)
{
    (void)memory;
    for (u32 i = 0; i < s->count; i++) {
        row_print(f, market->source.instruments[s->inst[i]].symbol, s->session, &s->bar[i]);
    }
    return s->count;
}

const demo_table_t demo_bars = {.option = "bars",
                                .rows = "daily bars",
                                .header = "symbol,date,open,high,low,close,volume",
                                .no_events = true,
                                .daily = true,
                                .slice = slice_print};
