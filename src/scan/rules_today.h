/* The law of the day as the risk gates take it: the dated rule book read for one account. */
#ifndef VITRINE_SCAN_RULES_TODAY_H
#define VITRINE_SCAN_RULES_TODAY_H

#include "trade/risk/gates.h"

risk_rules_t rules_today(const config_t *c, date_t session);

#endif
