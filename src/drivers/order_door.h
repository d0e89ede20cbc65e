/* The order door: the last step before a broker, after the batch with the intent is durable (decision 13).
 *
 * Promises: an opening order leaves only if its account's kill word is off, its epoch is the published one,
 * `send_before` has not passed and home/KILL does not exist; cancels and reducing orders pass a kill. Each
 * effect reaches the broker at most once. An order, a cancel and a new price are answered: SEND_RESULT, and a
 * BROKER message when nothing left (NOT_SENT), when the broker refused (REJECT) or when nothing is known
 * (SILENT). Not so a look, whose answer is the broker's (one that failed is made again by the engine), and a
 * second SUBMIT of one id, whose first was answered: they are counted where they end here.
 * Nothing unknown is ever sent again. A bunched order leaves only if every member's account lets it.
 * Leaves to others: what an order is allowed to be (risk), the wire (vendors behind broker_port_t). */
#ifndef VITRINE_DRIVERS_ORDER_DOOR_H
#define VITRINE_DRIVERS_ORDER_DOOR_H

#include <stdatomic.h>

#include "model/outbox.h"

/* Messages of a broker, appended; a full list is a broken invariant of the caller's sizing. */
typedef struct {
    ev_BROKER_t *v;
    u32 count;
    u32 cap;
} broker_msgs_t;
ev_BROKER_t *broker_msgs_add(broker_msgs_t *m, broker_msg_kind_t kind, const intent_t *intent, i64 t_event);

/* A broker. Calls return by class: ERR_OK taken; ERRC_REFUSED proven refusal; ERRC_UNKNOWN it may have
 * happened; any other class proves that no byte left. Immediate messages may be appended to *out; later
 * ones come by poll. The t_event of an answer to a look is the moment at which it was true, `now` of that
 * call or later: an answer that seems older than its question is not believed, and the question is put
 * again. */
typedef struct {
    void *self;
    err_t (*submit)(void *self, const intent_t *intent, i64 now, broker_msgs_t *out);
    err_t (*cancel)(void *self, const intent_t *intent, i64 now, broker_msgs_t *out);
    err_t (*replace)(void *self, const intent_t *intent, i64 now, broker_msgs_t *out);
    err_t (*lookup)(void *self, const intent_t *intent, i64 now, broker_msgs_t *out);
    /* An order of several sub-ledgers with each one's own protective orders. NULL: none is taken. */
    err_t (*submit_bunch)(void *self, const effect_t *e, i64 now, broker_msgs_t *out);
} broker_port_t;

/* One word for each account, that the engine publishes and the door reads: no lock, one writer. */
typedef struct {
    u64 account;      /* set before the door opens */
    _Atomic u64 word; /* epoch << 1 | killed */
} door_word_t;
void door_publish(door_word_t *w, u64 epoch, bool killed);
u64 door_epoch(const door_word_t *w);
bool door_killed(const door_word_t *w);

enum { DOOR_SEEN = 4096, DOOR_INDEX = 4 * DOOR_SEEN };
_Static_assert(DOOR_SEEN < 65536, "a place in the ring fits into the index");

typedef struct {
    broker_port_t port;
    const door_word_t *word; /* [word_count], ascending account */
    u32 word_count;
    bool (*kill_file)(void *self); /* true if home/KILL exists; NULL: not checked */
    void *kill_self;
    id128_t seen[DOOR_SEEN]; /* ids of the last submits: a second submit of one id is refused */
    u16 index[DOOR_INDEX];   /* open addressing over seen: place + 1, 0 empty */
    u64 seen_count;
    u64 sent;
    u64 refused;
} order_door_t;

typedef struct {
    broker_msgs_t broker;
    ev_SEND_RESULT_t *results;
    u32 result_count;
    u32 result_cap;
} door_out_t;

/* `word`: one for each account whose orders come here, ascending; no order of another account leaves. */
void order_door_open(order_door_t *d, broker_port_t port, const door_word_t *word, u32 count);
/* An id that was sent before this door was opened: no later submit may repeat it. */
void order_door_note(order_door_t *d, id128_t id);
/* Handles one durable effect (SUBMIT, CANCEL, REPLACE, LOOKUP; others are ignored). */
void order_door_send(order_door_t *d, const effect_t *e, i64 now, door_out_t *out);

#endif
