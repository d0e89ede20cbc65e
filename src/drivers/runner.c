/* See runner.h. */
#include "drivers/runner.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/resume.h"
#include "drivers/run_table.h"
#include "drivers/runner_inner.h"
#include "engine/snapshot.h"
#include "market/fees.h"
#include "model/calendar.h"
#include "os/clock.h"
#include "os/host.h"
#include "trade/risk/rulebook.h"

static err_t sink_append(void *ctx, event_t *e)
{
    runner_t *r = ctx;
    if (r->spec->journal != NULL) {
        probe_mark_t mark = probe_begin(r->probe);
        TRY(journal_append(r->spec->journal, e));
        probe_end(r->probe, PROBE_JOURNAL, mark);
    }
    return r->spec->tap.append != NULL ? r->spec->tap.append(r->spec->tap.ctx, e) : ERR_OK;
}

/* Effects of the step that just ended: durable first, then through the door; the answers join the queue. */
static err_t release(runner_t *r)
{
    u32 count = 0;
    const effect_t *effects = engine_effects(r->engine, &count);
    for (u32 i = engine_changed(r->engine, 0); i < r->desks; i = engine_changed(r->engine, i + 1)) {
        const account_t *a = engine_desk(r->engine, i).account;
        door_publish(&r->word[i], a->epoch, a->killed != 0);
    }
    if (r->spec->journal != NULL) {
        probe_mark_t mark = probe_begin(r->probe);
        TRY(count > 0 && r->spec->durable ? journal_commit(r->spec->journal, r->diag)
                                          : journal_step_end(r->spec->journal, r->diag));
        probe_end(r->probe, PROBE_JOURNAL, mark);
    }
    for (u32 i = 0; i < count; i++) {
        bool own = effects[i].ask.kind == ASK_POSITIONS || effects[i].ask.kind == ASK_DRILL;
        if (effects[i].kind == EFFECT_ASK && own) {
            ASSERT(r->ask_count < 2 * r->desks); /* one of each is out at a desk */
            r->asks[r->ask_count++] = effects[i].ask;
            continue;
        }
        if (effects[i].kind == EFFECT_ASK) {
            if (r->spec->models != NULL) {
                r->spec->models->ask(r->spec->models->ctx, &effects[i].ask, engine_now(r->engine));
            }
            continue;
        }
        ASSERT(r->message_count + 64 < r->message_cap && r->result_count + 64 < r->message_cap);
        door_out_t out = {
            .broker = {.v = r->messages + r->message_count, .cap = r->message_cap - r->message_count},
            .results = r->results + r->result_count,
            .result_cap = r->message_cap - r->result_count};
        probe_mark_t mark = probe_begin(r->probe);
        order_door_send(&r->door, &effects[i], engine_now(r->engine), &out);
        probe_end(r->probe, PROBE_BROKER, mark);
        r->message_count += out.broker.count;
        r->result_count += out.result_count;
    }
    return ERR_OK;
}

err_t runner_take(runner_t *r, event_t *e, const slice_t *slice, i32 slot)
{
    probe_mark_t mark = probe_begin(r->probe);
    TRY(engine_take(r->engine, e, slice, slot));
    probe_end(r->probe, PROBE_ENGINE, mark);
    TRY(release(r));
    event_t over = {.head = {.kind = EV_LOOP_OVER, .t_event = engine_now(r->engine)}};
    if (e->head.kind != EV_LOOP_OVER && e->head.kind != EV_RUN_END &&
        engine_loop_overrun(r->engine, &over.as.LOOP_OVER)) {
        TRY(engine_take(r->engine, &over, NULL, -1));
        return release(r);
    }
    return ERR_OK;
}

/* The first of the questions that loops have put. */
static err_t answer_next(runner_t *r)
{
    ask_t ask = r->asks[r->ask_at++];
    if (r->ask_at == r->ask_count) {
        r->ask_at = 0;
        r->ask_count = 0;
    }
    return runner_answer(r, &ask);
}

static err_t take_timer(runner_t *r, i64 due)
{
    event_t e = {.head = {.kind = EV_TIMER, .t_event = MAX_OF(due, engine_now(r->engine))}};
    e.as.TIMER = (ev_TIMER_t){.timer = ENGINE_TIMER_LOOP, .due = due};
    return runner_take(r, &e, NULL, -1);
}

/* Feeds the broker's words one by one; each may lead to effects whose answers are appended behind. */
err_t runner_drain(runner_t *r)
{
    while (r->result_at < r->result_count || r->ask_at < r->ask_count || r->message_at < r->message_count) {
        if (r->result_at < r->result_count) {
            event_t sent = {.head = {.kind = EV_SEND_RESULT, .t_event = engine_now(r->engine)}};
            sent.as.SEND_RESULT = r->results[r->result_at++];
            TRY(runner_take(r, &sent, NULL, -1));
            continue;
        }
        if (r->ask_at < r->ask_count) {
            TRY(answer_next(r));
            continue;
        }
        i64 due = r->timed ? engine_next_due(r->engine) : I64_MAX;
        if (due < r->messages[r->message_at].t_event) {
            TRY(take_timer(r, due));
            continue;
        }
        ev_BROKER_t m = r->messages[r->message_at++];
        runner_broker_count(r, &m);
        event_t e = {.head = {.kind = EV_BROKER, .t_event = m.t_event}, .as.BROKER = m};
        TRY(runner_take(r, &e, NULL, -1));
    }
    r->message_at = 0;
    r->message_count = 0;
    r->result_at = 0;
    r->result_count = 0;
    return ERR_OK;
}

/* What loops have to do before `until`. */
static err_t loops_until(runner_t *r, i64 until)
{
    r->timed = true;
    TRY(runner_drain(r));
    for (i64 due = engine_next_due(r->engine); due < until; due = engine_next_due(r->engine)) {
        TRY(take_timer(r, due));
        TRY(runner_drain(r));
    }
    r->timed = false;
    return ERR_OK;
}

void runner_actions(runner_t *r, const slice_t *s)
{
    ASSERT(r != NULL && s != NULL);
    for (u32 i = 0; i < s->action_count; i++) {
        const action_t *a = &s->action[i];
        for (u32 k = 0; k < r->desks && a->kind != ACTION_DIVIDEND; k++) {
            i64 *held = &runner_broker_qty(r, k)[a->inst];
            qty_t q = {*held};
            if (a->kind == ACTION_PAYOUT) {
                *held = 0;
            } else if (split_qty(q, a, &q) == ERR_OK) {
                *held = q.v;
            }
        }
    }
}

i64 *runner_broker_qty(const runner_t *r, u32 desk)
{
    ASSERT(r != NULL && desk < r->desks);
    return r->broker_qty + (size_t)desk * r->spec->source->instrument_count;
}

static err_t run_start(runner_t *r)
{
    const runner_spec_t *s = r->spec;
    u8 config[32768];
    u8 *table = malloc(RUNNER_TABLE);
    u8 *users = malloc(RUNNER_USERS);
    if (table == NULL || users == NULL) {
        free(table);
        free(users);
        return ERR_NO_MEMORY;
    }
    writer_t cw = writer_of(config, sizeof config);
    writer_t tw = writer_of(table, RUNNER_TABLE);
    writer_t uw = writer_of(users, RUNNER_USERS);
    run_table_encode(s->source, &tw);
    err_t err = config_encode(s->config, &cw);
    ASSERT(err == ERR_OK && !tw.full);
    err = s->users != NULL ? users_encode(s->mode, s->users, s->user_count, &uw) : ERR_OK;
    event_t e = {.head = {.kind = EV_RUN_START}};
    e.as.RUN_START = (ev_RUN_START_t){.seed = s->seed,
                                      .logic = engine_logic_id(s->config),
                                      .config = config_hash(s->config),
                                      .incarnation = s->incarnation,
                                      .users = r->desks,
                                      .instruments = s->source->instrument_count,
                                      .config_text = {.p = config, .n = (u32)cw.used},
                                      .run_spec = s->run_spec,
                                      .instrument_table = {.p = table, .n = (u32)tw.used},
                                      .users_text = {.p = users, .n = (u32)uw.used}};
    err = err == ERR_OK ? runner_take(r, &e, NULL, -1)
                        : diag_fail(r->diag, err, "run: the rows of %u users do not fit into its first event",
                                    s->user_count);
    free(table);
    free(users);
    if (err == ERR_OK && s->durable && s->journal != NULL) {
        err = journal_commit(s->journal, r->diag); /* from here on the run can be resumed */
    }
    return err;
}

/* What happens to questions before `until`: answers in order of time, and a TIMER where a deadline passes
 * first. An answer of the very moment of a deadline comes before it. */
static err_t answers_until(runner_t *r, i64 until)
{
    const model_port_t *port = r->spec->models;
    for (i64 deadline = engine_ask_deadline(r->engine); deadline <= until;
         deadline = engine_ask_deadline(r->engine)) {
        event_t e = {.head = {.kind = EV_TIMER, .t_event = deadline}};
        e.as.TIMER.due = deadline;
        if (port != NULL) {
            event_t answer;
            e = port->next(port->ctx, deadline, &answer) ? answer : e;
        }
        ASSERT(e.head.t_event <= deadline);
        TRY(runner_take(r, &e, NULL, -1));
        TRY(runner_drain(r));
    }
    event_t late;
    while (port != NULL && port->next(port->ctx, until, &late)) {
        TRY(runner_take(r, &late, NULL, -1));
        TRY(runner_drain(r));
    }
    return ERR_OK;
}

static event_t slice_event(const slice_t *s, u64 hash)
{
    event_t e = {.head = {.kind = EV_SLICE, .t_event = s->t_known}};
    e.as.SLICE = (ev_SLICE_t){.t_known = s->t_known,
                              .t_open = s->t_open,
                              .ordinal = s->ordinal,
                              .content = hash,
                              .rows = s->count,
                              .actions = s->action_count,
                              .session = (u32)s->session,
                              .timeframe = (u8)s->timeframe,
                              .session_last = s->session_last ? 1 : 0};
    return e;
}

/* What fills cost today is what the engine's columns knew at the last decision bar. */
static void refresh_context(runner_t *r, i32 slot)
{
    market_view_t v = market_view(&r->market, (u32)slot);
    for (u32 i = 0; i < r->market.count; i++) {
        f64 atr = view_get(&v, FEATURE_ATR_PCT, i);
        if (atr > 0) {
            r->context[i].sigma_d_bps = 100.0 * atr / 1.16;
            r->context[i].dollar_vol20 = view_get(&v, FEATURE_DOLLAR20, i);
        }
    }
}

/* The session's start and its actions as an input of their own, before anything of the session fills. */
static err_t session_first(runner_t *r, const slice_t *s)
{
    slice_t only = *s;
    only.count = 0;
    only.t_known = MAX_OF(engine_now(r->engine), r->session_open);
    only.session_last = false;
    event_t e = slice_event(&only, slice_hash(&only));
    runner_actions(r, &only);
    return runner_take(r, &e, &only, -1);
}

void runner_halt(runner_t *r, const ev_HALT_t *h)
{
    ASSERT(r != NULL && h != NULL);
    halt_t told = {
        .t_event = h->t_event, .resumes = h->resumes, .inst = h->inst, .kind = h->kind, .halted = h->halted};
    paper_on_halt(&r->paper, &told);
}

static err_t halt_take(runner_t *r, const halt_t *h)
{
    event_t e = {.head = {.kind = EV_HALT, .t_event = MAX_OF(h->t_event, engine_now(r->engine))}};
    e.as.HALT = (ev_HALT_t){
        .inst = h->inst, .kind = h->kind, .halted = h->halted, .t_event = h->t_event, .resumes = h->resumes};
    runner_halt(r, &e.as.HALT);
    TRY(runner_take(r, &e, NULL, -1));
    return runner_drain(r);
}

static err_t bulletin_take(runner_t *r, const bulletin_t *b)
{
    event_t e = {.head = {.kind = EV_BULLETIN, .t_event = MAX_OF(b->t_known, engine_now(r->engine))}};
    e.as.BULLETIN = (ev_BULLETIN_t){.inst = b->inst,
                                    .kind = b->kind,
                                    .t_known = b->t_known,
                                    .t_event = b->t_event,
                                    .value = b->value,
                                    .text = str_from(b->text)};
    TRY(runner_take(r, &e, NULL, -1));
    return runner_drain(r);
}

/* What the market told of halts and what was heard until then: each at its own moment, with whatever was due
 * before it. */
static err_t told_until(runner_t *r, const slice_t *s, i64 until)
{
    const halt_t *h = NULL;
    const bulletin_t *b = NULL;
    for (i64 t = told_next(&r->told, s, &h, &b); t <= until && t != I64_MAX;
         t = told_next(&r->told, s, &h, &b)) {
        TRY(answers_until(r, t));
        TRY(loops_until(r, t));
        if (h != NULL) {
            told_halt_pass(&r->told, s);
            TRY(halt_take(r, h));
        } else {
            TRY(bulletin_take(r, b));
            told_bulletin_pass(&r->told, s);
        }
    }
    return ERR_OK;
}

/* A bar that began in a halt says that the word of its end was lost: an exit must not wait for ever. */
static err_t halts_disproved(runner_t *r, const slice_t *s)
{
    for (u32 i = 0; r->paper.halts_stand > 0 && i < s->count; i++) {
        halt_t h = {.t_event = s->bar[i].t_event, .inst = INST_NONE};
        if (paper_market_is_open(&r->paper, s->inst[i], &s->bar[i])) {
            TRY(halt_take(r, &h));
        }
        h.inst = s->inst[i];
        if (paper_halt_is_over(&r->paper, h.inst, &s->bar[i])) {
            TRY(halt_take(r, &h));
        }
    }
    return ERR_OK;
}

static err_t take_command(runner_t *r, ev_COMMAND_t c)
{
    event_t e = {.head = {.kind = EV_COMMAND, .t_event = engine_now(r->engine)}, .as.COMMAND = c};
    TRY(runner_take(r, &e, NULL, -1));
    return runner_drain(r);
}

/* The switch is a level, not an edge: turned on it kills, turned off by a person it releases. */
static err_t follow_kill_switch(runner_t *r)
{
    bool killed = r->spec->killed != NULL && r->spec->killed(r->spec->ctx);
    if (killed == r->was_killed) {
        return ERR_OK;
    }
    r->was_killed = killed;
    return take_command(r, (ev_COMMAND_t){.code = killed ? COMMAND_KILL : COMMAND_RELEASE,
                                          .account = COMMAND_ALL,
                                          .who = STR("kill switch")});
}

static err_t hear_people(runner_t *r)
{
    ev_COMMAND_t c = {0};
    while (r->spec->word != NULL && r->spec->word(r->spec->ctx, &c)) {
        TRY(take_command(r, c));
    }
    return ERR_OK;
}

/* Of all instruments alike. */
static calendar_id_t runner_calendar(const runner_spec_t *s)
{
    return s->source->instruments[0].calendar;
}

bool runner_session(runner_t *r, const slice_t *s)
{
    ASSERT(r != NULL && s != NULL);
    if (s->session == r->session) {
        return false;
    }
    session_t hours = {.open = s->t_open, .close = s->t_known};
    (void)calendar_session(runner_calendar(r->spec), s->session, s->t_open, &hours);
    r->session = s->session;
    r->session_open = hours.open;
    paper_session(&r->paper, hours.open, hours.close);
    return true;
}

void runner_passed(runner_t *r, const slice_t *s, i32 slot, u64 hash)
{
    ASSERT(r != NULL && s != NULL);
    r->input = digest_chain(&r->input, &hash, sizeof hash);
    if (slot >= 0) {
        refresh_context(r, slot);
    }
    r->result.slices++;
    r->result.bars += s->count;
    for (u32 i = 0; i < s->count; i++) {
        r->result.suspect_bars += (s->bar[i].flags & BAR_SUSPECT) != 0 ? 1 : 0;
    }
    r->result.t_first = r->result.t_first == 0 ? s->t_known : r->result.t_first;
    r->result.t_last = s->t_known;
}

err_t runner_peek(runner_t *r, const slice_t **out, i32 *slot)
{
    ASSERT(r != NULL && out != NULL && slot != NULL);
    *out = NULL;
    for (;;) {
        if (r->block_at == r->block.count) {
            if (r->source_end) {
                return ERR_OK;
            }
            TRY(block_fill(&r->block, r->spec->source, &r->market, r->spec->config, r->diag, &r->source_end));
            r->block_at = 0;
            continue;
        }
        u32 i = r->block_at;
        if (!block_is_history(&r->block, r->spec->profile, r->spec->trade_from, i)) {
            *out = &r->block.v[i];
            *slot = r->block.slot[i];
            return ERR_OK;
        }
        if (r->block.slot[i] >= 0) {
            refresh_context(r, r->block.slot[i]);
        }
        TRY(told_history(&r->told, &r->block.v[i]));
        r->block_at++;
    }
}

err_t runner_snapshot(runner_t *r)
{
    ASSERT(r != NULL);
    if (!r->spec->durable || r->spec->journal == NULL) {
        return ERR_OK; /* a lost backtest is run again */
    }
    engine_snapshot_t s;
    snapshot_section_t section[SNAPSHOT_PARTS] = {0};
    TRY(engine_snapshot_save(r->engine, &s));
    err_t err = ERR_OK;
    for (u32 i = 0; i < s.count && err == ERR_OK; i++) {
        err = str_copy(section[i].name, sizeof section[i].name, str_from(s.part[i].name));
        section[i].version = s.part[i].version;
        section[i].bytes = s.part[i].bytes;
    }
    if (err == ERR_OK) {
        err = journal_snapshot(r->spec->journal, section, s.count, r->diag);
    }
    engine_snapshot_free(&s);
    return err;
}

/* Before the slice itself: answers, the session's own input, and what was told before its bars. */
static err_t before_rows(runner_t *r, const slice_t *s)
{
    const halt_t *h = NULL;
    const bulletin_t *b = NULL;
    TRY(answers_until(r, MIN_OF(s->t_known, told_next(&r->told, s, &h, &b))));
    bool first = runner_session(r, s) || s->action_count > 0;
    bool told = r->session_ahead; /* a resumed run may stand behind it already */
    r->session_ahead = false;
    if (first && !told) {
        TRY(loops_until(r, r->session_open)); /* the night's, before anything of the session */
        TRY(session_first(r, s));
        TRY(runner_drain(r));
    }
    if (r->broker_ahead) { /* a resumed run that had come further */
        return answers_until(r, s->t_known);
    }
    TRY(told_until(r, s, s->t_open));
    TRY(halts_disproved(r, s));
    return answers_until(r, s->t_known);
}

static err_t flight_take(runner_t *r, const slice_t *s)
{
    u8 bytes[FLIGHT_BYTES];
    event_t e;
    flight_end(&r->flight, s, bytes, &e);
    e.head.t_event = engine_now(r->engine);
    TRY(runner_take(r, &e, NULL, -1));
    return runner_drain(r);
}

static err_t process(runner_t *r, const slice_t *s, i32 slot)
{
    TRY(before_rows(r, s));
    if (s->count == 0) {
        return ERR_OK;
    }
    if (!r->broker_ahead) {
        broker_msgs_t fills = {.v = r->messages, .cap = r->message_cap};
        probe_mark_t mark = probe_begin(r->probe);
        paper_on_slice(&r->paper, s, &fills);
        probe_end(r->probe, PROBE_BROKER, mark);
        r->message_count = fills.count;
    }
    r->broker_ahead = false;
    TRY(told_until(r, s, s->t_known)); /* what stopped within the bar stopped behind its fills */
    TRY(loops_until(r, s->t_known));
    slice_t rows = *s;
    rows.action_count = 0;
    u64 hash = slice_hash(&rows);
    event_t e = slice_event(&rows, hash);
    i64 began = os_mono();
    TRY(runner_take(r, &e, &rows, slot));
    i64 took = os_mono() - began;
    TRY(runner_drain(r));
    runner_passed(r, &rows, slot, hash);
    TRY(follow_kill_switch(r));
    TRY(hear_people(r));
    TRY(resume_reconcile(r));
    told_slice_over(&r->told);
    TRY(slot >= 0 && r->spec->flight ? flight_take(r, &rows) : ERR_OK);
    r->snapshot_wanted = engine_snapshot_asked(r->engine) || r->snapshot_wanted;
    if (r->snapshot_wanted && !engine_waits(r->engine)) {
        r->snapshot_wanted = false;
        TRY(runner_snapshot(r));
    }
    if (r->spec->watch != NULL) {
        runner_view_t v = {
            .engine = r->engine, .market = &r->market, .slice = &rows, .slot = slot, .step_ns = took};
        r->spec->watch(r->spec->ctx, &v);
    }
    return ERR_OK;
}

static err_t run_loop(runner_t *r)
{
    while (!r->result.stopped) {
        if (r->spec->flight) {
            flight_begin(&r->flight);
        }
        const slice_t *s = NULL;
        i32 slot = -1;
        TRY(runner_peek(r, &s, &slot));
        if (s == NULL) {
            break;
        }
        r->block_at++;
        TRY(process(r, s, slot));
        r->result.stopped = r->spec->stop != NULL && r->spec->stop(r->spec->ctx);
    }
    TRY(answers_until(r, I64_MAX - 1));
    TRY(runner_snapshot(r));
    event_t e = {.head = {.kind = EV_RUN_END, .t_event = engine_now(r->engine)}};
    e.as.RUN_END.reason = r->result.stopped ? 2 : 1;
    return runner_take(r, &e, NULL, -1);
}

err_t runner_engine(runner_t *r, engine_t **out)
{
    const runner_spec_t *s = r->spec;
    engine_spec_t es = {.config = s->config,
                        .market = &r->market,
                        .seed = s->seed,
                        .incarnation = s->incarnation,
                        .users = s->users,
                        .user_count = s->user_count,
                        .mode = s->mode,
                        .cash = s->cash,
                        .proxy = s->source->proxy,
                        .proxy_bars = s->source->proxy_bars,
                        .proxy_bar_count = s->source->proxy_bar_count,
                        .vix_bars = s->source->vix_bars,
                        .vix_bar_count = s->source->vix_bar_count,
                        .levels_barred = s->source->adjusted_to != 0,
                        .untradable_proxy = s->untradable_proxy,
                        .desks_unskipped = s->desks_unskipped,
                        .loops_unskipped = s->loops_unskipped,
                        .mono = s->mono,
                        .mono_ctx = s->ctx,
                        .probe = r->probe,
                        .sink = {.ctx = r, .append = sink_append}};
    return engine_open(&es, r->diag, out);
}

/* A broker that trades nothing of what the run holds would refuse every order, and the run would say that
 * there was nothing to gain. */
static err_t runner_broker_fits(const runner_spec_t *s, diag_t *diag)
{
    fees_id_t fees = (fees_id_t)s->config->broker_fees;
    for (u32 i = 0; i < s->source->instrument_count; i++) {
        if (fees_cover(fees, s->source->instruments[i].cls)) {
            return ERR_OK;
        }
    }
    if (fees == FEES_NONE) {
        return diag_fail(diag, ERR_CONFIG,
                         "nothing of what the run holds can be traded (%s is an index)\n"
                         "do: name a set of shares with --source; an index is read with --proxy or --vix",
                         s->source->instruments[0].symbol);
    }
    return diag_fail(diag, ERR_CONFIG,
                     "broker.fees = %u: %s trades none of these instruments\n"
                     "do: set broker.fees to a broker that does, or to 0",
                     (unsigned)fees, fees_name(fees));
}

/* Nothing is decided on a day whose rules nobody has written down. */
static err_t runner_rules_fit(const runner_spec_t *s, diag_t *diag)
{
    date_t first = MAX_OF(s->source->first, s->trade_from);
    char day[11];
    date_print(day, first);
    return first == 0 || first >= RULEBOOK_FIRST
               ? ERR_OK
               : diag_fail(diag, ERR_USAGE,
                           "the run would trade from %s on; the rules of the market are known from 1990 on\n"
                           "do: begin with --trade-from 1990-01-02; earlier bars then fill the history",
                           day);
}

err_t runner_fits(const runner_spec_t *spec, diag_t *diag)
{
    ASSERT(spec != NULL && spec->source != NULL && spec->config != NULL);
    TRY(runner_broker_fits(spec, diag));
    return runner_rules_fit(spec, diag);
}

/* What the runner keeps for each desk. */
static err_t runner_desks(runner_t *r)
{
    r->desks = engine_desks(r->engine);
    r->word = calloc(r->desks, sizeof *r->word);
    r->asks = calloc((size_t)r->desks * 2, sizeof *r->asks);
    r->message_cap = RUNNER_MESSAGES * r->desks;
    r->messages = calloc(r->message_cap, sizeof *r->messages);
    r->results = calloc(r->message_cap, sizeof *r->results);
    r->reconcile = calloc(r->desks, sizeof *r->reconcile);
    r->broker_qty = calloc((size_t)r->desks * r->spec->source->instrument_count, sizeof *r->broker_qty);
    if (r->word == NULL || r->asks == NULL || r->messages == NULL || r->results == NULL ||
        r->reconcile == NULL || r->broker_qty == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < r->desks; i++) {
        r->word[i].account = engine_desk(r->engine, i).account->account_id;
    }
    return ERR_OK;
}

static err_t runner_open(runner_t *r)
{
    const runner_spec_t *s = r->spec;
    u32 n = s->source->instrument_count;
    TRY(runner_fits(s, r->diag));
    r->context = calloc(n, sizeof *r->context);
    if (r->context == NULL) {
        return ERR_NO_MEMORY;
    }
    TRY(block_open(&r->block, n, s->lookahead));
    r->block.probe = r->probe;
    TRY(workers_open(&r->workers, s->threads));
    market_spec_t ms = {.instruments = s->source->instruments,
                        .count = n,
                        .timeframe = s->source->timeframe,
                        .profile = s->profile,
                        .config = s->config,
                        .kernel_level = s->kernel_level,
                        .workers = r->workers.lent,
                        .dense = os_memory_dense};
    TRY(market_open(&ms, &r->market));
    TRY(runner_engine(r, &r->engine));
    TRY(runner_desks(r));
    paper_setup_t ps = {.instruments = s->source->instruments,
                        .context = r->context,
                        .instrument_count = n,
                        .halts_told = s->source->tells_halts,
                        .accounts = r->desks,
                        .config = s->config};
    TRY(paper_open(&r->paper, &ps));
    order_door_open(&r->door, paper_port(&r->paper), r->word, r->desks);
    return ERR_OK;
}

static void runner_shut(runner_t *r)
{
    paper_close(&r->paper);
    engine_close(r->engine);
    market_close(&r->market);
    workers_close(&r->workers);
    block_close(&r->block);
    free(r->context);
    told_free(&r->told);
    free(r->messages);
    free(r->results);
    free(r->word);
    free(r->asks);
    free(r->reconcile);
    free(r->broker_qty);
}

void runner_config(const source_t *s, config_t *c)
{
    ASSERT(s != NULL && s->instrument_count > 0 && c != NULL);
    config_for_market(c, s->instruments[0].calendar);
}

err_t runner_run(const runner_spec_t *spec, diag_t *diag, runner_result_t *out)
{
    ASSERT(spec != NULL && spec->source != NULL && spec->config != NULL && out != NULL);
    runner_t *r = calloc(1, sizeof *r);
    runner_spec_t own = *spec;
    config_t config = *spec->config;
    err_t err = ERR_NO_MEMORY;
    if (r == NULL) {
        return diag_fail(diag, err, "run: out of memory");
    }
    runner_config(spec->source, &config);
    own.config = &config;
    r->spec = &own;
    r->diag = diag;
    r->probe = spec->flight ? flight_open(&r->flight) : spec->probe;
    TRY_DONE(runner_open(r));
    TRY_DONE(spec->resume != NULL ? resume_run(r) : run_start(r));
    TRY_DONE(r->ended ? ERR_OK : run_loop(r));
    r->result.decisions = engine_decision_hash(r->engine);
    r->result.input = r->input;
    r->result.bulletins = r->told.bulletins;
    r->result.counts = *engine_counts(r->engine);
    r->result.equity = engine_equity(r->engine);
    *out = r->result;
done:
    runner_shut(r);
    free(r);
    return err;
}
