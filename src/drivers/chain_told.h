/* What is told of a chain's digest: a bulletin for each figure that is known. Shared by the store's chains
 * and the simulated market's, so that both are heard alike. */
#ifndef VITRINE_DRIVERS_CHAIN_TOLD_H
#define VITRINE_DRIVERS_CHAIN_TOLD_H

#include "model/bulletin.h"
#include "quant/options/chain_digest.h"

enum { CHAIN_BULLETINS = 5 };

typedef struct {
    inst_t inst;
    i64 t_event, t_known; /* end of the chain's session; when the chain was known */
} chain_told_t;

/* Returns how many; each is sound. */
u32 chain_told(const chain_digest_t *d, const chain_told_t *of, bulletin_t out[CHAIN_BULLETINS]);

#endif
