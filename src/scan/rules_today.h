/* The law of the day for one account: the dated rule book, read with what the configuration says of account
 * and broker. */
#ifndef VITRINE_SCAN_RULES_TODAY_H
#define VITRINE_SCAN_RULES_TODAY_H

#include "model/config.h"
#include "trade/portfolio/account.h"
#include "trade/risk/rulebook.h"

rules_t rules_today(const config_t *c, date_t session);
/* When what is sold in a session becomes money that buys again: by the rule book for shares, at once for
 * coins. As known at `as_of`. */
date_t settles_on(calendar_id_t calendar, date_t session, i64 as_of);
/* The part of it that the account itself keeps: what a sale before settlement means. */
account_law_t account_law_today(const config_t *c, date_t session);

#endif
