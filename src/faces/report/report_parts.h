/* Inner doors between the files of the report. See report.h. */
#ifndef VITRINE_FACES_REPORT_REPORT_PARTS_H
#define VITRINE_FACES_REPORT_REPORT_PARTS_H

#include "faces/report/report.h"

/* What one R of this trade was in money; 0 if it had no stop. */
f64 report_risk_money(const report_facts_t *f, const lesson_record_t *l);
/* Parts of the trades in every dimension, and the result without the best of them. ERR_NO_MEMORY. */
MUST_USE err_t report_group(report_t *r);
/* "-$1,234.56", or "-$1,235" without cents; no plus sign. */
const char *report_dollars(char out[32], f64 v, bool cents);
/* What the two intervals say together: a loss that is proven a trade must not read as "maybe nothing". NULL:
 * both lie on one side of zero. */
const char *report_verdict(const report_t *r);
/* What an alert's code means, for people. */
const char *report_alert_name(u32 code);
/* Name of a strategy id, "?" if this binary does not know it. */
const char *report_strategy_name(u64 id);

#endif
