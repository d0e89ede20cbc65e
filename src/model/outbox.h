/* What one engine step leaves behind: facts for the journal and effects for the doors, in order.
 *
 * The engine owns one outbox; a step appends, the engine drains it at the end of the step: facts get seq and
 * cause and go to the journal, effects are handed to the driver and released once the facts are durable
 * (decision 2). Blobs of facts live in the outbox's arena until the drain. */
#ifndef VITRINE_MODEL_OUTBOX_H
#define VITRINE_MODEL_OUTBOX_H

#include "base/arena.h"
#include "model/event.h"
#include "model/order.h"

typedef enum {
    EFFECT_SUBMIT = 1,  /* intent: send it */
    EFFECT_CANCEL = 2,  /* intent.id: cancel it */
    EFFECT_REPLACE = 3, /* intent: same id, new stop/limit/qty (paper and same-id brokers) */
    EFFECT_LOOKUP = 4,  /* intent.id: find out by our own id, never send again */
    EFFECT_ASK = 5,
    EFFECT_TIMER = 6
} effect_kind_t;

/* A question to a door. Exactly one ANSWER event comes back per ask (decision 10). */
typedef struct {
    u32 slot;       /* scan slot that waits */
    u32 generation; /* of that slot; a late answer is dropped by it */
    u32 ask;        /* ordinal inside the scan */
    u16 kind;       /* ask_kind_t */
    bool mutation;  /* a deadline answers UNKNOWN instead of RETRY */
    i64 deadline;   /* engine time */
    blob_t body;
} ask_t;

typedef enum { ASK_CONVICTION = 1, ASK_DEBATE = 2, ASK_CONTEXT = 3, ASK_POSITIONS = 4,
               ASK_DRILL = 5 /* the door tries its half of a kill drill */ } ask_kind_t;

/* A sub-ledger's own intent within a bunched order, and the risk epoch of its permit. */
typedef struct {
    intent_t intent;
    u64 epoch;
} effect_member_t;

typedef struct {
    effect_kind_t kind;
    u32 member_count;              /* of a bunched order; 0: an order of one account */
    const effect_member_t *member; /* until the outbox is reset */
    u64 epoch; /* risk epoch of the permit; the door checks it against the engine's word */
    i64 due;   /* timers */
    u32 timer;
    intent_t intent;
    ask_t ask;
} effect_t;

/* Of a step that concerns one account. */
enum { OUTBOX_FACTS = 4096, OUTBOX_EFFECTS = 1024 };

typedef struct {
    event_t *facts; /* [fact_cap] */
    u32 fact_count, fact_cap;
    effect_t *effects; /* [effect_cap] */
    u32 effect_count, effect_cap;
    arena_t blobs;
} outbox_t;

/* Process-lifetime memory, untouched until it is used. ERR_NO_MEMORY. */
MUST_USE err_t outbox_open(outbox_t *out, size_t blob_bytes);
/* For steps that may concern so many accounts at once; `blob_bytes` for each of them. */
MUST_USE err_t outbox_open_for(outbox_t *out, size_t blob_bytes, u32 accounts);
void outbox_close(outbox_t *o);
/* Appends a zeroed fact of `kind` and returns it for filling. A full outbox is a broken invariant: the maxima
 * are sized for the widest step. */
event_t *outbox_fact(outbox_t *o, event_kind_t kind);
effect_t *outbox_effect(outbox_t *o, effect_kind_t kind);
/* An ALERT about an account (0: about none), with a text if there is one (NULL) and room for it: without, the
 * code alone still tells it. */
void outbox_alert(outbox_t *o, u16 code, u64 account, const char *text);
/* Copies bytes into the outbox's arena. ERR_ARENA_FULL. */
MUST_USE err_t outbox_blob(outbox_t *o, const void *p, size_t n, blob_t *out);
void outbox_reset(outbox_t *o);

#endif
