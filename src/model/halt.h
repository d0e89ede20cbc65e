/* Trading halts as the market tells them.
 *
 * A halt is a message: from `t_event` on an instrument, or the whole market, does not trade; another one says
 * that it trades again. No message promises an end: `resumes` is the earliest moment at which trading may go
 * on, 0 where none is named (news). Nothing else is a halt for the engine: that bars are missing is not
 * (docs/decisions/0026). Leaves to others: what the law says about halts (trade/risk/halts.h), what an
 * account does about one (trade/execution). */
#ifndef VITRINE_MODEL_HALT_H
#define VITRINE_MODEL_HALT_H

#include "base/fixed.h"
#include "base/units.h"
#include "model/instrument.h"

/* Stored ids. */
typedef enum {
    HALT_NONE = 0,
    HALT_PAUSE = 1,    /* limit up-limit down */
    HALT_NEWS = 2,     /* news pending or spread; no end is named */
    HALT_OTHER = 3,    /* regulatory, operational */
    HALT_MARKET_1 = 4, /* market-wide, by level */
    HALT_MARKET_2 = 5,
    HALT_MARKET_3 = 6,
    HALT_KINDS = 7
} halt_kind_t;

typedef struct {
    i64 t_event; /* when it takes effect; it is known from then on */
    i64 resumes; /* earliest, 0: not named */
    inst_t inst; /* INST_NONE: the whole market */
    u8 kind;     /* halt_kind_t; of a resumption what ends, HALT_NONE: whatever stood */
    u8 halted;   /* 1: halted from here on, 0: trades again */
} halt_t;

/* "limit up-limit down pause", never NULL. */
static inline const char *halt_kind_name(halt_kind_t k)
{
    static const char *const names[HALT_KINDS] = {"none",
                                                  "limit up-limit down pause",
                                                  "news halt",
                                                  "regulatory halt",
                                                  "market-wide halt, level 1",
                                                  "market-wide halt, level 2",
                                                  "market-wide halt, level 3"};
    return (u32)k < HALT_KINDS ? names[k] : "?";
}

static inline bool halt_is_of_market(halt_kind_t k)
{
    return k >= HALT_MARKET_1 && k <= HALT_MARKET_3;
}

/* True if the word of an end of that kind ends the halt that stands: a pause that ends does not end the news
 * halt that came meanwhile. */
static inline bool halt_ends(u8 kind, u8 stands)
{
    return kind == HALT_NONE || kind == stands;
}

/* A message that may be believed: an instrument of the run, or the market with a kind of the market. */
static inline bool halt_is_sound(const halt_t *h, u32 instruments)
{
    bool market = h->inst == INST_NONE;
    bool known = h->kind < HALT_KINDS && h->halted <= 1 && (h->halted == 0 || h->kind != HALT_NONE);
    bool fits = h->kind == HALT_NONE || halt_is_of_market((halt_kind_t)h->kind) == market;
    return known && fits && (market || h->inst < instruments) &&
           (h->resumes == 0 || h->resumes >= h->t_event);
}

#endif
