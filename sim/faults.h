/* Faults of the order simulation: named switches with a probability, and a count of how often each fired.
 *
 * Promises: whether a fault fires is a function of (seed, fault, how often it was asked). Swarm: each seed
 * turns a random half of them off, so that rare combinations appear. Leaves to others: what a fault does
 * (world_broker, world). */
#ifndef VITRINE_SIM_FAULTS_H
#define VITRINE_SIM_FAULTS_H

#include "base/types.h"

typedef enum {
    FAULT_KILL_WRITE,     /* F1: the machine dies at a durable write */
    FAULT_KILL_SEND,      /* F1: the process dies before or after a send */
    FAULT_TIMEOUT_BEFORE, /* F20: silence, and the request never arrived */
    FAULT_TIMEOUT_AFTER,  /* F21: silence, and it was taken */
    FAULT_REJECT_LATE,    /* F22: accepted, then rejected */
    FAULT_FILL_TWICE,     /* F23 */
    FAULT_FILL_LATE,      /* F23: up to ten minutes */
    FAULT_FILL_REORDER,   /* F23: overtaken by what came after it */
    FAULT_FILL_LOST,      /* F23: never told, found by looking */
    FAULT_FILL_FIRST,     /* F24: fill before ack */
    FAULT_REPLACE_RACE,   /* F25: partial fill while a replace is under way */
    FAULT_CANCEL_FILLED,  /* F26: the order fills before the cancel arrives */
    FAULT_NOT_FOUND,      /* F31: an existing order is not visible yet */
    FAULT_REQUEST_LOST,   /* F20: it counts as sent, and never arrived */
    FAULT_WORD_LOST,      /* F21: taken, cancelled or replaced, and no answer comes */
    FAULT_HAND,           /* F36: the user trades by hand in the broker's app */
    FAULT_STOP_FIRST,     /* F37: the stop fills, in whole or in part, while we are leaving */
    FAULT_LIQUIDATION,    /* F40: the broker sells what the account holds */
    FAULT_RESTRICTED,     /* F39: for a while the broker takes closing orders alone */
    FAULT_TOKEN,          /* F38: the session ends in the middle of an order, and comes back later */
    FAULT_BURST,          /* F48: a hundred of its last words again within a second */
    FAULT_ABSURD,         /* F41: an execution is told with numbers that cannot be, and then as it was */
    FAULT_END_UNHEARD,    /* F22: an order that rests is ended by the broker, and its word is lost */
    FAULT_SPLIT,          /* F43: a split or a reverse split, of orders and positions */
    FAULT_DELISTED,       /* F43: the shares cease to be and are paid out */
    FAULT_COUNT
} fault_t;

enum { FAULT_LATER = FAULT_HAND /* from here on: not in plain worlds */ };

typedef struct {
    u64 seed;
    f64 probability[FAULT_COUNT]; /* 0: off */
    u64 asked[FAULT_COUNT];
    u64 fired[FAULT_COUNT];
    bool stopped; /* liveness: from here on nothing fires */
} faults_t;

/* A plain world knows the first faults alone, FAULT_LATER and up stay off. */
void faults_open(faults_t *f, u64 seed, bool plain);
/* Draws once; counts when it fires. */
bool fault_fires(faults_t *f, fault_t which);
/* "F23 fill lost", never NULL. */
const char *fault_name(fault_t which);

#endif
