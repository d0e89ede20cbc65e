/* See analyst.h. Every row of the table in trading.md 6, in its order. */
#include "ai/analyst.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

static void row(conviction_t *c, evidence_id_t id, bool known, f64 value, f64 points)
{
    ASSERT(c->count < EVIDENCE_COUNT);
    f64 p = known ? points : 0.0;
    c->row[c->count++] =
        (evidence_t){.id = (u8)id, .known = known, .value = known ? value : 0.0, .points = p};
    c->bull += p > 0 ? p : 0.0;
    c->bear += p < 0 ? -p : 0.0;
}

static f64 trend_points(const ai_input_t *in)
{
    f64 t = in->trend15 * in->d;
    f64 p = t >= 2.0 ? 8.0 : (t <= -2.0 ? -8.0 : 0.0);
    return in->reversal ? -p / 2.0 : p;
}

static f64 fit_points(const ai_input_t *in)
{
    if (in->intraday == 0) {
        return 0.0;
    }
    bool fits = in->reversal ? in->intraday == 2 : in->intraday == 1;
    return fits ? 4.0 : -4.0;
}

static f64 clock_points(f64 minutes)
{
    if (minutes < 120.0) { /* before 11:30 */
        return 3.0;
    }
    return minutes >= 150.0 && minutes < 240.0 ? -4.0 : 0.0; /* 12:00 to 13:30 */
}

static f64 health_points(const ai_input_t *in)
{
    if (in->health_degraded) {
        return -10.0;
    }
    return in->health_sharpe >= 1.0 && in->health_results >= 40 ? 5.0 : 0.0;
}

static f64 earnings_points(f64 days)
{
    return days <= 2.0 ? -15.0 : (days <= 5.0 ? -5.0 : 0.0);
}

static void market_rows(const ai_input_t *in, conviction_t *c)
{
    row(c, EVIDENCE_SCORE, true, in->score, 16.0 * (2.0 * in->score - 1.0) - 8.0);
    row(c, EVIDENCE_TREND15, in->trend15_known, in->trend15, trend_points(in));
    row(c, EVIDENCE_INDEX_SIDE, in->index_known, in->index_side, in->index_side * in->d > 0 ? 6.0 : -6.0);
    row(c, EVIDENCE_REGIME_FIT, in->intraday_known, (f64)in->intraday, fit_points(in));
    row(c, EVIDENCE_RVOL, in->rvol_known, in->rvol, in->rvol >= 2.0 ? 5.0 : (in->rvol < 1.0 ? -5.0 : 0.0));
    row(c, EVIDENCE_ROOM, in->room_known, in->room_r,
        in->room_r >= 2.0 ? 5.0 : (in->room_r < 1.0 ? -8.0 : 0.0));
    bool stretched = !in->reversal && in->beyond_vwap_a > 3.0;
    row(c, EVIDENCE_STRETCHED, in->vwap_known, in->beyond_vwap_a, stretched ? -8.0 : 0.0);
}

static void context_rows(const ai_input_t *in, conviction_t *c)
{
    bool vix_bad = in->vix > 30.0 || (in->vix_change_pct > 10.0 && in->d > 0);
    f64 shrink = (f64)in->lessons_n / ((f64)in->lessons_n + 10.0);
    row(c, EVIDENCE_SECTOR, in->sector_known, in->sector, 5.0 * in->sector);
    row(c, EVIDENCE_NEWS, in->news_known, in->news, 10.0 * in->news * in->d);
    row(c, EVIDENCE_EARNINGS, in->earnings_known, in->earnings_days, earnings_points(in->earnings_days));
    row(c, EVIDENCE_VIX, in->vix_known, in->vix, vix_bad ? -6.0 : 0.0);
    row(c, EVIDENCE_IV_RANK, in->iv_rank_known, in->iv_rank, in->iv_rank > 80.0 ? -3.0 : 0.0);
    row(c, EVIDENCE_FLOW, false, 0.0, 0.0);
    row(c, EVIDENCE_HEALTH, in->health_results > 0, in->health_sharpe, health_points(in));
    row(c, EVIDENCE_LESSONS, in->lessons_n > 0, in->lessons_r,
        q_clamp(16.0 * in->lessons_r * shrink, -8.0, 8.0));
}

static i32 whole(f64 x)
{
    f64 v = q_clamp(x, 0.0, 100.0);
    return (i32)(v + 0.5);
}

static void three_risks(conviction_t *c)
{
    for (u32 k = 0; k < 3; k++) {
        f64 worst = 0.0;
        for (u32 i = 0; i < c->count; i++) {
            u8 id = c->row[i].id;
            bool taken = id == c->risk[0] || id == c->risk[1] || id == c->risk[2];
            if (!taken && c->row[i].points < worst) {
                worst = c->row[i].points;
                c->risk[k] = id;
            }
        }
    }
}

void analyst_run(const ai_input_t *in, conviction_t *out)
{
    ASSERT(in != NULL && out != NULL);
    ASSERT(in->d == 1 || in->d == -1);
    conviction_t c = {0};
    market_rows(in, &c);
    context_rows(in, &c);
    c.neutral = q_clamp(50.0 + c.bull - c.bear, 0.0, 100.0);
    row(&c, EVIDENCE_SPREAD, true, in->spread_bps, in->spread_bps > 10.0 ? -5.0 : 0.0);
    row(&c, EVIDENCE_CLOCK, in->clock_known, in->minutes, clock_points(in->minutes));
    c.conviction = whole(50.0 + c.bull - c.bear);
    three_risks(&c);
    *out = c;
}

const char *evidence_name(u8 id)
{
    static const char *const names[EVIDENCE_COUNT] = {"?",
                                                      "strategy score",
                                                      "15-minute trend",
                                                      "proxy against its VWAP",
                                                      "fit to the day",
                                                      "relative volume",
                                                      "room to the next level",
                                                      "stretched beyond VWAP",
                                                      "sector",
                                                      "news",
                                                      "earnings",
                                                      "VIX",
                                                      "IV rank",
                                                      "options flow",
                                                      "strategy health",
                                                      "similar past trades",
                                                      "spread",
                                                      "time of day"};
    return names[id < EVIDENCE_COUNT ? id : 0];
}
