/* Inner doors between the files of the report. See report.h. */
#ifndef VITRINE_FACES_REPORT_REPORT_PARTS_H
#define VITRINE_FACES_REPORT_REPORT_PARTS_H

#include "base/dollars.h"
#include "faces/report/report.h"
#include "model/gate.h"

/* Gains by year and kind, what wash sales defer, the lots that are open. */
void report_print_tax(const report_t *r, FILE *out);
void report_json_tax(const report_t *r, jsonw_t *w);
void html_tax(const report_t *r, FILE *out);
/* The day of a bar, where its market is. */
date_t report_bar_day(calendar_id_t calendar, i64 t_event);
/* What one R of this trade was in money; 0 if it had no stop. */
f64 report_risk_money(const report_facts_t *f, const lesson_record_t *l);
/* Time in the market and capital at work; after the waterfall. ERR_NO_MEMORY. */
MUST_USE err_t report_work(report_t *r);
/* What was planted in the simulated market of a demo, and what its trades say of it, as one sentence. False,
 * and nothing said, of any other run. */
bool report_planted(const report_t *r, char out[REPORT_SENTENCE]);
/* How many of the planted moves were entered, and what came of it, in two lines. False: not known. */
bool report_found(const report_t *r, u32 line, char out[REPORT_SENTENCE]);
void report_json_found(const report_t *r, jsonw_t *w);
/* Figures beside those of report_t. Days 0 and metrics not ok: there is none. */
typedef struct {
    date_t fell_from, fell_to, back_on; /* the deepest fall of the equity */
    metric_t fell_within;               /* the same down to the lowest mark within a day, a fraction, >= 0 */
    date_t within_on;                   /* that day */
    metric_t best_r, worst_r;           /* mean over trades of their best and worst point while open, in R */
    metric_t of_used;                   /* net of all trades, of the money that their entries took */
} report_more_t;
report_more_t report_more(const report_t *r);
void report_print_more(const report_t *r, FILE *out);
void report_json_more(const report_t *r, jsonw_t *w);
void html_more(const report_t *r, FILE *out);
/* Parts of the trades in every dimension, and the result without the best of them. ERR_NO_MEMORY. */
MUST_USE err_t report_group(report_t *r);
/* Why a figure of equity, or one that asks for 30 trades too, is not shown; NULL: it is. At most 16 letters.
 */
const char *report_hides(const report_t *r, bool of_equity, bool of_trades);
/* "ended"; "interrupted" where the record says "running" and no process does. */
const char *report_status(const report_facts_t *f);
/* What the two intervals say together: a loss that is proven a trade must not read as "maybe nothing". NULL:
 * both lie on one side of zero. */
const char *report_verdict(const report_t *r);
/* Sliced orders as a part of the tear sheet, empty in a run without; the same for the page and as JSON. */
void report_print_slices(const report_t *r, FILE *out);
void html_slices(const report_t *r, FILE *out);
void report_json_slices(const report_facts_t *f, jsonw_t *w);
/* Fills what searches of the home tried the run's settings. Errors of the store. */
MUST_USE err_t report_searched(store_t *s, diag_t *diag, report_facts_t *f);
/* The same in words; false: not known. */
bool report_searched_text(const report_facts_t *f, char out[REPORT_SENTENCE]);
void report_json_searched(const report_facts_t *f, jsonw_t *w);
/* Results by share of bar volume. */
void report_print_share(const report_t *r, FILE *out);
void html_share(const report_t *r, FILE *out);
void report_json_share(const report_t *r, jsonw_t *w);
/* The table of users, cell by cell: name, preset, then amounts. */
enum { USER_COLUMNS = 8, USER_CELL = 40 };
extern const char *const report_user_heads[USER_COLUMNS];
void report_user_cell(const report_user_t *v, u32 column, char out[USER_CELL]);
/* Time of decisions, empty where none was recorded. */
void report_print_time(const report_t *r, FILE *out);
void html_time(const report_t *r, FILE *out); /* of a run that has some */
void report_json_time(const report_facts_t *f, jsonw_t *w);
/* A line with a title between two parts of the text. */
void report_head(FILE *out, const char *title);
/* A figure of the text and what is said of it, in as many lines as that takes. */
__attribute__((format(printf, 3, 4))) void report_put_value(FILE *out, const char *label, const char *format,
                                                            ...);
/* The name of the loop that told it. */
const char *report_told_name(const report_told_t *t);
/* In a run of many, whose the last is; NULL: everybody's, or there is one user alone. */
const char *report_told_user(const report_facts_t *f, const report_told_t *t);
/* What an alert's code means, for people. */
const char *report_alert_name(u32 code);
/* Mean of n results and its standard error, 0 for a single one, from their sum and sum of squares; n >= 1. */
typedef struct {
    f64 mean, error;
} report_mean_t;
report_mean_t report_mean(u32 n, f64 sum, f64 squares);
/* The names traded, best net first, malloc'd; NULL if there are none or no memory. */
report_group_t *report_names_by_net(const report_t *r);
/* Rules of a stage that decided something, most first, ties by id; returns how many. */
enum { REPORT_STAGE_RULES = 100 }; /* ids are stage x 100 + n */
u32 report_stage_rules(const report_facts_t *f, u32 stage, const rule_desc_t *out[REPORT_STAGE_RULES]);
/* Name of a strategy id, "?" if this binary does not know it. */
const char *report_strategy_name(u64 id);

#endif
