/* Daily bars out of the intraday bars that an import has touched (see import.h). */
#include <stdlib.h>

#include "base/assert.h"
#include "drivers/import_inner.h"
#include "market/daily_build.h"

/* Daily bars of every session this import has touched, from what is now stored (not only from this file). */
err_t import_daily(importer_t *im, u32 symbol)
{
    bars_series_t series = import_series(im, symbol);
    const import_symbol_t *s = &im->own_symbol[symbol];
    bars_query_t q = {.source = series.source, .symbol = series.symbol, .timeframe = series.timeframe};
    bar_t *own = NULL;
    u32 n = 0;
    TRY(bars_read_all(im->own_store, &q, im->diag, &own, &n));
    err_t err = ERR_OK;
    u32 days = 0;
    u32 day_room = (u32)(s->last - s->first + 2);
    bar_t *daily = malloc(day_room * sizeof *daily);
    if (daily == NULL) {
        err = diag_fail(im->diag, ERR_NO_MEMORY, "no memory for daily bars of %s", series.symbol);
    }
    daily_build_t build = {0};
    bool coin = import_calendar(series.symbol) == CAL_CRYPTO;
    for (u32 i = 0; err == ERR_OK && i < n; i++) {
        date_t d = (date_t)(own[i].t_event / NS_PER_DAY);
        import_day_t utc = import_coin_day(d);
        const import_day_t *day = coin ? &utc : import_day(im, d);
        if ((own[i].flags & BAR_LATE) != 0 || d < s->first || d > s->last || day == NULL || day->close == 0) {
            continue;
        }
        if (daily_build_add(&build, &own[i], day->open, day->close + im->spec->feed_delay_ns, &daily[days])) {
            days++;
        }
    }
    if (err == ERR_OK && daily_build_end(&build, &daily[days])) {
        days++;
    }
    series.timeframe = TF_1D;
    series.built = true;
    bars_put_t put = {0};
    if (err == ERR_OK && days > 0) {
        err = bars_put(im->own_store, &series, &(bars_rows_t){daily, days, im->spec->now_ns}, &put, im->diag);
        im->report.daily_built += days;
    }
    free(daily);
    free(own);
    return err;
}
