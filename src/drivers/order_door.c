/* See order_door.h. */
#include "drivers/order_door.h"

#include <string.h>

#include "base/assert.h"

ev_BROKER_t *broker_msgs_add(broker_msgs_t *m, broker_msg_kind_t kind, const intent_t *intent, i64 t_event)
{
    ASSERT(m != NULL && intent != NULL);
    ASSERT(m->count < m->cap);
    ev_BROKER_t *e = &m->v[m->count++];
    *e = (ev_BROKER_t){
        .kind = (u8)kind, .intent = intent->id, .account = intent->account_id, .t_event = t_event};
    return e;
}

void door_publish(door_word_t *w, u64 epoch, bool killed)
{
    ASSERT(w != NULL && epoch < ((u64)1 << 63));
    atomic_store_explicit(&w->word, epoch << 1 | (killed ? 1U : 0U), memory_order_release);
}

u64 door_epoch(const door_word_t *w)
{
    ASSERT(w != NULL);
    return atomic_load_explicit(&w->word, memory_order_acquire) >> 1;
}

bool door_killed(const door_word_t *w)
{
    ASSERT(w != NULL);
    return (atomic_load_explicit(&w->word, memory_order_acquire) & 1) != 0;
}

void order_door_open(order_door_t *d, broker_port_t port, const door_word_t *word, u32 count)
{
    ASSERT(d != NULL && word != NULL && count > 0);
    ASSERT(port.submit != NULL && port.cancel != NULL && port.replace != NULL && port.lookup != NULL);
    memset(d, 0, sizeof *d);
    d->port = port;
    d->word = word;
    d->word_count = count;
    for (u32 i = 1; i < count; i++) {
        ASSERT(word[i - 1].account < word[i].account);
    }
}

/* Where the search for an id begins; ids are hashes themselves. */
static u32 seen_home(id128_t id)
{
    u32 h;
    memcpy(&h, id.b, sizeof h);
    return h % DOOR_INDEX;
}

/* The place of an id in the index: its own, or the empty one where it would stand. */
static u32 seen_place(const order_door_t *d, id128_t id)
{
    u32 at = seen_home(id);
    while (d->index[at] != 0 && !id128_eq(d->seen[d->index[at] - 1], id)) {
        at = (at + 1) % DOOR_INDEX;
    }
    return at;
}

/* Takes an id out, and moves those behind it up so that every search still ends at an empty place. */
static void seen_forget(order_door_t *d, id128_t id)
{
    u32 hole = seen_place(d, id);
    ASSERT(d->index[hole] != 0);
    d->index[hole] = 0;
    for (u32 at = (hole + 1) % DOOR_INDEX; d->index[at] != 0; at = (at + 1) % DOOR_INDEX) {
        u32 home = seen_home(d->seen[d->index[at] - 1]);
        if ((at - home + DOOR_INDEX) % DOOR_INDEX >= (at - hole + DOOR_INDEX) % DOOR_INDEX) {
            d->index[hole] = d->index[at];
            d->index[at] = 0;
            hole = at;
        }
    }
}

/* True the first time an id is shown; the last DOOR_SEEN are remembered. */
static bool door_first(order_door_t *d, id128_t id)
{
    if (d->index[seen_place(d, id)] != 0) {
        return false;
    }
    u32 ring = (u32)(d->seen_count++ % DOOR_SEEN);
    if (d->seen_count > DOOR_SEEN) {
        seen_forget(d, d->seen[ring]);
    }
    d->seen[ring] = id;
    d->index[seen_place(d, id)] = (u16)(ring + 1);
    return true;
}

void order_door_note(order_door_t *d, id128_t id)
{
    ASSERT(d != NULL);
    (void)door_first(d, id);
}

/* An order counts as opening if either its side or the absence of the reducing flag says so. */
static bool intent_opens(const intent_t *i)
{
    return side_is_opening((side_t)i->side) || (i->flags & INTENT_REDUCING) == 0;
}

static const door_word_t *word_of(const order_door_t *d, u64 account)
{
    u32 lo = 0;
    u32 hi = d->word_count;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if (d->word[mid].account < account) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < d->word_count && d->word[lo].account == account ? &d->word[lo] : NULL;
}

/* Whether an account lets an order of its own out. */
static bool account_allows(const order_door_t *d, const intent_t *i, u64 epoch, i64 now)
{
    const door_word_t *own = word_of(d, i->account_id);
    if (own == NULL || now > i->send_before) {
        return false; /* for every order: past this moment another owner may act on the account */
    }
    if (!intent_opens(i)) {
        return true;
    }
    u64 word = atomic_load_explicit(&own->word, memory_order_acquire);
    bool killed = (word & 1) != 0 || (d->kill_file != NULL && d->kill_file(d->kill_self));
    return !killed && word >> 1 == epoch;
}

static bool door_allows(const order_door_t *d, const effect_t *e, i64 now)
{
    for (u32 i = 0; i < e->member_count; i++) {
        if (!account_allows(d, &e->member[i].intent, e->member[i].epoch, now)) {
            return false; /* one that may not go holds back all */
        }
    }
    return e->member_count > 0 ? d->port.submit_bunch != NULL
                               : account_allows(d, &e->intent, e->epoch, now);
}

static err_t port_send(order_door_t *d, const effect_t *e, i64 now, door_out_t *out)
{
    return e->member_count > 0 ? d->port.submit_bunch(d->port.self, e, now, &out->broker)
                               : d->port.submit(d->port.self, &e->intent, now, &out->broker);
}

static void door_result(door_out_t *out, const intent_t *i, bool sent)
{
    ASSERT(out->result_count < out->result_cap);
    out->results[out->result_count++] = (ev_SEND_RESULT_t){.intent = i->id, .sent = sent ? 1 : 0};
}

static broker_msg_kind_t refusal_of(const effect_t *e)
{
    return e->kind == EFFECT_SUBMIT   ? BROKER_REJECT
           : e->kind == EFFECT_CANCEL ? BROKER_CANCEL_REFUSED
                                      : BROKER_REPLACE_REFUSED;
}

/* The class of the answer says what is known; a refusal may already have been told by the broker itself. */
static void door_outcome(order_door_t *d, const effect_t *e, err_t err, i64 now, door_out_t *out)
{
    err_class_t class_ = err_class(err);
    bool sent = err == ERR_OK || class_ == ERRC_REFUSED || class_ == ERRC_UNKNOWN;
    d->sent += sent ? 1 : 0;
    d->refused += sent ? 0 : 1;
    door_result(out, &e->intent, sent);
    if (class_ == ERRC_REFUSED) {
        broker_msgs_add(&out->broker, refusal_of(e), &e->intent, now);
    } else if (class_ == ERRC_UNKNOWN) {
        broker_msgs_add(&out->broker, BROKER_SILENT, &e->intent, now);
    } else if (!sent) {
        broker_msgs_add(&out->broker, BROKER_NOT_SENT, &e->intent, now);
    }
}

static void door_submit(order_door_t *d, const effect_t *e, i64 now, door_out_t *out)
{
    if (!door_first(d, e->intent.id)) {
        d->refused++; /* what became of the first one is told by its own messages */
        return;
    }
    err_t err = door_allows(d, e, now) ? port_send(d, e, now, out) : ERR_FENCED;
    door_outcome(d, e, err, now, out);
}

void order_door_send(order_door_t *d, const effect_t *e, i64 now, door_out_t *out)
{
    ASSERT(d != NULL && e != NULL && out != NULL);
    ASSERT(d->word != NULL);
    err_t err = ERR_OK;
    switch (e->kind) {
    case EFFECT_SUBMIT:
        door_submit(d, e, now, out);
        break;
    case EFFECT_CANCEL:
        err = d->port.cancel(d->port.self, &e->intent, now, &out->broker);
        door_outcome(d, e, err, now, out);
        break;
    case EFFECT_REPLACE:
        err = d->port.replace(d->port.self, &e->intent, now, &out->broker);
        door_outcome(d, e, err, now, out);
        break;
    case EFFECT_LOOKUP:
        err = d->port.lookup(d->port.self, &e->intent, now, &out->broker);
        d->refused += err == ERR_OK ? 0 : 1; /* a look that failed is made again by the engine's timer */
        break;
    case EFFECT_ASK:
    case EFFECT_TIMER:
        break;
    }
}
