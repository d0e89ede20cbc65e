/* See curve.h. */
#include "market/curve.h"

#include <string.h>

#include "base/assert.h"
#include "quant/stats/median.h"

enum { LANES = 8, CLOCKS = (MARKET_CLOCK_ALWAYS + MEDIAN_COLUMNS - 1) / MEDIAN_COLUMNS * MEDIAN_COLUMNS };
#define WHOLE_MAX 9007199254740992.0 /* 2^53: up to here sums of whole numbers are exact */

static f64 *day_of(const market_t *m, u32 i, u32 day)
{
    return m->curve_volume + ((size_t)i * MARKET_CURVE_DAYS + day) * m->clocks;
}

static bool is_whole(f64 x)
{
    return x >= 0 && x <= WHOLE_MAX && x == (f64)(i64)x;
}

void curve_record(market_t *m, u32 i)
{
    ASSERT(m != NULL && i < m->count);
    u32 at = m->curve_days[i] % MARKET_CURVE_DAYS;
    f64 *day = day_of(m, i, at);
    bool whole = true;
    memcpy(day, m->today_volume + (size_t)i * m->clocks, m->clocks * sizeof *day);
    for (u32 c = 0; c < m->clocks; c++) {
        whole = whole && is_whole(day[c]);
    }
    m->curve_parts[i] = whole ? m->curve_parts[i] & ~(1U << at) : m->curve_parts[i] | 1U << at;
    m->curve_days[i]++;
}

/* Clock bars that the block asks for: [from, to). */
typedef struct {
    u32 from, to;
} clocks_t;

static bool known(const market_t *m, i32 clock)
{
    return clock >= 0 && clock < (i32)m->clocks;
}

static clocks_t clocks_of(const market_t *m)
{
    clocks_t k = {m->clocks, 0};
    for (u32 slot = 0; slot < m->block_count; slot++) {
        if (known(m, m->block_clock[slot])) {
            k.from = MIN_OF(k.from, (u32)m->block_clock[slot]);
            k.to = MAX_OF(k.to, (u32)m->block_clock[slot] + 1);
        }
    }
    return k;
}

static void medians(const market_t *m, u32 i, u32 days, clocks_t k, f64 out[CLOCKS])
{
    for (u32 first = k.from / MEDIAN_COLUMNS * MEDIAN_COLUMNS; first < k.to; first += MEDIAN_COLUMNS) {
        f64 rows[MARKET_CURVE_DAYS][MEDIAN_COLUMNS] = {0};
        u32 columns = MIN_OF((u32)MEDIAN_COLUMNS, m->clocks - first);
        for (u32 d = 0; d < days; d++) {
            memcpy(rows[d], day_of(m, i, d) + first, columns * sizeof rows[d][0]);
        }
        median_columns(m->kernel_level, rows, days, out + first);
    }
}

/* Volume of all days up to one clock bar, added in their order. */
static f64 sum_until(const market_t *m, u32 i, u32 days, u32 clock)
{
    f64 sum = 0;
    for (u32 d = 0; d < days; d++) {
        const f64 *day = day_of(m, i, d);
        for (u32 c = 0; c <= clock; c++) {
            sum += day[c];
        }
    }
    return sum;
}

/* Usual volume up to each clock bar asked for, times `days`. */
static void usual(const market_t *m, u32 i, u32 days, clocks_t k, f64 out[CLOCKS])
{
    for (u32 clock = k.from; m->curve_parts[i] != 0 && clock < k.to; clock++) {
        out[clock] = sum_until(m, i, days, clock);
    }
    if (m->curve_parts[i] != 0) {
        return;
    }
    f64 sum = 0;
    memset(out, 0, k.to * sizeof *out);
    for (u32 d = 0; d < days; d++) {
        const f64 *day = day_of(m, i, d);
        for (u32 c = 0; c < k.to; c++) {
            out[c] += day[c];
        }
    }
    for (u32 c = 0; c < k.to; c++) {
        sum += out[c];
        out[c] = sum;
    }
}

static void curve_symbol(const market_t *m, u32 i, clocks_t k, curve_t *out)
{
    u32 days = MIN_OF(m->curve_days[i], (u32)MARKET_CURVE_DAYS);
    f64 mid[CLOCKS];
    f64 sums[CLOCKS];
    f64 today[CLOCKS];
    f64 sum = 0;
    if (days < MARKET_CURVE_MIN) {
        return;
    }
    medians(m, i, days, k, mid);
    usual(m, i, days, k, sums);
    for (u32 c = 0; c < k.to; c++) {
        sum += m->today_volume[(size_t)i * m->clocks + c];
        today[c] = sum;
    }
    for (u32 slot = 0; slot < m->block_count; slot++) {
        i32 clock = m->block_clock[slot];
        if (known(m, clock)) {
            out->relative[slot][i % LANES] =
                sums[clock] > 0 ? today[clock] * (f64)days / sums[clock] : 0.0;
            out->median[slot][i % LANES] = mid[clock];
        }
    }
}

void curve_group(const market_t *m, u32 group, curve_t *out)
{
    ASSERT(m != NULL && out != NULL);
    memset(out->relative, 0, m->block_count * sizeof out->relative[0]);
    memset(out->median, 0, m->block_count * sizeof out->median[0]);
    clocks_t k = clocks_of(m);
    if (m->half_day) {
        return;
    }
    for (u32 lane = 0; lane < LANES && group * LANES + lane < m->count; lane++) {
        curve_symbol(m, group * LANES + lane, k, out);
    }
}

u32 curve_mean(const market_t *m, u32 i, f64 *out)
{
    ASSERT(m != NULL && out != NULL && i < m->count);
    u32 days = m->curve_volume == NULL ? 0 : MIN_OF(m->curve_days[i], (u32)MARKET_CURVE_DAYS);
    if (days < MARKET_CURVE_MIN) {
        return 0;
    }
    for (u32 c = 0; c < m->clocks; c++) {
        f64 sum = 0;
        for (u32 d = 0; d < days; d++) {
            sum += day_of(m, i, d)[c];
        }
        out[c] = sum / (f64)days;
    }
    ASSERT(days <= MARKET_CURVE_DAYS);
    return days;
}
