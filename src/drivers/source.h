/* A source of slices: the bar store's feed, the simulated market, a replay. The drivers see only this.
 *
 * Slices come in order of t_known; memory behind a slice is valid until the next call. */
#ifndef VITRINE_DRIVERS_SOURCE_H
#define VITRINE_DRIVERS_SOURCE_H

#include "base/hash.h"
#include "model/bar.h"

typedef struct {
    void *ctx;
    /* ERR_EMPTY at the end. */
    err_t (*next)(void *ctx, slice_t *out, diag_t *diag);
    const instrument_t *instruments; /* sorted by symbol bytes */
    u32 instrument_count;
    timeframe_t timeframe; /* of the decision run; daily warm-up slices may come first with TF_1D */
    inst_t proxy;          /* regime proxy (SPY), INST_NONE if absent */
    const bar_t
        *proxy_bars; /* its daily bars on the forward scale, by t_known, fenced by the reader; NULL: none */
    u32 proxy_bar_count;
    const bar_t *vix_bars; /* daily bars of a volatility index, fenced likewise; NULL: none */
    u32 vix_bar_count;
    date_t adjusted_to; /* prices adjusted with what was known on this day; 0 if raw */
    date_t members_of;  /* survivorship: membership list of this day; 0 if dated membership */
    const char *members; /* a list with dates, in words; NULL: none */
    bool tells_halts;   /* slices bring every halt; else the paper broker guesses from missing bars */
    digest_t content;   /* of the chunk manifest, or of the generator's parameters */
    const char *market; /* what tries on it are counted under (store/trials.h); NULL: generated, none */
    date_t first, last; /* stored days of it, where there is one */
} source_t;

#endif
