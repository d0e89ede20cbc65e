/* Inner doors between the files of the tear sheet as a page. See report.h: report_html. */
#ifndef VITRINE_FACES_REPORT_HTML_PARTS_H
#define VITRINE_FACES_REPORT_HTML_PARTS_H

#include "faces/report/report_parts.h"
#include "faces/report/svg.h"

enum { FAN_LINES = 5, FAN_POINTS = 64, FAN_PATHS = 500, ROLLING_DAYS = 126 };

/* Series by session that the charts share; day[0] is the first session. */
typedef struct {
    u32 n;               /* sessions */
    date_t *day;         /* [n] */
    f64 *equity;         /* [n], $ */
    f64 *growth;         /* [n], equity / start - 1 */
    f64 *proxy;          /* [n], of the proxy held; NULL if unknown */
    f64 *ret;            /* [n], daily returns; ret[0] from the start */
    f64 *under;          /* [n], <= 0: below the highest so far */
    f64 *sharpe;         /* [n], of the last ROLLING_DAYS, yearly; 0 before */
    f64 *beta;           /* the same against the proxy; NULL if unknown */
    f64 *fan[FAN_LINES]; /* [FAN_POINTS] quantiles 5, 25, 50, 75, 95 % of resampled equity growth */
    bool fan_known;
} curves_t;

/* From the arena. ERR_ARENA_FULL. */
MUST_USE err_t html_curves(const report_t *r, arena_t *a, curves_t *out);

void html_chart_equity(const report_t *r, const curves_t *s, FILE *out);
void html_chart_under(const curves_t *s, FILE *out);
void html_chart_rolling(const curves_t *s, FILE *out);
void html_chart_fan(const curves_t *s, FILE *out);
void html_heat_map(const curves_t *s, FILE *out);
void html_chart_results(const report_t *r, FILE *out);
void html_chart_excursions(const report_t *r, FILE *out);
void html_chart_costs(const report_t *r, FILE *out);
void html_chart_calibration(const report_t *r, FILE *out);
void html_chart_funnel(const report_t *r, FILE *out);

void html_first(const report_t *r, FILE *out);
void html_users(const report_t *r, FILE *out);
void html_figures(const report_t *r, FILE *out);
void html_costs_table(const report_t *r, FILE *out);
void html_robust(const report_t *r, FILE *out);
void html_groups(const report_t *r, FILE *out);
void html_windows(const curves_t *s, FILE *out);
void html_rules(const report_t *r, FILE *out);
void html_told(const report_t *r, FILE *out);
/* The newest TRADES_SHOWN. */
void html_trades(const report_t *r, FILE *out);

#endif
