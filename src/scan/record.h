/* Decision records: what a cycle saw, decided and refused, as exact integers on declared grids (decision 27).
 *
 * The same description encodes and decodes, so a record read back is the record written. `why`, the
 * conservation script, the pages and the hash all use these bytes. Prices are in 1e-4 $, scores in 0.01,
 * factors in 1e-4. */
#ifndef VITRINE_SCAN_RECORD_H
#define VITRINE_SCAN_RECORD_H

#include "scan/scan.h"

/* Of a candidate: it is a probe; stage 11 refused it for Kelly alone and left a shadow; it was sized as
 * one of a micro account. */
enum { CAND_PROBE = 1 << 0, CAND_SHADOW = 1 << 1, CAND_MICRO = 1 << 2,
       CAND_HANDED = 1 << 3, /* of the house: it goes on to the users */
       CAND_WEIGHTED = 1 << 4, /* stage 12 ordered it by a weight of its strategy, which follows */
       CAND_UNASKED = 1 << 5 /* the cycle's money for questions to a model was spent */ };
enum { RECORD_CYCLE = 1, RECORD_EXIT = 2, RECORD_VERSION = 3,
       RECORD_OLDEST = 2 /* still read: it holds nothing of what the house handed on but its name */ };

/* A symbol refused by the screen. */
typedef struct {
    u16 inst;
    u16 mask;  /* bit i: rule 601 + i failed */
    i64 value; /* of the first failed rule, in its steps */
} screen_refusal_t;

typedef struct {
    u16 inst;
    i64 d;
    u64 refused_stage, traded, strategy, flags, boost;
    i64 part[SCREEN_PARTS];
    i64 s;
    u64 gate_count;
    gate_t gate[LIMIT_GATES];
    /* from stage 8 on (strategy known) */
    i64 score, component[3], level, entry, stop, target, a, room, spread_bps;
    i64 composite, bonus, regime_mult;
    u64 evidence_count;
    struct {
        u64 id, known;
        i64 value, points;
    } evidence[EVIDENCE_COUNT];
    i64 conviction, conviction_model, team, final_rank, final_gate;
    u64 debate, binding;
    i64 shares[SIZE_STEPS], quantity, factor, risk_used, kelly, cost_bps, profit_bps, quality;
    i64 c0, confidence, delta, dk, n_kind, threshold, ev_r;
    i64 weight; /* 1e-4, with CAND_WEIGHTED; final_rank holds it already */
    u8 intent[16];
} cand_record_t;

typedef struct cycle_record {
    u64 version, cycle, session, profile, config_tag, stopped_stage, universe, cand_count, refusal_count;
    i64 t;
    u64 regime, intraday, transition;
    i64 p_bull, p_bear, p_stress, rank_cut;
    u64 stage_in[SCAN_STAGES + 1], stage_out[SCAN_STAGES + 1], stage_refused[SCAN_STAGES + 1];
    u64 gate_count; /* of the stage that stopped the cycle */
    gate_t gate[LIMIT_GATES];
    screen_refusal_t *refusal; /* LIMIT_UNIVERSE at most, the caller's memory */
    cand_record_t cand[LIMIT_CANDIDATES];
} cycle_record_t;

typedef struct {
    u64 version, cycle, session, inst, reason, fired;
    i64 t, d, entry, mark, stop, best, a, minutes, held_bars, level, close;
    u8 intent[16];
} exit_record_t;

/* A candidate as its cycle's record holds it once it has reached a stage; 13 once it was traded. */
void record_candidate(const candidate_t *c, u32 reached, cand_record_t *r);
/* Writes the cycle's record as a DECISION fact. */
void record_cycle(scan_t *s);
void record_exit(const user_t *u, const scan_shared_t *sh, const position_t *p, exit_reason_t reason,
                 u32 mask, outbox_t *out);
void record_lesson(const user_t *u, const scan_shared_t *sh, const closed_trade_t *t, outbox_t *out);

/* Decoding. `refusal` memory for LIMIT_UNIVERSE entries is the caller's, set before the call. ERR_TRUNCATED,
 * ERR_VERSION, ERR_CORRUPT. */
MUST_USE err_t record_cycle_decode(blob_t bytes, cycle_record_t *out);
MUST_USE err_t record_exit_decode(blob_t bytes, exit_record_t *out);
MUST_USE err_t record_cycle_encode(const cycle_record_t *r, writer_t *w);

#endif
