/* See stylised.h. */
#include "quant/stats/stylised.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

enum { SET_MIN = 100, TAIL_PART = 20, LEVERAGE_LAGS = 5 };
static const u32 cluster_lags[STYLISED_LAGS] = {1, 5, 20};

typedef struct {
    f64 mean;
    f64 variance; /* of the population; 0 if it does not move beyond rounding */
} moments_t;

static moments_t moments_of(const f64 *x, u32 n, bool absolute)
{
    ASSERT(x != NULL && n > 0);
    moments_t m = {0.0, 0.0};
    f64 largest = 0.0;
    for (u32 t = 0; t < n; t++) {
        m.mean += absolute ? q_abs(x[t]) : x[t];
        largest = q_max(largest, q_abs(x[t]));
    }
    m.mean /= n;
    for (u32 t = 0; t < n; t++) {
        f64 d = (absolute ? q_abs(x[t]) : x[t]) - m.mean;
        m.variance += d * d;
    }
    m.variance /= n;
    /* A constant whose mean is not a double leaves dust that is no movement. */
    f64 dust = largest * 1e-12;
    if (m.variance <= dust * dust) {
        m.variance = 0.0;
    }
    ASSERT(m.variance >= 0.0 || q_is_nan(m.variance));
    return m;
}

bool stylised_kurtosis(const f64 *x, u32 n, f64 *out)
{
    ASSERT(x != NULL && out != NULL);
    if (n < 4) {
        return false;
    }
    moments_t m = moments_of(x, n, false);
    if (!(m.variance > 0.0)) {
        return false;
    }
    f64 fourth = 0.0;
    for (u32 t = 0; t < n; t++) {
        f64 square = (x[t] - m.mean) * (x[t] - m.mean) / m.variance;
        fourth += square * square;
    }
    *out = fourth / n;
    return true;
}

/* Lets `value` sink to its place in a heap whose smallest stands on top. */
static void heap_sink(f64 *heap, u32 size, f64 value)
{
    u32 at = 0;
    while (2 * at + 1 < size) {
        u32 child = 2 * at + 1;
        if (child + 1 < size && heap[child + 1] < heap[child]) {
            child++;
        }
        if (heap[child] >= value) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

err_t stylised_hill(arena_t *scratch, const f64 *x, u32 n, u32 k, f64 *out)
{
    ASSERT(scratch != NULL && x != NULL && out != NULL);
    ASSERT(k >= 1 && k < n);
    f64 *heap = arena_array(scratch, f64, k + 1);
    if (heap == NULL) {
        return ERR_ARENA_FULL;
    }
    /* The heap begins as zeros: what stays of them says that too few values differ from zero. */
    for (u32 t = 0; t < n; t++) {
        if (q_abs(x[t]) > heap[0]) {
            heap_sink(heap, k + 1, q_abs(x[t]));
        }
    }
    if (!(heap[0] > 0.0)) {
        return ERR_EMPTY;
    }
    f64 sum = 0.0;
    for (u32 i = 1; i <= k; i++) {
        sum += q_log(heap[i] / heap[0]);
    }
    if (!(sum > 0.0) || !q_is_finite(sum)) {
        return ERR_EMPTY;
    }
    *out = k / sum;
    return ERR_OK;
}

/* Which side of a lagged pair is taken without its sign. */
typedef struct {
    bool now;
    bool later;
} sides_t;

static bool lagged(const f64 *x, u32 n, u32 lag, sides_t absolute, f64 *out)
{
    ASSERT(x != NULL && out != NULL);
    ASSERT(lag >= 1);
    if (n < 2 || lag > n - 2) {
        return false;
    }
    u32 count = n - lag;
    moments_t a = moments_of(x, count, absolute.now);
    moments_t b = moments_of(x + lag, count, absolute.later);
    if (!(a.variance > 0.0) || !(b.variance > 0.0)) {
        return false;
    }
    f64 sum = 0.0;
    for (u32 t = 0; t < count; t++) {
        f64 now = absolute.now ? q_abs(x[t]) : x[t];
        f64 later = absolute.later ? q_abs(x[t + lag]) : x[t + lag];
        sum += (now - a.mean) * (later - b.mean);
    }
    *out = q_clamp(sum / count / (q_sqrt(a.variance) * q_sqrt(b.variance)), -1.0, 1.0);
    return true;
}

bool stylised_autocorrelation(const f64 *x, u32 n, u32 lag, f64 *out)
{
    return lagged(x, n, lag, (sides_t){false, false}, out);
}

bool stylised_clustering(const f64 *x, u32 n, u32 lag, f64 *out)
{
    return lagged(x, n, lag, (sides_t){true, true}, out);
}

bool stylised_leverage(const f64 *x, u32 n, u32 lag, f64 *out)
{
    return lagged(x, n, lag, (sides_t){false, true}, out);
}

bool stylised_volume_edges(const f64 *volume, u32 n, u32 edge, stylised_edges_t *out)
{
    ASSERT(volume != NULL && out != NULL);
    if (edge > n / 2) {
        return false;
    }
    f64 sum = 0.0;
    stylised_edges_t e = {0.0, 0.0};
    for (u32 k = 0; k < n; k++) {
        ASSERT(volume[k] >= 0.0);
        sum += volume[k];
        e.first += k < edge ? volume[k] : 0.0;
        e.last += k >= n - edge ? volume[k] : 0.0;
    }
    if (!(sum > 0.0)) {
        return false;
    }
    *out = (stylised_edges_t){.first = e.first / sum, .last = e.last / sum};
    return true;
}

err_t stylised_cross_correlation(arena_t *scratch, const stylised_set_t *set, f64 *out)
{
    ASSERT(scratch != NULL && set != NULL && out != NULL);
    ASSERT(set->x != NULL || set->rows == 0);
    if (set->n < 2) {
        return ERR_EMPTY;
    }
    f64 *sum = arena_array(scratch, f64, set->n);
    if (sum == NULL) {
        return ERR_ARENA_FULL;
    }
    u32 moving = 0;
    for (u32 r = 0; r < set->rows; r++) {
        const f64 *x = set->x + (size_t)r * set->n;
        moments_t m = moments_of(x, set->n, false);
        if (!(m.variance > 0.0)) {
            continue;
        }
        f64 scale = 1.0 / q_sqrt(m.variance);
        for (u32 t = 0; t < set->n; t++) {
            sum[t] += (x[t] - m.mean) * scale;
        }
        moving++;
    }
    if (moving < 2) {
        return ERR_EMPTY;
    }
    f64 squares = 0.0;
    for (u32 t = 0; t < set->n; t++) {
        squares += sum[t] * sum[t];
    }
    *out = q_clamp((squares / set->n - moving) / ((f64)moving * (moving - 1.0)), -1.0, 1.0);
    return ERR_OK;
}

/* One column a fact, so that each can be sorted for its median. */
enum {
    FACT_KURTOSIS,
    FACT_HILL,
    FACT_LINEAR,
    FACT_LEVERAGE,
    FACT_CLUSTER,
    FACTS = FACT_CLUSTER + STYLISED_LAGS
};

/* Every fact of one series, or ERR_EMPTY. */
static err_t facts_of(arena_t *scratch, const f64 *x, u32 n, f64 fact[FACTS])
{
    size_t used = scratch->used;
    err_t e = stylised_hill(scratch, x, n, n / TAIL_PART, &fact[FACT_HILL]);
    scratch->used = used; /* the heap of one series serves the next */
    TRY(e);
    bool ok = stylised_kurtosis(x, n, &fact[FACT_KURTOSIS]);
    ok = ok && stylised_autocorrelation(x, n, 1, &fact[FACT_LINEAR]);
    for (u32 k = 0; k < STYLISED_LAGS && ok; k++) {
        ok = stylised_clustering(x, n, cluster_lags[k], &fact[FACT_CLUSTER + k]);
    }
    fact[FACT_LEVERAGE] = 0.0;
    for (u32 lag = 1; lag <= LEVERAGE_LAGS && ok; lag++) {
        f64 one = 0.0;
        ok = stylised_leverage(x, n, lag, &one);
        fact[FACT_LEVERAGE] += one / LEVERAGE_LAGS;
    }
    return ok ? ERR_OK : ERR_EMPTY;
}

/* Sorts by insertion: a set has hundreds of series, not thousands. */
static f64 median_of(f64 *x, u32 n)
{
    ASSERT(x != NULL && n > 0);
    for (u32 i = 1; i < n; i++) {
        f64 value = x[i];
        u32 at = i;
        for (; at > 0 && x[at - 1] > value; at--) {
            x[at] = x[at - 1];
        }
        x[at] = value;
    }
    return n % 2 == 1 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

err_t stylised_measure(arena_t *scratch, const stylised_set_t *set, stylised_t *out)
{
    ASSERT(scratch != NULL && set != NULL && out != NULL);
    if (set->n < SET_MIN || set->rows < 2) {
        return ERR_EMPTY;
    }
    f64 *column = arena_array(scratch, f64, (size_t)set->rows * FACTS);
    if (column == NULL) {
        return ERR_ARENA_FULL;
    }
    u32 rows = 0;
    for (u32 r = 0; r < set->rows; r++) {
        f64 fact[FACTS];
        err_t e = facts_of(scratch, set->x + (size_t)r * set->n, set->n, fact);
        if (e == ERR_EMPTY) {
            continue;
        }
        TRY(e);
        for (u32 k = 0; k < FACTS; k++) {
            column[(size_t)k * set->rows + rows] = fact[k];
        }
        rows++;
    }
    if (rows < 2) {
        return ERR_EMPTY;
    }
    f64 median[FACTS];
    for (u32 k = 0; k < FACTS; k++) {
        median[k] = median_of(column + (size_t)k * set->rows, rows);
    }
    stylised_t s = {.kurtosis = median[FACT_KURTOSIS], .hill = median[FACT_HILL], .rows = rows};
    s.linear = median[FACT_LINEAR];
    s.leverage = median[FACT_LEVERAGE];
    for (u32 k = 0; k < STYLISED_LAGS; k++) {
        s.clustering[k] = median[FACT_CLUSTER + k];
    }
    TRY(stylised_cross_correlation(scratch, set, &s.cross));
    *out = s;
    return ERR_OK;
}
