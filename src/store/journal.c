/* See journal.h: the writer. Batches stand in a ring: the caller fills one while the thread makes earlier
 * ones durable, in order. What both sides touch (closed, written, failed, closing) is under the mutex. */
#include "store/journal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "os/clock.h"
#include "os/thread.h"
#include "store/head.h"
#include "store/journal_block.h"
#include "store/journal_internal.h"

enum {
    RING = 4, /* one open, one being written, two waiting: more would only delay back-pressure */
    BATCH_DEFAULT = 256 << 10,
    HEAD_EVERY = 64, /* blocks between two notes of where the chain stands */
    EVENT_ROOM = LIMIT_EVENT_BYTES + EVENT_HEADER_SIZE
};

struct journal {
    store_t *store; /* the caller's; ours to use until close */
    journal_options_t options;
    run_id_t id;
    u64 next_seq;
    batch_t batches[RING];
    chain_t chain; /* the committing thread's alone, as the next two are */
    u64 slow;      /* transactions that took long */
    i64 slowest_ns;
    u64 closed;    /* batches handed over; batches[closed % RING] is open */
    u64 written;   /* batches made durable or failed */
    err_t failed;  /* for good */
    diag_t failed_diag;
    bool closing;
    bool finished;
    _Atomic u64 durable_seq;
    journal_counts_t counts;
    os_thread_t *own_thread;
    os_mutex_t *own_mutex;
    os_cond_t *own_work;
    os_cond_t *own_done;
};

static batch_t *open_batch(journal_t *j)
{
    return &j->batches[j->closed % RING];
}

static void journal_took(journal_t *j, i64 took_ns)
{
    j->slowest_ns = MAX_OF(j->slowest_ns, took_ns);
    if (took_ns >= JOURNAL_SLOW_NS) {
        j->slow++;
        if (j->options.slow != NULL) {
            j->options.slow(j->options.slow_ctx, j->slow, took_ns);
        }
    }
}

static bool head_is_due(const journal_t *j, const batch_t *b)
{
    return j->options.home != NULL && j->chain.blocks > 0 &&
           (b->kind != BATCH_BLOCK || j->chain.blocks % HEAD_EVERY == 1);
}

/* Makes one batch durable, outside the mutex. After a failure nothing is tried again: whether an interrupted
 * commit happened is known only to a fresh look at the file (a failed fsync may have dropped its pages, so
 * that a second one succeeds and proves nothing). */
static err_t journal_write(journal_t *j, const batch_t *b, diag_t *diag)
{
    i64 from = os_mono();
    TRY(store_step(j->store, &j->chain, b, diag));
    journal_took(j, os_mono() - from);
    if (b->kind == BATCH_BLOCK) {
        atomic_store(&j->durable_seq, b->last_seq);
    }
    if (j->options.notify != NULL) {
        j->options.notify(j->options.notify_ctx, atomic_load(&j->durable_seq));
    }
    if (head_is_due(j, b)) {
        head_note_t note = {
            .run = j->id, .seq = b->last_seq, .blocks = j->chain.blocks, .head = j->chain.head};
        TRY(head_write(j->options.home, &note, diag));
    }
    return store_idle(j->store, diag);
}

static void journal_thread(void *arg)
{
    journal_t *j = arg;
    os_mutex_lock(j->own_mutex);
    for (;;) {
        while (j->written == j->closed && !j->closing) {
            os_cond_wait(j->own_work, j->own_mutex);
        }
        if (j->written == j->closed) {
            break;
        }
        const batch_t *b = &j->batches[j->written % RING];
        err_t err = j->failed;
        os_mutex_unlock(j->own_mutex);
        diag_t diag = {0};
        if (err == ERR_OK) {
            err = journal_write(j, b, &diag);
        }
        os_mutex_lock(j->own_mutex);
        if (j->failed == ERR_OK && err != ERR_OK) {
            j->failed = err;
            j->failed_diag = diag;
        }
        j->written++;
        os_cond_broadcast(j->own_done);
    }
    os_mutex_unlock(j->own_mutex);
}

static err_t journal_start_thread(journal_t *j)
{
    TRY(os_mutex_open(&j->own_mutex));
    TRY(os_cond_open(&j->own_work));
    TRY(os_cond_open(&j->own_done));
    return os_thread_start("store", journal_thread, j, &j->own_thread);
}

static err_t journal_open(store_t *s, const run_row_t *run, const journal_options_t *o, journal_t **out)
{
    ASSERT(run->number > 0 && run->writer > 0);
    journal_t *j = calloc(1, sizeof *j);
    if (j == NULL) {
        return ERR_NO_MEMORY;
    }
    j->store = s;
    j->options = *o;
    j->options.batch_bytes = o->batch_bytes == 0 ? (u32)BATCH_DEFAULT : o->batch_bytes;
    j->id = run->id;
    j->next_seq = run->last_seq + 1;
    j->chain = (chain_t){.run = run->number, .writer = run->writer, .blocks = run->blocks, .head = run->head};
    atomic_store(&j->durable_seq, run->last_seq);
    err_t err = o->threaded ? journal_start_thread(j) : ERR_OK;
    if (err != ERR_OK) {
        journal_close(j);
        return err;
    }
    s->busy = o->threaded;
    *out = j;
    return ERR_OK;
}

err_t journal_create(store_t *s, const run_start_t *run, const journal_options_t *o, diag_t *diag,
                     journal_t **out)
{
    ASSERT(s != NULL && run != NULL);
    ASSERT(o != NULL && out != NULL);
    run_row_t row;
    TRY(run_insert(s, run, diag, &row));
    return journal_open(s, &row, o, out);
}

err_t journal_resume(store_t *s, str_t id, const journal_options_t *o, diag_t *diag, journal_t **out)
{
    ASSERT(s != NULL);
    ASSERT(o != NULL && out != NULL);
    run_row_t row;
    TRY(run_find(s, id, diag, &row));
    TRY(run_take(s, &row, diag));
    return journal_open(s, &row, o, out);
}

void journal_close(journal_t *j)
{
    if (j == NULL) {
        return;
    }
    if (j->own_thread != NULL) {
        os_mutex_lock(j->own_mutex);
        j->closing = true;
        os_cond_broadcast(j->own_work);
        os_mutex_unlock(j->own_mutex);
        os_thread_join(j->own_thread);
        j->store->busy = false;
    }
    os_cond_close(j->own_done);
    os_cond_close(j->own_work);
    os_mutex_close(j->own_mutex);
    for (u32 i = 0; i < RING; i++) {
        free(j->batches[i].own_bytes);
    }
    free(j);
}

run_id_t journal_run_id(const journal_t *j)
{
    return j->id;
}
u64 journal_next_seq(const journal_t *j)
{
    return j->next_seq;
}
u64 journal_durable_seq(const journal_t *j)
{
    return atomic_load(&j->durable_seq);
}

journal_counts_t journal_counts(const journal_t *j)
{
    ASSERT(j != NULL);
    journal_counts_t c = j->counts;
    if (j->own_thread != NULL) {
        os_mutex_lock(j->own_mutex);
    }
    /* Only while the thread rests are its figures ours to read. */
    bool rests = j->written == j->closed;
    c.bytes_kept = rests ? j->chain.bytes_kept : 0;
    c.slow = rests ? j->slow : 0;
    c.slowest_ns = rests ? j->slowest_ns : 0;
    if (j->own_thread != NULL) {
        os_mutex_unlock(j->own_mutex);
    }
    return c;
}

static err_t journal_failed(const journal_t *j, diag_t *diag)
{
    return j->failed == ERR_OK ? ERR_OK : diag_fail(diag, j->failed, "%s", j->failed_diag.text);
}

/* Waits until at most `most` batches are handed over and not yet written. */
static err_t journal_wait(journal_t *j, u64 most, diag_t *diag)
{
    if (j->own_thread == NULL) {
        return journal_failed(j, diag);
    }
    i64 from = os_mono();
    os_mutex_lock(j->own_mutex);
    while (j->closed - j->written > most) {
        os_cond_wait(j->own_done, j->own_mutex);
    }
    err_t err = journal_failed(j, diag);
    os_mutex_unlock(j->own_mutex);
    j->counts.wait_ns += os_mono() - from;
    return err;
}

/* Hands the open batch over and opens the next. */
static err_t journal_submit(journal_t *j, diag_t *diag)
{
    ASSERT(!j->finished);
    if (j->own_thread == NULL) {
        TRY(journal_failed(j, diag));
        j->failed = journal_write(j, open_batch(j), &j->failed_diag);
        j->closed++;
        j->written++;
    } else {
        os_mutex_lock(j->own_mutex);
        j->closed++;
        os_cond_signal(j->own_work);
        os_mutex_unlock(j->own_mutex);
    }
    err_t err = journal_wait(j, RING - 1, diag); /* the slot that opens now must be written */
    batch_t *b = open_batch(j);
    b->used = 0;
    b->events = 0;
    return err;
}

static err_t batch_reserve(batch_t *b, size_t room)
{
    ASSERT(b->used <= b->size);
    if (b->size - b->used >= room) {
        return ERR_OK;
    }
    size_t size = MAX_OF(b->size * 2, b->used + room);
    u8 *p = realloc(b->own_bytes, size);
    if (p == NULL) {
        return ERR_NO_MEMORY;
    }
    b->own_bytes = p;
    b->size = size;
    return ERR_OK;
}

err_t journal_append(journal_t *j, event_t *e)
{
    ASSERT(j != NULL && !j->finished);
    ASSERT(e != NULL && (e->head.seq == 0 || e->head.seq == j->next_seq));
    batch_t *b = open_batch(j);
    if (b->used > BLOCK_SIZE_MAX - EVENT_ROOM) {
        return ERR_BUFFER_FULL; /* one step of more than 64 MiB: the engine is out of bounds */
    }
    if (b->size == 0) {
        TRY(batch_reserve(b, (size_t)j->options.batch_bytes + EVENT_ROOM));
    }
    TRY(batch_reserve(b, EVENT_ROOM));
    writer_t w = writer_of(b->own_bytes + b->used, EVENT_ROOM);
    e->head.seq = j->next_seq;
    TRY(event_encode(e, &w));
    b->kind = BATCH_BLOCK;
    b->first_seq = b->events == 0 ? e->head.seq : b->first_seq;
    b->t_first = b->events == 0 ? e->head.t_engine : b->t_first;
    b->last_seq = e->head.seq;
    b->t_last = e->head.t_engine;
    b->used += w.used;
    b->events++;
    j->next_seq++;
    j->counts.events++;
    j->counts.bytes += w.used;
    return ERR_OK;
}

err_t journal_step_end(journal_t *j, diag_t *diag)
{
    ASSERT(j != NULL);
    return open_batch(j)->used >= j->options.batch_bytes ? journal_commit(j, diag) : ERR_OK;
}

err_t journal_commit(journal_t *j, diag_t *diag)
{
    ASSERT(j != NULL);
    if (open_batch(j)->events == 0) {
        return journal_wait(j, RING - 1, diag);
    }
    j->counts.blocks++;
    return journal_submit(j, diag);
}

err_t journal_flush(journal_t *j, diag_t *diag)
{
    ASSERT(j != NULL);
    TRY(journal_commit(j, diag));
    TRY(journal_wait(j, 0, diag));
    ASSERT(journal_durable_seq(j) == j->next_seq - 1);
    return ERR_OK;
}

err_t journal_finish(journal_t *j, const run_end_t *end, diag_t *diag)
{
    ASSERT(j != NULL && end != NULL);
    ASSERT(end->status != RUN_RUNNING);
    TRY(journal_flush(j, diag));
    batch_t *b = open_batch(j);
    TRY(batch_reserve(b, (size_t)end->counts.n + 1));
    if (end->counts.n > 0) {
        memcpy(b->own_bytes, end->counts.p, end->counts.n);
    }
    b->kind = BATCH_END;
    b->last_seq = j->next_seq - 1;
    b->end = *end;
    b->end.counts = (str_t){.p = b->own_bytes, .n = end->counts.n};
    TRY(journal_submit(j, diag));
    TRY(journal_wait(j, 0, diag));
    j->finished = true;
    return ERR_OK;
}

err_t journal_snapshot(journal_t *j, const snapshot_section_t *sections, u32 count, diag_t *diag)
{
    ASSERT(j != NULL && sections != NULL);
    ASSERT(count > 0 && count <= SNAPSHOT_SECTIONS_MAX);
    TRY(journal_commit(j, diag));
    batch_t *b = open_batch(j);
    size_t room = 0;
    for (u32 i = 0; i < count; i++) {
        ASSERT(memchr(sections[i].name, 0, SNAPSHOT_NAME) != NULL);
        room += SNAPSHOT_NAME + 2 * sizeof(u32) + sections[i].bytes.n;
    }
    if (room > BLOCK_SIZE_MAX) {
        return ERR_BUFFER_FULL;
    }
    TRY(batch_reserve(b, room));
    writer_t w = writer_of(b->own_bytes, room);
    for (u32 i = 0; i < count; i++) {
        char name[SNAPSHOT_NAME] = {0}; /* no bytes of memory beyond the NUL */
        memcpy(name, sections[i].name, strlen(sections[i].name));
        put_bytes(&w, name, sizeof name);
        put_u32(&w, sections[i].version);
        put_str(&w, sections[i].bytes);
    }
    ASSERT(!w.full && w.used == room);
    b->kind = BATCH_SNAPSHOT;
    b->used = room;
    b->events = count;
    b->last_seq = j->next_seq - 1;
    return journal_submit(j, diag);
}
