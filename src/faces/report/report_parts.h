/* Inner doors between the files of the report. See report.h. */
#ifndef VITRINE_FACES_REPORT_REPORT_PARTS_H
#define VITRINE_FACES_REPORT_REPORT_PARTS_H

#include "faces/report/report.h"

/* What one R of this trade was in money; 0 if it had no stop. */
f64 report_risk_money(const report_facts_t *f, const lesson_record_t *l);
/* Parts of the trades in every dimension, and the result without the best of them. ERR_NO_MEMORY. */
MUST_USE err_t report_group(report_t *r);
/* Name of a strategy id, "?" if this binary does not know it. */
const char *report_strategy_name(u64 id);

#endif
