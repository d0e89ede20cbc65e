/* See rules_today.h. */
#include "scan/rules_today.h"

#include "base/assert.h"
#include "trade/risk/rulebook.h"

risk_rules_t rules_today(const config_t *c, date_t session)
{
    ASSERT(c != NULL);
    broker_overlay_t overlay = {.cash_account = c->account_margin == 0,
                                .pdt_legacy = c->account_legacy_pdt != 0};
    rules_t r = rulebook_for(session, &overlay);
    ASSERT(r.initial_bps > 0);
    return (risk_rules_t){.pdt = r.pdt,
                          .pdt_max = r.pdt_day_trades,
                          .pdt_equity = r.pdt_equity,
                          .initial_margin_pct = (f64)r.initial_bps / 100.0,
                          .maintenance_long_pct = (f64)r.maintenance_long_bps / 100.0,
                          .maintenance_short_pct = (f64)r.maintenance_short_bps / 100.0,
                          .margin_min_equity = r.margin_equity};
}
