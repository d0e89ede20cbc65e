/* See bootstrap.h. */
#include "quant/stats/bootstrap.h"

#include "base/assert.h"
#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/metrics.h"

typedef f64 statistic_fn(const f64 sums[3], u32 n, f64 year);

/* What is added up along a draw: a[i], and b[i] (the square for a Sharpe, the denominator for a ratio). */
typedef struct {
    const f64 *a;
    const f64 *b; /* NULL: a squared */
    u32 n;
    f64 year;
    statistic_fn *value;
} sample_t;

static f64 value_mean(const f64 sums[3], u32 n, f64 year)
{
    (void)year;
    return sums[0] / (f64)n;
}

static f64 value_sharpe(const f64 sums[3], u32 n, f64 year)
{
    f64 mean = sums[0] / (f64)n;
    f64 var = (sums[1] - (f64)n * mean * mean) / (f64)(n - 1);
    return var > 1e-30 ? mean / q_sqrt(var) * q_sqrt(year) : 0.0;
}

static f64 value_ratio(const f64 sums[3], u32 n, f64 year)
{
    (void)n;
    (void)year;
    return sums[1] > 0.0 ? sums[0] / sums[1] : 0.0;
}

static f64 of_all(const sample_t *s)
{
    f64 sums[3] = {0};
    for (u32 i = 0; i < s->n; i++) {
        sums[0] += s->a[i];
        sums[1] += s->b != NULL ? s->b[i] : s->a[i] * s->a[i];
    }
    return s->value(sums, s->n, s->year);
}

/* One resample: with chance 1/mean_block each day starts a new block at a random place, otherwise it follows
 * the day before, round the end. The number's high half decides, the low half places. */
static f64 of_draw(const sample_t *s, rng_key_t key, f64 mean_block)
{
    u64 restart = (u64)(4294967296.0 / mean_block);
    f64 sums[3] = {0};
    u32 at = 0;
    u64 prepared = rng_prepare(key);
    for (u32 i = 0; i < s->n; i++) {
        u64 bits = rng_prepared(prepared, i);
        at = at + 1 < s->n ? at + 1 : 0;
        if (i == 0 || (bits >> 32) < restart) {
            at = (u32)(((bits & 0xFFFFFFFFu) * s->n) >> 32);
        }
        sums[0] += s->a[at];
        sums[1] += s->b != NULL ? s->b[at] : s->a[at] * s->a[at];
    }
    return s->value(sums, s->n, s->year);
}

static err_t run(arena_t *scratch, const bootstrap_spec_t *spec, const sample_t *s, bootstrap_t *out)
{
    u32 draws = spec->draws > 0 ? spec->draws : BOOTSTRAP_DRAWS;
    f64 block = spec->mean_block > 0.0 ? spec->mean_block : (f64)BOOTSTRAP_BLOCK;
    f64 level = spec->level > 0.0 ? spec->level : 0.95;
    ASSERT(s->n >= 2 && draws >= 2);
    ASSERT(block >= 1.0 && level < 1.0);
    f64 *v = arena_array(scratch, f64, draws);
    if (v == NULL) {
        return ERR_ARENA_FULL;
    }
    f64 sum = 0.0;
    f64 squares = 0.0;
    rng_key_t key = {.seed = spec->seed, .purpose = RNG_BOOTSTRAP, .entity = spec->entity};
    for (u32 i = 0; i < draws; i++) {
        key.cycle = i;
        v[i] = of_draw(s, key, block);
        sum += v[i];
    }
    for (u32 i = 0; i < draws; i++) {
        f64 z = v[i] - sum / (f64)draws;
        squares += z * z;
    }
    metrics_sort(v, draws);
    out->point = of_all(s);
    out->low = metrics_quantile_sorted(v, draws, 0.5 - 0.5 * level);
    out->high = metrics_quantile_sorted(v, draws, 0.5 + 0.5 * level);
    out->error = q_sqrt(squares / (f64)(draws - 1));
    out->draws = draws;
    ASSERT(out->low <= out->high);
    return ERR_OK;
}

err_t bootstrap_mean(arena_t *scratch, const bootstrap_spec_t *spec, const f64 *day, u32 n, bootstrap_t *out)
{
    return run(scratch, spec, &(sample_t){.a = day, .n = n, .value = value_mean}, out);
}

err_t bootstrap_sharpe(arena_t *scratch, const bootstrap_spec_t *spec, const f64 *day, u32 n,
                       bootstrap_t *out)
{
    ASSERT(spec->year >= 1.0);
    return run(scratch, spec, &(sample_t){.a = day, .n = n, .year = spec->year, .value = value_sharpe}, out);
}

err_t bootstrap_ratio(arena_t *scratch, const bootstrap_spec_t *spec, const f64 *const num_den[2], u32 n,
                      bootstrap_t *out)
{
    return run(scratch, spec, &(sample_t){.a = num_den[0], .b = num_den[1], .n = n, .value = value_ratio},
               out);
}

