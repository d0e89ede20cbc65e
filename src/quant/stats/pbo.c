/* See pbo.h. */
#include "quant/stats/pbo.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

typedef struct {
    const pbo_block_t *block; /* [trials][PBO_BLOCKS] */
    u32 trials;
    f64 *out_sharpe; /* [trials], of one parting */
} work_t;

/* Daily Sharpe of a try over the blocks whose bit is set; 0 without movement. */
static f64 sharpe_of(const pbo_block_t *b, u32 mask)
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

void pbo_blocks(const f64 *ret, u32 days, pbo_block_t out[PBO_BLOCKS])
{
    ASSERT(ret != NULL && out != NULL);
    for (u32 i = 0; i < PBO_BLOCKS; i++) {
        u32 from = (u32)((u64)i * days / PBO_BLOCKS);
        u32 to = (u32)((u64)(i + 1) * days / PBO_BLOCKS);
        out[i] = (pbo_block_t){.days = to - from};
        for (u32 t = from; t < to; t++) {
            out[i].sum += ret[t];
            out[i].squares += ret[t] * ret[t];
        }
    }
}

/* Whether there is enough to part, and the tries can be laid side by side. */
static bool can_part(const pbo_block_t *blocks, u32 trials)
{
    if (trials < PBO_TRIALS_MIN) {
        return false;
    }
    for (u32 i = 0; i < trials * PBO_BLOCKS; i++) {
        if (blocks[i].days < PBO_BLOCK_DAYS_MIN || blocks[i].days != blocks[i % PBO_BLOCKS].days) {
            return false;
        }
    }
    return true;
}

err_t pbo_of_blocks(arena_t *scratch, const pbo_block_t *blocks, u32 trials, pbo_t *out)
{
    ASSERT(scratch != NULL && blocks != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    if (!can_part(blocks, trials)) {
        return ERR_EMPTY;
    }
    f64 *out_sharpe = arena_array(scratch, f64, trials);
    if (out_sharpe == NULL) {
        return ERR_ARENA_FULL;
    }
    work_t w = {.block = blocks, .trials = trials, .out_sharpe = out_sharpe};
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

err_t pbo_compute(arena_t *scratch, const f64 *ret, u32 trials, u32 days, pbo_t *out)
{
    ASSERT(scratch != NULL && ret != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    if (trials < PBO_TRIALS_MIN || days < PBO_BLOCKS * PBO_BLOCK_DAYS_MIN) {
        return ERR_EMPTY;
    }
    pbo_block_t *block = arena_array(scratch, pbo_block_t, (size_t)trials * PBO_BLOCKS);
    if (block == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 k = 0; k < trials; k++) {
        pbo_blocks(ret + (size_t)k * days, days, block + (size_t)k * PBO_BLOCKS);
    }
    return pbo_of_blocks(scratch, block, trials, out);
}
