/* See rules_today.h. */
#include "scan/rules_today.h"

#include "base/assert.h"

rules_t rules_today(const config_t *c, date_t session)
{
    ASSERT(c != NULL);
    broker_overlay_t overlay = {.cash_account = c->account_margin == 0,
                                .pdt_legacy = c->account_legacy_pdt != 0,
                                .good_faith_max = c->account_good_faith_max};
    rules_t r = rulebook_for(session, &overlay);
    ASSERT(r.initial_bps > 0);
    return r;
}

account_law_t account_law_today(const config_t *c, date_t session)
{
    rules_t r = rules_today(c, session);
    ASSERT(r.freeze_days > 0 && r.good_faith_max > 0);
    return (account_law_t){.cash = r.cash_account ? 1 : 0,
                           .freeze_days = r.freeze_days,
                           .good_faith_max = (u32)r.good_faith_max,
                           .good_faith_from = good_faith_from(&r)};
}

date_t settles_on(calendar_id_t calendar, date_t session, i64 as_of)
{
    date_t day = calendar == CAL_CRYPTO ? session : rulebook_settles_on(session, as_of);
    ASSERT(day >= session);
    return day;
}
