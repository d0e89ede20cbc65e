/* Confidence: the probability that the mean net R of this kind of trade is above zero (trading.md 7).
 *
 * Promises: with no evidence it is final/100; evidence halves every 120 trading days; only results handed in
 * before the question count. One value per profile (day, swing). Never a "chance to win".
 * Leaves to others: which trades are shadows or probes, and what the gate is compared with. */
#ifndef VITRINE_QUANT_STATS_CONFIDENCE_H
#define VITRINE_QUANT_STATS_CONFIDENCE_H

#include "base/limits.h"
#include "base/types.h"

enum {
    CONFIDENCE_SIDES = 2,
    CONFIDENCE_BANDS = 4,      /* conviction < 40, < 60, < 80, the rest */
    CONFIDENCE_BAND_MIN = 200, /* results of strategy x side before its bands stand alone */
    CONFIDENCE_SIGMA_MIN = 200,
    CONFIDENCE_RECENT = 50 /* closed trades behind the adaptive gate */
};

typedef struct {
    f64 tau;       /* 0.10 R, width of the prior */
    f64 sigma;     /* 0.93 R, one trade */
    f64 pool;      /* 100 results */
    f64 kind;      /* 50 results */
    f64 half_life; /* 120 trading days */
    f64 c0_max;    /* 0.90 */
} confidence_params_t;

confidence_params_t confidence_params_default(void);

/* Decayed sums of one kind, as of its own `session`. */
typedef struct {
    f64 n;
    f64 sum_e;
    f64 sum_r;
    f64 sum_r2;
    i32 session;
    u32 count; /* undecayed */
    u32 wins;  /* undecayed, net R > 0 */
    u32 spare;
} confidence_sum_t;

typedef struct {
    confidence_params_t params;
    confidence_sum_t all;
    confidence_sum_t kind[LIMIT_STRATEGIES][CONFIDENCE_SIDES];
    confidence_sum_t band[LIMIT_STRATEGIES][CONFIDENCE_SIDES][CONFIDENCE_BANDS];
    f64 recent_e[CONFIDENCE_RECENT]; /* ring of real closed trades */
    f64 recent_r[CONFIDENCE_RECENT];
    u32 recent_count; /* ever */
    i32 session;      /* of the latest result */
} confidence_t;

typedef struct {
    u32 strategy; /* < LIMIT_STRATEGIES */
    i32 side;     /* +1 long, -1 short */
    i32 conviction;
    f64 m0; /* prior belief in R when it was decided: confidence_answer_t.m0 */
    f64 r_net;
    i32 session; /* ordinal of the trading day it closed, never falling */
    bool shadow;
} confidence_result_t;

typedef struct {
    u32 strategy;
    i32 side;
    i32 conviction;
    f64 final_gate; /* 0..100, correction 2 of trading.md */
    i32 session;    /* ordinal of the decision's day, not before the latest result's */
} confidence_query_t;

typedef struct {
    f64 c0; /* the card's "prior" */
    f64 m0;
    f64 delta;
    f64 dk;
    f64 n_kind; /* decayed: the card's "evidence n" */
    f64 n_all;
    f64 sigma;
    f64 confidence; /* 0..1 */
    bool banded;    /* the conviction band was used as kind */
    u32 count;      /* undecayed results and wins of the kind, for the hit rate */
    u32 wins;
} confidence_answer_t;

/* Weight that a result of the day `from` has left on the day `to` (ordinals, from <= to): halved every
 * half-life. */
f64 confidence_fade(const confidence_t *c, i32 from, i32 to);
void confidence_init(confidence_t *c, const confidence_params_t *params);
/* A trade or shadow trade has closed. Shadows feed everything but the adaptive gate. */
void confidence_add(confidence_t *c, const confidence_result_t *r);
void confidence_ask(const confidence_t *c, const confidence_query_t *q, confidence_answer_t *out);
/* -0.10..+0.10, added to the gate; 0 under 50 closed trades; below 0 only if the one-sided lower 90 % bound
 * of mean net R of those 50 is above 0. */
f64 confidence_gate_shift(const confidence_t *c);

#endif

