/* See pbo.h. */
#include "quant/stats/pbo.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

/* Sums of one try over one block of days. */
typedef struct {
    f64 sum, squares;
    u32 days;
} block_t;

typedef struct {
    const block_t *block; /* [trials][PBO_BLOCKS] */
    u32 trials;
    f64 *out_sharpe; /* [trials], of one parting */
} work_t;

/* Daily Sharpe of a try over the blocks whose bit is set; 0 without movement. */
static f64 sharpe_of(const block_t *b, u32 mask)
{
    f64 sum = 0;
    f64 squares = 0;
    u32 days = 0;
    for (u32 i = 0; i < PBO_BLOCKS; i++) {
        if ((mask >> i & 1U) != 0) {
            sum += b[i].sum;
            squares += b[i].squares;
            days += b[i].days;
        }
    }
    ASSERT(days > 1);
    f64 mean = sum / days;
    f64 var = (squares - sum * mean) / (days - 1);
    return var > 1e-18 ? mean / q_sqrt(var) : 0.0;
}

/* One parting: the best of the days in `mask`, and what became of it in the others. */
static void parting(work_t *w, u32 mask, f64 *in_best, f64 *out_best, f64 *rank)
{
    u32 best = 0;
    *in_best = 0;
    for (u32 k = 0; k < w->trials; k++) {
        f64 in = sharpe_of(w->block + (size_t)k * PBO_BLOCKS, mask);
        w->out_sharpe[k] = sharpe_of(w->block + (size_t)k * PBO_BLOCKS, ~mask);
        if (k == 0 || in > *in_best) {
            best = k;
            *in_best = in;
        }
    }
    *out_best = w->out_sharpe[best];
    f64 below = 0;
    for (u32 k = 0; k < w->trials; k++) {
        below += w->out_sharpe[k] < *out_best ? 1.0 : (w->out_sharpe[k] == *out_best ? 0.5 : 0.0);
    }
    *rank = (below + 0.5) / (w->trials + 1.0); /* in (0, 1); the try itself counts as half */
}

static void blocks_of(const f64 *ret, u32 days, block_t *b)
{
    for (u32 i = 0; i < PBO_BLOCKS; i++) {
        u32 from = (u32)((u64)i * days / PBO_BLOCKS);
        u32 to = (u32)((u64)(i + 1) * days / PBO_BLOCKS);
        b[i] = (block_t){.days = to - from};
        for (u32 t = from; t < to; t++) {
            b[i].sum += ret[t];
            b[i].squares += ret[t] * ret[t];
        }
    }
}

err_t pbo_compute(arena_t *scratch, const f64 *ret, u32 trials, u32 days, pbo_t *out)
{
    ASSERT(scratch != NULL && ret != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    if (trials < PBO_TRIALS_MIN || days < PBO_BLOCKS * PBO_BLOCK_DAYS_MIN) {
        return ERR_EMPTY;
    }
    block_t *block = arena_array(scratch, block_t, (size_t)trials * PBO_BLOCKS);
    f64 *out_sharpe = arena_array(scratch, f64, trials);
    if (block == NULL || out_sharpe == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 k = 0; k < trials; k++) {
        blocks_of(ret + (size_t)k * days, days, block + (size_t)k * PBO_BLOCKS);
    }
    work_t w = {.block = block, .trials = trials, .out_sharpe = out_sharpe};
    f64 sx = 0;
    f64 sy = 0;
    f64 sxx = 0;
    f64 sxy = 0;
    u32 n = 0;
    for (u32 mask = 0; mask < 1U << PBO_BLOCKS; mask++) {
        if (__builtin_popcount(mask) != PBO_BLOCKS / 2) {
            continue;
        }
        f64 in = 0;
        f64 after = 0;
        f64 rank = 0;
        parting(&w, mask, &in, &after, &rank);
        n++;
        out->pbo += rank < 0.5 ? 1.0 : (rank == 0.5 ? 0.5 : 0.0);
        out->loss += after < 0 ? 1.0 : 0.0;
        out->logit_mean += q_log(rank / (1.0 - rank));
        sx += in;
        sy += after;
        sxx += in * in;
        sxy += in * after;
    }
    f64 spread = sxx - sx * sx / n;
    out->pbo /= n;
    out->loss /= n;
    out->logit_mean /= n;
    out->slope = spread > 1e-18 ? (sxy - sx * sy / n) / spread : 0.0;
    out->combinations = n;
    ASSERT(out->pbo >= 0.0 && out->pbo <= 1.0);
    return ERR_OK;
}
