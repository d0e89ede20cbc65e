/* See weights.h. */
#include "scan/weights.h"

#include "base/assert.h"
#include "quant/stats/thompson.h"
#include "scan/record_inner.h"

f64 weight_today(const user_t *u, u64 seed, u32 strategy, i32 d)
{
    ASSERT(u != NULL && strategy < LIMIT_STRATEGIES && (d == 1 || d == -1));
    ASSERT(u->session_ordinal >= 0);
    kind_sum_t k = kind_today(u, strategy, d);
    /* Faded apart, the two counts may lose their order by a last bit. */
    thompson_sums_t sums = {.n = k.n,
                            .wins = k.wins < k.n ? k.wins : k.n,
                            .win_sum = k.win_sum,
                            .loss_sum = k.loss_sum > 0 ? k.loss_sum : 0.0};
    /* Users draw apart: one that follows another's luck would learn nothing of its own. */
    rng_key_t of_user = {.seed = seed, .purpose = RNG_THOMPSON, .entity = UINT32_MAX, .cycle = u->user_id};
    rng_key_t key = {.seed = rng_at(of_user, 0),
                     .purpose = RNG_THOMPSON,
                     .entity = strategy * 2 + (d > 0 ? 0U : 1U),
                     .cycle = (u64)u->session_ordinal};
    return (f64)record_grid(thompson_weight(key, &sums), 1e4) / 1e4;
}

void weight_rank(const scan_t *s, candidate_t *c)
{
    ASSERT(s != NULL && c != NULL);
    if (s->config.strategy_weights != WEIGHTS_THOMPSON) {
        return;
    }
    c->weight = weight_today(s->user, s->shared->seed, strategy_at(c->strategy_index)->id, c->d);
    c->final_rank *= c->weight;
    ASSERT(c->weight > 0);
}
