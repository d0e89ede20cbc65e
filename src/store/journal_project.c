/* See journal.h: projection rows of the facts in a block. They are for questions in SQL; nothing is recovered
 * from them, so that losing or rebuilding them loses nothing. */
#include <string.h>

#include "base/assert.h"
#include "store/journal_internal.h"

static void bind_all(sql_stmt_t *q, int from, const i64 *v, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        sql_bind_i64(q, from + (int)i, v[i]);
    }
}

static err_t project_intent(store_t *s, u64 run, const event_t *e, diag_t *diag)
{
    const ev_INTENT_t *p = &e->as.INTENT;
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_ORDER_INSERT, diag, &q));
    const i64 who[] = {(i64)e->head.seq, (i64)p->owner, (i64)p->risk_group, (i64)p->account};
    const i64 what[] = {(i64)p->sequence, p->inst,      p->side,      p->type,       p->tif,
                        p->role,          p->strategy,  p->flags,     p->qty,        p->limit,
                        p->stop,          p->reference, p->t_decided, p->send_before};
    sql_bind_i64(q, 1, (i64)run);
    sql_bind_blob(q, 2, p->id.b, sizeof p->id.b);
    bind_all(q, 3, who, COUNT_OF(who));
    sql_bind_blob(q, 7, p->parent.b, sizeof p->parent.b);
    bind_all(q, 8, what, COUNT_OF(what));
    return store_run(q, diag);
}

static err_t project_state(store_t *s, u64 run, const event_t *e, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_ORDER_STATE, diag, &q));
    sql_bind_i64(q, 1, (i64)run);
    sql_bind_blob(q, 2, e->as.ORDER_STATE.intent.b, sizeof e->as.ORDER_STATE.intent.b);
    sql_bind_i64(q, 3, e->as.ORDER_STATE.to);
    sql_bind_i64(q, 4, (i64)e->head.seq);
    return store_run(q, diag);
}

static err_t project_position(store_t *s, const i64 row[5], diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_POSITION_PUT, diag, &q));
    bind_all(q, 1, row, 5);
    return store_run(q, diag);
}

static err_t project_fill(store_t *s, u64 run, const event_t *e, diag_t *diag)
{
    const ev_FILL_t *p = &e->as.FILL;
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_FILL_INSERT, diag, &q));
    const i64 rest[] = {(i64)p->exec_id, p->inst, p->side,     p->role,       p->t_event,       p->qty,
                        p->price,        p->fee,  p->realised, p->cash_after, p->position_after};
    sql_bind_i64(q, 1, (i64)run);
    sql_bind_i64(q, 2, (i64)e->head.seq);
    sql_bind_i64(q, 3, (i64)p->account);
    sql_bind_blob(q, 4, p->intent.b, sizeof p->intent.b);
    bind_all(q, 5, rest, COUNT_OF(rest));
    TRY(store_run(q, diag));
    TRY(store_sql(s, SQL_ORDER_FILLED, diag, &q));
    sql_bind_i64(q, 1, (i64)run);
    sql_bind_blob(q, 2, p->intent.b, sizeof p->intent.b);
    sql_bind_i64(q, 3, p->qty);
    TRY(store_run(q, diag));
    const i64 position[] = {(i64)run, (i64)p->account, p->inst, p->position_after, (i64)e->head.seq};
    return project_position(s, position, diag);
}

static err_t project_cash(store_t *s, u64 run, const event_t *e, diag_t *diag)
{
    const ev_CASH_t *p = &e->as.CASH;
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_LEDGER_INSERT, diag, &q));
    const i64 row[] = {(i64)run,  (i64)e->head.seq, (i64)p->account, p->kind,      p->inst,
                       p->amount, p->qty_before,    p->qty_after,    p->cash_after};
    bind_all(q, 1, row, COUNT_OF(row));
    TRY(store_run(q, diag));
    if (p->qty_before == p->qty_after) {
        return ERR_OK;
    }
    const i64 position[] = {(i64)run, (i64)p->account, p->inst, p->qty_after, (i64)e->head.seq};
    return project_position(s, position, diag);
}

static err_t project_equity(store_t *s, u64 run, const event_t *e, diag_t *diag)
{
    const ev_EQUITY_t *p = &e->as.EQUITY;
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_EQUITY_INSERT, diag, &q));
    const i64 row[] = {(i64)run,  (i64)e->head.seq, (i64)p->account, e->head.t_engine, p->session, p->cash,
                       p->equity, p->gross,         p->net};
    bind_all(q, 1, row, COUNT_OF(row));
    return store_run(q, diag);
}

static err_t project_alert(store_t *s, u64 run, const event_t *e, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_ALERT_INSERT, diag, &q));
    const i64 row[] = {(i64)run, (i64)e->head.seq, e->head.t_engine, e->as.ALERT.code,
                       (i64)e->as.ALERT.account};
    bind_all(q, 1, row, COUNT_OF(row));
    sql_bind_text(q, 6, e->as.ALERT.text);
    return store_run(q, diag);
}

static err_t project_lesson(store_t *s, u64 run, const event_t *e, diag_t *diag)
{
    const ev_LESSON_t *p = &e->as.LESSON;
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_LESSON_INSERT, diag, &q));
    const i64 row[] = {(i64)run, (i64)e->head.seq, e->head.t_engine, (i64)p->account};
    bind_all(q, 1, row, COUNT_OF(row));
    sql_bind_blob(q, 5, p->entry.b, sizeof p->entry.b);
    sql_bind_blob(q, 6, p->record.p, p->record.n);
    return store_run(q, diag);
}

typedef err_t (*project_fn_t)(store_t *s, u64 run, const event_t *e, diag_t *diag);

/* NULL: the kind has no rows, and its payload need not be decoded. */
static project_fn_t project_of(u16 kind)
{
    switch (kind) {
    case EV_INTENT:
        return project_intent;
    case EV_ORDER_STATE:
        return project_state;
    case EV_FILL:
        return project_fill;
    case EV_CASH:
        return project_cash;
    case EV_EQUITY:
        return project_equity;
    case EV_ALERT:
        return project_alert;
    case EV_LESSON:
        return project_lesson;
    default:
        return NULL;
    }
}

err_t project_block(store_t *s, u64 run, const batch_t *b, diag_t *diag)
{
    ASSERT(s != NULL && b != NULL);
    size_t at = 0;
    while (at < b->used) {
        event_head_t head;
        ASSERT(b->used - at >= sizeof head);
        memcpy(&head, b->own_bytes + at, sizeof head);
        project_fn_t project = project_of(head.kind);
        if (project != NULL) {
            event_t e;
            reader_t r = reader_of(b->own_bytes + at, b->used - at);
            err_t err = event_decode(&r, &e);
            ASSERT(err == ERR_OK); /* our own bytes, encoded a moment ago */
            TRY(project(s, run, &e, diag));
        }
        at += sizeof head + head.length;
    }
    ASSERT(at == b->used);
    return ERR_OK;
}
