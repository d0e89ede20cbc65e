/* One description of the record's layout, run in both directions. See record.h. */
#include <string.h>

#include "base/assert.h"
#include "scan/record.h"
#include "scan/record_inner.h"

static void io_bytes(io_t *io, u8 *p, size_t n)
{
    if (io->w != NULL) {
        put_bytes(io->w, p, n);
    } else {
        get_bytes(io->r, p, n);
    }
}

static bool io_bad(const io_t *io)
{
    return io->r != NULL && io->r->bad;
}

static void io_count(io_t *io, u64 *count, u64 most)
{
    io_u(io, count);
    if (*count > most && io->r != NULL) {
        io->r->bad = true;
        *count = 0;
    }
    ASSERT(*count <= most);
}

static void io_gates(io_t *io, u64 *count, gate_t *gate)
{
    io_count(io, count, LIMIT_GATES);
    for (u64 i = 0; i < *count && !io_bad(io); i++) {
        u64 rule = gate[i].rule;
        u64 group = gate[i].group;
        io_u(io, &rule);
        io_u(io, &group);
        io_i(io, &gate[i].value);
        io_i(io, &gate[i].threshold);
        if (io->r != NULL && (rule > UINT16_MAX || group > UINT8_MAX || rule_find((u16)rule) == NULL)) {
            io->r->bad = true;
            return;
        }
        gate[i].rule = (u16)rule;
        gate[i].group = (u8)group;
    }
}

static void io_setup(io_t *io, cand_record_t *c)
{
    io_i(io, &c->score);
    for (u32 i = 0; i < 3; i++) {
        io_i(io, &c->component[i]);
    }
    i64 *const prices[] = {&c->level, &c->entry, &c->stop, &c->target, &c->a, &c->room, &c->spread_bps};
    for (u32 i = 0; i < COUNT_OF(prices); i++) {
        io_i(io, prices[i]);
    }
    io_i(io, &c->composite);
    io_i(io, &c->bonus);
    io_i(io, &c->regime_mult);
}

static void io_conviction(io_t *io, cand_record_t *c)
{
    io_count(io, &c->evidence_count, EVIDENCE_COUNT);
    for (u64 i = 0; i < c->evidence_count && !io_bad(io); i++) {
        io_u(io, &c->evidence[i].id);
        io_u(io, &c->evidence[i].known);
        io_i(io, &c->evidence[i].value);
        io_i(io, &c->evidence[i].points);
    }
    i64 *const v[] = {&c->conviction, &c->conviction_model, &c->team, &c->final_rank, &c->final_gate};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        io_i(io, v[i]);
    }
    io_u(io, &c->debate);
}

static void io_size(io_t *io, cand_record_t *c)
{
    for (u32 i = 1; i < SIZE_STEPS; i++) {
        io_i(io, &c->shares[i]);
    }
    io_u(io, &c->binding);
    i64 *const v[] = {&c->quantity, &c->factor,     &c->risk_used, &c->kelly,
                      &c->cost_bps, &c->profit_bps, &c->quality};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        io_i(io, v[i]);
    }
}

static void io_confidence(io_t *io, cand_record_t *c)
{
    i64 *const v[] = {&c->c0, &c->confidence, &c->delta, &c->dk, &c->n_kind, &c->threshold, &c->ev_r};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        io_i(io, v[i]);
    }
    if ((c->flags & CAND_WEIGHTED) != 0) {
        io_i(io, &c->weight);
    }
    io_bytes(io, c->intent, sizeof c->intent);
}

static void io_candidate(io_t *io, cand_record_t *c, u64 version)
{
    u64 inst = c->inst;
    io_u(io, &inst);
    c->inst = (u16)inst;
    io_i(io, &c->d);
    u64 *const v[] = {&c->refused_stage, &c->traded, &c->strategy, &c->flags, &c->boost};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        io_u(io, v[i]);
    }
    for (u32 i = 0; i < SCREEN_PARTS; i++) {
        io_i(io, &c->part[i]);
    }
    io_i(io, &c->s);
    io_gates(io, &c->gate_count, c->gate);
    bool handed = (c->flags & CAND_HANDED) != 0 && version > 2;
    u64 reached = c->traded ? 13 : (handed ? 10 : c->refused_stage);
    if (reached >= 8) {
        io_setup(io, c);
    }
    if (reached >= 9) {
        io_conviction(io, c);
    }
    if (reached >= 11) {
        io_size(io, c);
    }
    if (reached >= 12) {
        io_confidence(io, c);
    }
}

/* Columns: instruments as steps, then masks, then values: like stands beside like for the compressor. */
static void io_refusals(io_t *io, cycle_record_t *r)
{
    io_count(io, &r->refusal_count, LIMIT_UNIVERSE);
    u64 previous = 0;
    for (u64 i = 0; i < r->refusal_count && !io_bad(io); i++) {
        u64 step = r->refusal[i].inst - previous;
        io_u(io, &step);
        previous += step;
        r->refusal[i].inst = (u16)previous;
    }
    for (u64 i = 0; i < r->refusal_count && !io_bad(io); i++) {
        u64 mask = r->refusal[i].mask;
        io_u(io, &mask);
        r->refusal[i].mask = (u16)mask;
    }
    for (u64 i = 0; i < r->refusal_count && !io_bad(io); i++) {
        io_i(io, &r->refusal[i].value);
    }
}

static void io_cycle(io_t *io, cycle_record_t *r)
{
    u64 *const head[] = {&r->version,       &r->cycle,    &r->session, &r->profile,  &r->config_tag,
                         &r->stopped_stage, &r->universe, &r->regime,  &r->intraday, &r->transition};
    for (u32 i = 0; i < COUNT_OF(head); i++) {
        io_u(io, head[i]);
    }
    i64 *const v[] = {&r->t, &r->p_bull, &r->p_bear, &r->p_stress, &r->rank_cut};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        io_i(io, v[i]);
    }
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        io_u(io, &r->stage_in[i]);
        io_u(io, &r->stage_out[i]);
        io_u(io, &r->stage_refused[i]);
    }
    io_gates(io, &r->gate_count, r->gate);
    io_refusals(io, r);
    io_count(io, &r->cand_count, LIMIT_CANDIDATES);
    for (u64 i = 0; i < r->cand_count && !io_bad(io); i++) {
        io_candidate(io, &r->cand[i], r->version);
    }
}

err_t record_cycle_encode(const cycle_record_t *r, writer_t *w)
{
    ASSERT(r != NULL && w != NULL);
    io_t io = {.w = w};
    io_cycle(&io, (cycle_record_t *)(uintptr_t)r); /* a writer changes nothing */
    return writer_done(w);
}

err_t record_cycle_decode(blob_t bytes, cycle_record_t *out)
{
    ASSERT(out != NULL && out->refusal != NULL);
    screen_refusal_t *memory = out->refusal;
    reader_t r = reader_of(bytes.p, bytes.n);
    io_t io = {.r = &r};
    memset(out, 0, sizeof *out);
    out->refusal = memory;
    io_cycle(&io, out);
    TRY(reader_done(&r));
    if (out->version < RECORD_OLDEST || out->version > RECORD_VERSION) {
        return ERR_VERSION;
    }
    return r.at == r.size ? ERR_OK : ERR_CORRUPT;
}

static void io_exit(io_t *io, exit_record_t *e)
{
    u64 *const u[] = {&e->version, &e->cycle, &e->session, &e->inst, &e->reason, &e->fired};
    i64 *const v[] = {&e->t, &e->d,       &e->entry,     &e->mark,  &e->stop, &e->best,
                      &e->a, &e->minutes, &e->held_bars, &e->level, &e->close};
    for (u32 i = 0; i < COUNT_OF(u); i++) {
        io_u(io, u[i]);
    }
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        io_i(io, v[i]);
    }
    io_bytes(io, e->intent, sizeof e->intent);
}

err_t record_exit_decode(blob_t bytes, exit_record_t *out)
{
    ASSERT(out != NULL);
    reader_t r = reader_of(bytes.p, bytes.n);
    io_t io = {.r = &r};
    memset(out, 0, sizeof *out);
    io_exit(&io, out);
    TRY(reader_done(&r));
    return out->version >= RECORD_OLDEST && out->version <= RECORD_VERSION ? ERR_OK : ERR_VERSION;
}

void record_exit(const user_t *u, const scan_shared_t *sh, const position_t *p, exit_reason_t reason,
                 u32 mask, outbox_t *out)
{
    ASSERT(u != NULL && sh != NULL && p != NULL && out != NULL);
    u8 bytes[512];
    writer_t w = writer_of(bytes, sizeof bytes);
    io_t io = {.w = &w};
    exit_record_t e = {.version = RECORD_VERSION,
                       .cycle = p->tag.cycle,
                       .session = (u64)sh->session,
                       .inst = p->inst,
                       .reason = (u64)reason,
                       .fired = mask,
                       .t = sh->now,
                       .d = p->direction,
                       .entry = p->avg.v / (PRICE_SCALE / 10000),
                       .mark = p->mark.v / (PRICE_SCALE / 10000),
                       .stop = p->stop.v / (PRICE_SCALE / 10000),
                       .best = p->best.v / (PRICE_SCALE / 10000),
                       .a = p->tag.a.v / (PRICE_SCALE / 10000),
                       .minutes = (sh->now - p->t_entry) / NS_PER_MIN,
                       .held_bars = u->held_bars[p->inst],
                       .level = record_grid(u->level[p->inst], 1e4)};
    e.close = sh->view.row != NULL ? record_grid(view_get(&sh->view, FEATURE_CLOSE, p->inst), 1e4) : 0;
    memcpy(e.intent, p->entry_id.b, sizeof e.intent);
    io_exit(&io, &e);
    ASSERT(!w.full);
    event_t *f = outbox_fact(out, EV_DECISION);
    f->as.DECISION.cycle = p->tag.cycle;
    f->as.DECISION.form = RECORD_EXIT;
    f->as.DECISION.account = u->account->account_id;
    err_t err = outbox_blob(out, bytes, w.used, &f->as.DECISION.record);
    ASSERT(err == ERR_OK);
}
