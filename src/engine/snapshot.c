/* See snapshot.h. */
#include "engine/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "model/state_io.h"
#include "scan/user_state.h"
#include "trade/portfolio/account_state.h"

enum { ENGINE_STATE_BYTES = 1 << 16, REGIME_STATE_BYTES = 1 << 14, PART_BUNCHES = 6, PART_HEARD = 7 };

static const char *const part_names[SNAPSHOT_PARTS] = {"account", "user", "engine", "regime", "desks",
                                                "loops", "bunches", "heard"};

/* The engine's own fields as a value, so that a load can be thrown away. */
typedef struct {
    u64 cycle, seq; /* cycle, running, generation: of the first desk */
    i64 now;
    date_t session;
    digest_state_t hash;
    u64 running[ENGINE_SCANS];
    u32 generation[ENGINE_SCANS];
    intraday_state_t intraday;
    u32 proxy_bars;
    f64 proxy_open[REGIME_INTRADAY_BARS], proxy_close[REGIME_INTRADAY_BARS];
    bool proxy_first[REGIME_INTRADAY_BARS];
    scan_shared_t shared; /* times, intraday, outside measures; not what refers to memory */
    engine_counts_t counts;
} own_state_t;

static void own_get(const engine_t *e, own_state_t *s)
{
    s->cycle = e->desk[0].cycle;
    s->seq = e->seq;
    s->now = e->now;
    s->session = e->session;
    s->hash = e->hash;
    memcpy(s->running, e->desk[0].running, sizeof s->running);
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        s->generation[i] = e->desk[0].scan[i].generation;
    }
    s->intraday = e->intraday;
    s->proxy_bars = e->proxy_bars;
    memcpy(s->proxy_open, e->proxy_open, sizeof s->proxy_open);
    memcpy(s->proxy_close, e->proxy_close, sizeof s->proxy_close);
    memcpy(s->proxy_first, e->proxy_first, sizeof s->proxy_first);
    s->shared = e->shared;
    s->counts = e->counts;
}

static void own_set(engine_t *e, const own_state_t *s)
{
    e->desk[0].cycle = s->cycle;
    e->seq = s->seq;
    e->now = s->now;
    e->session = s->session;
    e->hash = s->hash;
    memcpy(e->desk[0].running, s->running, sizeof s->running);
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        e->desk[0].scan[i].generation = s->generation[i];
    }
    e->intraday = s->intraday;
    e->proxy_bars = s->proxy_bars;
    memcpy(e->proxy_open, s->proxy_open, sizeof e->proxy_open);
    memcpy(e->proxy_close, s->proxy_close, sizeof e->proxy_close);
    memcpy(e->proxy_first, s->proxy_first, sizeof e->proxy_first);
    scan_shared_t *to = &e->shared;
    to->now = s->shared.now;
    to->session = s->shared.session;
    to->session_open = s->shared.session_open;
    to->session_close = s->shared.session_close;
    to->intraday = s->shared.intraday;
    to->proxy_side = s->shared.proxy_side;
    to->vix = s->shared.vix;
    to->vix_change_pct = s->shared.vix_change_pct;
    to->vix_known = s->shared.vix_known;
    to->clock_unsteady = s->shared.clock_unsteady;
    e->counts = s->counts;
}

static void io_counts(state_io_t *io, engine_counts_t *c)
{
    u64 *const one[] = {&c->cycles, &c->candidates,   &c->trades,      &c->refusals,
                        &c->closed, &c->exits,        &c->symbol_bars, &c->inputs,
                        &c->facts,  &c->late_answers, &c->probes,      &c->probes_closed};
    for (u32 i = 0; i < COUNT_OF(one); i++) {
        state_u64(io, one[i]);
    }
    for (u32 i = 0; i <= SCAN_STAGES; i++) {
        state_u64(io, &c->refused_by_stage[i]);
        state_u64(io, &c->stopped_by_stage[i]);
        state_u64(io, &c->stage_in[i]);
        state_u64(io, &c->stage_out[i]);
    }
    for (u32 i = 0; i < LIMIT_STRATEGIES; i++) {
        state_u64(io, &c->trades_by_strategy[i]);
    }
    for (u32 i = 0; i < ENGINE_RULES; i++) {
        state_u64(io, &c->refused_by_rule[i]);
    }
}

static void io_shared(state_io_t *io, scan_shared_t *s)
{
    state_i64(io, &s->now);
    state_i32(io, &s->session);
    state_i64(io, &s->session_open);
    state_i64(io, &s->session_close);
    s->intraday = (intraday_regime_t)state_upto(io, (u64)s->intraday, INTRADAY_CHOPPY);
    state_f64(io, &s->proxy_side);
    state_f64(io, &s->vix);
    state_f64(io, &s->vix_change_pct);
    state_bool(io, &s->vix_known);
    state_bool(io, &s->clock_unsteady);
}

static void io_own(state_io_t *io, own_state_t *s)
{
    state_u64(io, &s->cycle);
    state_u64(io, &s->seq);
    state_i64(io, &s->now);
    state_i32(io, &s->session);
    state_bytes(io, s->hash.opaque,
                sizeof s->hash.opaque); /* as the hash keeps it; a change of it is a new version */
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        state_u64(io, &s->running[i]);
        state_u32(io, &s->generation[i]);
    }
    s->intraday.held = (u8)state_upto(io, s->intraday.held, INTRADAY_CHOPPY);
    s->intraday.candidate = (u8)state_upto(io, s->intraday.candidate, INTRADAY_CHOPPY);
    state_u8(io, &s->intraday.streak);
    s->proxy_bars = (u32)state_upto(io, s->proxy_bars, REGIME_INTRADAY_BARS);
    for (u32 i = 0; i < s->proxy_bars && !state_is_bad(io); i++) {
        state_f64(io, &s->proxy_open[i]);
        state_f64(io, &s->proxy_close[i]);
        state_bool(io, &s->proxy_first[i]);
    }
    io_shared(io, &s->shared);
    io_counts(io, &s->counts);
}

static err_t own_save(const engine_t *e, writer_t *w)
{
    own_state_t s = {0};
    own_get(e, &s);
    state_io_t io = {.w = w};
    io_own(&io, &s);
    return writer_done(w);
}

static err_t own_load(reader_t *r, u32 version, own_state_t *s)
{
    if (version != ENGINE_STATE_VERSION) {
        return ERR_VERSION;
    }
    state_io_t io = {.r = r};
    io_own(&io, s);
    return reader_done(r);
}

/* ---- the desks: rows of all, and all that is theirs from the second one on ------------------------ */

enum { DESK_STATE_VERSION = 1, DESK_STATE_BYTES = (1 << 10) + 2 * USER_TEXT };

/* One desk as a value, so that a load can be thrown away. */
typedef struct {
    account_t account;
    user_t user;
    u64 cycle;
    u64 running[ENGINE_SCANS];
    u32 generation[ENGINE_SCANS];
    user_row_t row, next;
    config_t config;
    bool has_row, changes;
} desk_state_t;

/* Rows as text, since their owner can read that of any version. The house is nobody's and has none. */
static err_t rows_save(const desk_t *d, writer_t *w)
{
    u8 text[USER_TEXT];
    const user_row_t *rows[2] = {d == d->engine->house ? NULL : &d->row, d->changes ? &d->next : NULL};
    for (u32 k = 0; k < COUNT_OF(rows); k++) {
        writer_t t = writer_of(text, sizeof text);
        if (rows[k] != NULL) {
            TRY(user_row_encode(rows[k], &t));
        }
        put_str(w, (str_t){.p = text, .n = (u32)t.used});
    }
    return writer_done(w);
}

/* A row that was unsound when the run began is so still: the desk keeps what it was opened with. */
static err_t rows_load(const engine_t *e, reader_t *r, desk_state_t *s)
{
    str_t now = get_str(r);
    str_t next = get_str(r);
    TRY(reader_done(r));
    s->has_row = user_row_decode(now, NULL, &s->row) == ERR_OK &&
                 user_resolve(&e->config, &s->row, NULL, &s->config) == ERR_OK;
    s->changes = next.n > 0;
    return s->changes ? user_row_decode(next, NULL, &s->next) : ERR_OK;
}

static void io_desk(state_io_t *io, u64 *cycle, u64 running[ENGINE_SCANS], u32 generation[ENGINE_SCANS])
{
    state_u64(io, cycle);
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        state_u64(io, &running[i]);
        state_u32(io, &generation[i]);
    }
}

static err_t desks_save(const engine_t *e, writer_t *w)
{
    state_io_t io = {.w = w};
    u32 count = e->desk_all;
    state_u32(&io, &count);
    for (u32 i = 0; i < count; i++) {
        TRY(rows_save(&e->desk[i], w));
    }
    for (u32 i = 1; i < count; i++) {
        const desk_t *d = &e->desk[i];
        u64 cycle = d->cycle;
        u64 running[ENGINE_SCANS];
        u32 generation[ENGINE_SCANS];
        for (u32 k = 0; k < ENGINE_SCANS; k++) {
            running[k] = d->running[k];
            generation[k] = d->scan[k].generation;
        }
        io_desk(&io, &cycle, running, generation);
        TRY(account_save(&d->account, w));
        TRY(user_save(&d->user, e->spec.market->count, w));
    }
    return writer_done(w);
}

/* Accounts and users are of the version that the same snapshot names for the first desk's. */
static err_t desks_load(const engine_t *e, reader_t *r, const u32 version[2], desk_state_t *s)
{
    state_io_t io = {.r = r};
    u32 count = e->desk_all;
    u32 n = e->spec.market->count;
    state_u32(&io, &count);
    if (state_is_bad(&io) || count != e->desk_all) {
        return ERR_CORRUPT;
    }
    for (u32 i = 0; i < count; i++) {
        TRY(rows_load(e, r, &s[i]));
    }
    for (u32 i = 1; i < count; i++) {
        io_desk(&io, &s[i].cycle, s[i].running, s[i].generation);
        TRY(reader_done(r));
        TRY(account_load(r, version[0], n, &s[i].account));
        TRY(user_load(r, version[1], n, &s[i].user));
    }
    return reader_done(r);
}

/* ---- what loops remember: the market's, then each desk's ------------------------------------------- */

static err_t loops_save(const engine_t *e, writer_t *w)
{
    TRY(loop_memory_save(&e->memory, w));
    for (u32 i = 0; i < e->desk_all; i++) {
        TRY(loop_memory_save(&e->desk[i].memory, w));
    }
    return writer_done(w);
}

/* memory[desk_all + 1] */
static err_t loops_load(const engine_t *e, reader_t *r, u32 version, loop_memory_t *memory)
{
    for (u32 i = 0; i <= e->desk_all; i++) {
        TRY(loop_memory_load(r, version, &memory[i]));
    }
    return reader_done(r);
}

static size_t desks_room(const engine_t *e)
{
    size_t one = ACCOUNT_STATE_BYTES + user_state_bytes(e->spec.market->count) + DESK_STATE_BYTES;
    return DESK_STATE_BYTES + one * e->desk_all + (size_t)LOOP_MEMORY_BYTES * (e->desk_all + 1) +
           bunch_table_bytes(&e->bunches) + heard_bytes(e->spec.market->count);
}

static err_t part_save(const engine_t *e, u32 index, writer_t *w)
{
    switch (index) {
    case 0:
        return account_save(&e->desk[0].account, w);
    case 1:
        return user_save(&e->desk[0].user, e->spec.market->count, w);
    case 2:
        return own_save(e, w);
    case 3:
        return regime_daily_save(&e->regime, &e->shared.regime, w);
    case 4:
        return desks_save(e, w);
    case 5:
        return loops_save(e, w);
    case PART_BUNCHES:
        return bunch_table_save(&e->bunches, w);
    default:
        return heard_save(&e->heard, w);
    }
}

/* Where nobody shares an account there is no part about it, nor about bulletins where none was heard. */
static bool has_part(const engine_t *e, u32 index)
{
    return index == PART_BUNCHES ? e->bunches.sharing > 0 : index != PART_HEARD || e->heard.taken > 0;
}

err_t engine_snapshot_save(const engine_t *e, engine_snapshot_t *out)
{
    ASSERT(e != NULL && out != NULL);
    static const u32 versions[SNAPSHOT_PARTS] = {ACCOUNT_STATE_VERSION, USER_STATE_VERSION,
                                                 ENGINE_STATE_VERSION, REGIME_DAILY_VERSION,
                                                 DESK_STATE_VERSION, LOOP_MEMORY_VERSION,
                                                 BUNCH_TABLE_VERSION, HEARD_VERSION};
    if (engine_waits(e)) {
        return ERR_BUSY;
    }
    size_t room = desks_room(e) + ENGINE_STATE_BYTES + REGIME_STATE_BYTES;
    engine_snapshot_t s = {.own_memory = malloc(room)};
    if (s.own_memory == NULL) {
        return ERR_NO_MEMORY;
    }
    writer_t w = writer_of(s.own_memory, room);
    for (u32 i = 0; i < SNAPSHOT_PARTS; i++) {
        size_t from = w.used;
        if (!has_part(e, i)) {
            continue;
        }
        err_t err = part_save(e, i, &w);
        ASSERT(err == ERR_OK); /* the room is the sum of what the modules say they need */
        put_u64(&w, hash64(s.own_memory + from, w.used - from));
        s.part[s.count++] = (snapshot_part_t){.name = part_names[i],
                                              .version = versions[i],
                                              .bytes = {.p = s.own_memory + from, .n = (u32)(w.used - from)}};
    }
    ASSERT(!w.full);
    *out = s;
    return ERR_OK;
}

void engine_snapshot_free(engine_snapshot_t *s)
{
    ASSERT(s != NULL);
    free(s->own_memory);
    *s = (engine_snapshot_t){0};
}

/* The bytes of a part without their checksum. */
static err_t part_find(const snapshot_part_t *parts, u32 count, u32 index, snapshot_part_t *out)
{
    for (u32 i = 0; i < count; i++) {
        if (strcmp(parts[i].name, part_names[index]) != 0) {
            continue;
        }
        str_t b = parts[i].bytes;
        if (b.n < sizeof(u64)) {
            return ERR_TRUNCATED;
        }
        reader_t tail = reader_of((const u8 *)b.p + b.n - sizeof(u64), sizeof(u64));
        if (get_u64(&tail) != hash64(b.p, b.n - sizeof(u64))) {
            return ERR_CORRUPT;
        }
        *out = parts[i];
        out->bytes.n -= (u32)sizeof(u64);
        return ERR_OK;
    }
    return ERR_NOT_FOUND;
}

typedef struct {
    desk_state_t *desk;    /* [desk_all] */
    loop_memory_t *memory; /* [desk_all + 1]: the market's first */
    bunch_table_t bunches;
    heard_t heard;
    own_state_t own;
    regime_daily_t regime;
    regime_view_t view;
    u32 version[2]; /* of accounts and users */
} spare_t;

static err_t part_load(const engine_t *e, u32 index, const snapshot_part_t *p, spare_t *s)
{
    reader_t r = reader_of(p->bytes.p, p->bytes.n);
    u32 n = e->spec.market->count;
    switch (index) {
    case 0:
        s->version[0] = p->version;
        TRY(account_load(&r, p->version, n, &s->desk[0].account));
        break;
    case 1:
        s->version[1] = p->version;
        TRY(user_load(&r, p->version, n, &s->desk[0].user));
        break;
    case 2:
        TRY(own_load(&r, p->version, &s->own));
        break;
    case 3:
        TRY(regime_daily_load(&r, p->version, &s->regime, &s->view));
        break;
    case 4:
        TRY(p->version == DESK_STATE_VERSION ? ERR_OK : ERR_VERSION);
        TRY(desks_load(e, &r, s->version, s->desk));
        break;
    case 5:
        TRY(loops_load(e, &r, p->version, s->memory));
        break;
    case PART_BUNCHES:
        TRY(bunch_table_load(&r, p->version, &s->bunches));
        break;
    default:
        TRY(heard_load(&r, p->version, &s->heard));
        break;
    }
    return r.at == r.size ? ERR_OK : ERR_CORRUPT;
}

/* What one module cannot check alone. */
static err_t desk_check(const desk_t *d, const desk_state_t *s)
{
    for (u32 i = 0; i < s->account.positions_used; i++) {
        const position_t *p = &s->account.positions[i];
        if (p->inst != INST_NONE && strategy_find(p->tag.strategy) == NULL) {
            return ERR_CORRUPT;
        }
    }
    return s->account.account_id == d->account.account_id && s->user.user_id == d->user.user_id &&
                   id128_eq(s->account.incarnation, d->account.incarnation)
               ? ERR_OK
               : ERR_CORRUPT;
}

/* Snapshots of before there was such a part: one desk without rows, loops that remember nothing; and nothing
 * was heard. */
static bool may_miss(const engine_t *e, u32 part)
{
    return part == 5 || part == PART_HEARD || (part == 4 && e->desk_all == 1);
}

static err_t spare_load(const engine_t *e, const snapshot_part_t *parts, u32 count, arena_t *arena,
                        spare_t *s)
{
    for (u32 i = 0; i < e->desk_all; i++) {
        TRY(user_init(&s->desk[i].user, arena, e->spec.market->count, &e->config, &s->desk[i].account));
    }
    TRY(bunch_table_open(&s->bunches, e->spec.users, e->bunches.ledger_count, arena));
    TRY(heard_init(&s->heard, arena, e->spec.market->count));
    for (u32 i = 0; i < SNAPSHOT_PARTS; i++) {
        snapshot_part_t p;
        if (i == PART_BUNCHES && !has_part(e, i)) {
            continue;
        }
        err_t err = part_find(parts, count, i, &p);
        if (err == ERR_NOT_FOUND && may_miss(e, i)) {
            continue;
        }
        TRY(err);
        TRY(part_load(e, i, &p, s));
    }
    for (u32 i = 0; i < e->desk_all; i++) {
        TRY(desk_check(&e->desk[i], &s->desk[i]));
    }
    return ERR_OK;
}

static void spare_take(engine_t *e, const spare_t *s)
{
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_t *d = &e->desk[i];
        const desk_state_t *from = &s->desk[i];
        d->account = from->account;
        user_copy_state(&d->user, &from->user, e->spec.market->count);
        if (from->has_row) {
            d->row = from->row;
            user_configure(&d->user, &from->config);
        }
        d->memory = s->memory[i + 1];
        d->next = from->next;
        d->changes = from->changes;
        d->cycle = from->cycle;
        for (u32 k = 0; k < ENGINE_SCANS; k++) {
            d->running[k] = from->running[k];
            d->scan[k].generation = from->generation[k];
        }
    }
    bunch_table_take(&e->bunches, &s->bunches);
    heard_copy(&e->heard, &s->heard);
    e->shared.heard = e->heard.taken > 0 ? &e->heard : NULL;
    own_set(e, &s->own);
    e->memory = s->memory[0];
    e->regime = s->regime;
    e->shared.regime = s->view;
}

err_t engine_snapshot_load(engine_t *e, const snapshot_part_t *parts, u32 count, diag_t *diag)
{
    ASSERT(e != NULL && parts != NULL);
    arena_t arena = {0};
    spare_t s = {0};
    size_t desks = (sizeof *s.desk + sizeof *s.memory) * (e->desk_all + 1) + 128 +
                   bunch_table_room(e->bunches.ledger_count) + sizeof(heard_name_t) * e->spec.market->count;
    err_t err = arena_open(&arena, user_state_bytes(e->spec.market->count) * 2 * e->desk_all + desks);
    if (err == ERR_OK) {
        s.desk = arena_array(&arena, desk_state_t, e->desk_all);
        s.memory = arena_array(&arena, loop_memory_t, e->desk_all + 1);
        err = s.desk == NULL || s.memory == NULL ? ERR_NO_MEMORY : spare_load(e, parts, count, &arena, &s);
    }
    if (err == ERR_OK) {
        spare_take(e, &s);
    }
    if (arena.base != NULL) {
        arena_close(&arena);
    }
    return err == ERR_OK ? ERR_OK
                         : diag_fail(diag, err,
                                     "snapshot: a part is damaged, missing or of another version\n  do: go "
                                     "on without it; the journal alone is enough");
}
