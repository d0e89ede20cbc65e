/* See journal.h: recovery applies facts in order and finds the orders whose outcome nothing proves;
 * snapshots. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/journal_block.h"
#include "store/journal_internal.h"

typedef struct {
    journal_open_order_t order;
    u64 sequence;  /* of the account: a revision repeats it */
    bool answered; /* a message or the door proves what became of the submit */
} entry_t;

/* Intents of a run, with an open-addressing index over their ids. */
typedef struct {
    entry_t *own_entries;
    u32 count;
    u32 capacity;
    u32 *own_slots; /* entry index + 1; 0 is free */
    u32 slot_count; /* power of two */
} intents_t;

static u32 *intents_slot(const intents_t *t, id128_t id)
{
    ASSERT(t->slot_count > t->count);
    u32 at = (u32)hash64(id.b, sizeof id.b) & (t->slot_count - 1);
    while (t->own_slots[at] != 0 && !id128_eq(t->own_entries[t->own_slots[at] - 1].order.intent, id)) {
        at = (at + 1) & (t->slot_count - 1);
    }
    return &t->own_slots[at];
}

static entry_t *intents_find(const intents_t *t, id128_t id)
{
    if (t->count == 0) {
        return NULL;
    }
    u32 slot = *intents_slot(t, id);
    return slot == 0 ? NULL : &t->own_entries[slot - 1];
}

static err_t intents_grow(intents_t *t)
{
    u32 capacity = t->capacity == 0 ? 256 : t->capacity * 2;
    entry_t *entries = realloc(t->own_entries, capacity * sizeof *entries);
    if (entries == NULL) {
        return ERR_NO_MEMORY;
    }
    t->own_entries = entries;
    u32 *slots = calloc((size_t)capacity * 2, sizeof *slots);
    if (slots == NULL) {
        return ERR_NO_MEMORY;
    }
    free(t->own_slots);
    t->own_slots = slots;
    t->capacity = capacity;
    t->slot_count = capacity * 2;
    for (u32 i = 0; i < t->count; i++) {
        *intents_slot(t, t->own_entries[i].order.intent) = i + 1;
    }
    return ERR_OK;
}

static err_t intents_add(intents_t *t, const event_t *e)
{
    if (t->count == t->capacity) {
        TRY(intents_grow(t));
    }
    const ev_INTENT_t *p = &e->as.INTENT;
    u32 *slot = intents_slot(t, p->id);
    if (*slot != 0) {
        /* The revision of a replace repeats its id and sequence with another price; anything else is a
         * collision. */
        return t->own_entries[*slot - 1].sequence == p->sequence ? ERR_OK : ERR_ID_COLLISION;
    }
    /* A protective order that waits for its entry is not sent by itself: its entry's outcome is what counts.
     * Nor is a sliced order: its slices' outcomes are. */
    order_state_t state = (p->flags & (INTENT_OCO | INTENT_SLICED)) != 0 ? ORDER_HELD : ORDER_INTENT;
    t->own_entries[t->count] =
        (entry_t){.order = {.intent = p->id, .account_id = p->account, .seq = e->head.seq, .state = state},
                  .sequence = p->sequence};
    t->count++;
    *slot = t->count;
    return ERR_OK;
}

/* What an event says about whether a submit reached the broker. */
static err_t intents_apply(intents_t *t, const event_t *e)
{
    entry_t *o = NULL;
    switch ((event_kind_t)e->head.kind) {
    case EV_INTENT:
        return intents_add(t, e);
    case EV_ORDER_STATE:
        o = intents_find(t, e->as.ORDER_STATE.intent);
        if (o != NULL) {
            o->order.state = (order_state_t)e->as.ORDER_STATE.to;
        }
        break;
    case EV_BROKER:
        o = intents_find(t, e->as.BROKER.intent);
        if (o != NULL && e->as.BROKER.kind != BROKER_SILENT) {
            o->answered = true;
        }
        break;
    case EV_SEND_RESULT:
        o = intents_find(t, e->as.SEND_RESULT.intent);
        if (o != NULL && e->as.SEND_RESULT.sent == 0) {
            o->answered = true; /* the door proves that no byte left */
        }
        break;
    default:
        break;
    }
    return ERR_OK;
}

/* An intent that was durable may have been sent: the door acts right after the commit, and a crash forgets
 * it. */
static bool is_unknown(const entry_t *o)
{
    if (o->order.state == ORDER_UNKNOWN) {
        return true;
    }
    bool unsettled = o->order.state == ORDER_INTENT || o->order.state == ORDER_PENDING_NEW;
    return unsettled && !o->answered;
}

static err_t unknown_list(const intents_t *t, journal_recovered_t *out)
{
    u32 n = 0;
    for (u32 i = 0; i < t->count; i++) {
        n += is_unknown(&t->own_entries[i]) ? 1 : 0;
    }
    if (n == 0) {
        return ERR_OK;
    }
    out->own_unknown = calloc(n, sizeof *out->own_unknown);
    if (out->own_unknown == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < t->count; i++) {
        if (is_unknown(&t->own_entries[i])) {
            out->own_unknown[out->unknown_count++] = t->own_entries[i].order;
        }
    }
    ASSERT(out->unknown_count == n);
    return ERR_OK;
}

err_t journal_recover(store_t *s, str_t id, err_t (*apply)(void *ctx, const event_t *e), void *ctx,
                      journal_recovered_t *out, diag_t *diag)
{
    ASSERT(s != NULL);
    ASSERT(out != NULL);
    journal_reader_t *r = NULL;
    journal_recovered_t got = {0};
    intents_t intents = {0};
    event_t e;
    bool more = false;
    TRY(journal_reader_open(s, id, diag, &r));
    err_t err = journal_next(r, diag, &e, &more);
    while (err == ERR_OK && more) {
        got.last_seq = e.head.seq;
        got.t_engine = e.head.t_engine;
        got.events++;
        err = intents_apply(&intents, &e);
        if (err == ERR_OK && apply != NULL) {
            err = apply(ctx, &e);
        }
        if (err != ERR_OK) {
            err = diag_fail(diag, err, "run %s, event %llu: cannot be applied: %s",
                            journal_reader_run(r)->id.text, (unsigned long long)e.head.seq, err_text(err));
            break;
        }
        err = journal_next(r, diag, &e, &more);
    }
    journal_reader_close(r);
    if (err == ERR_OK) {
        err = unknown_list(&intents, &got);
    }
    free(intents.own_entries);
    free(intents.own_slots);
    if (err == ERR_OK) {
        *out = got;
    }
    return err;
}

static err_t snapshot_parse(u8 *memory, size_t n, snapshot_section_t *out, u32 count)
{
    reader_t r = reader_of(memory, n);
    for (u32 i = 0; i < count; i++) {
        get_bytes(&r, out[i].name, SNAPSHOT_NAME);
        out[i].version = get_u32(&r);
        out[i].bytes = get_str(&r);
        if (r.bad || out[i].name[SNAPSHOT_NAME - 1] != 0) {
            return ERR_CORRUPT;
        }
    }
    return reader_left(&r) == 0 ? ERR_OK : ERR_CORRUPT;
}

static err_t snapshot_copy(sql_stmt_t *q, u8 **own_out, size_t *n)
{
    str_t bytes = sql_column_blob(q, 3);
    u64 seq = (u64)sql_column_i64(q, 0);
    i64 sections = sql_column_i64(q, 1);
    if (sections <= 0 || sections > SNAPSHOT_SECTIONS_MAX || bytes.n == 0 ||
        hash64_seed(bytes.p, bytes.n, seq) != (u64)sql_column_i64(q, 2)) {
        return ERR_CORRUPT;
    }
    u8 *p = malloc(bytes.n);
    if (p == NULL) {
        return ERR_NO_MEMORY;
    }
    memcpy(p, bytes.p, bytes.n);
    *own_out = p;
    *n = bytes.n;
    return ERR_OK;
}

err_t snapshot_latest(store_t *s, u64 run_number, diag_t *diag, snapshot_t *out)
{
    ASSERT(s != NULL && !s->busy);
    ASSERT(out != NULL);
    sql_stmt_t *q = NULL;
    bool row = false;
    u8 *memory = NULL;
    size_t n = 0;
    snapshot_t got = {0};
    TRY(store_sql(s, SQL_SNAPSHOT_LATEST, diag, &q));
    sql_bind_i64(q, 1, (i64)run_number);
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK && !row) {
        err = ERR_EMPTY;
    }
    if (err == ERR_OK) {
        err = snapshot_copy(q, &memory, &n);
    }
    if (err == ERR_OK) {
        got.seq = (u64)sql_column_i64(q, 0);
        got.count = (u32)sql_column_i64(q, 1);
        got.own_memory = memory;
        err = snapshot_parse(memory, n, got.sections, got.count);
    }
    sql_reset(q);
    if (err == ERR_CORRUPT) {
        err = diag_fail(diag, err,
                        "run number %llu: its newest snapshot is damaged. Recovery can do without it",
                        (unsigned long long)run_number);
    }
    if (err != ERR_OK) {
        free(memory);
        return err;
    }
    *out = got;
    return ERR_OK;
}
