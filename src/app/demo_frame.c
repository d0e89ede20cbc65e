/* See demo_frame.h. */
#include "app/demo_frame.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/demo_words.h"
#include "app/status_page.h"
#include "base/assert.h"
#include "base/dollars.h"
#include "faces/cli/term_view.h"
#include "model/calendar.h"
#include "os/os.h"
#include "scan/record.h"

struct demo_frame {
    term_frame_t frame;
    const instrument_t *instruments;
    engine_counts_t day_base; /* counts at the session's start */
    engine_counts_t seen;
    status_page_t page;
    demo_words_t words;
    ev_KILL_DRILL_t drill;
    i64 t_drill; /* 0: none yet */
    u32 equity_step; /* slices between two points of the curve */
    u32 slices;
    date_t session;
    u64 cycle_seen;
    u8 *bytes;
    bool *stop;
    bool *kill;
    i64 t;
    u64 slow; /* writes of the journal that took long */
    i64 slowest_ns;
};

err_t demo_frame_open(const run_job_t *job, f64 speed, const char *hint, demo_frame_t **out)
{
    ASSERT(job != NULL && job->source != NULL && job->spec != NULL && out != NULL);
    const run_spec_t *spec = job->spec;
    demo_frame_t *f = calloc(1, sizeof *f);
    u8 *bytes = malloc(TERM_BYTES_MAX);
    if (f == NULL || bytes == NULL) {
        free(f);
        free(bytes);
        return ERR_NO_MEMORY;
    }
    f->bytes = bytes;
    f->instruments = job->source->instruments;
    f->page.users = job->users;
    f->equity_step = MAX_OF(1U, spec->sessions * 390U / (TERM_EQUITY - 2U) + 1U);
    f->frame.speed = speed;
    (void)snprintf(f->frame.run, sizeof f->frame.run, "demo seed %llu", (unsigned long long)spec->seed);
    (void)snprintf(f->frame.zone, sizeof f->frame.zone, "NY");
    bool fits = strlen(hint) < sizeof f->frame.hint; /* a command that is cut would be another one */
    (void)snprintf(f->frame.hint, sizeof f->frame.hint, "%s", fits ? hint : "ctrl-c stops and replays");
    *out = f;
    return ERR_OK;
}

void demo_frame_close(demo_frame_t *f)
{
    if (f != NULL) {
        free(f->bytes);
        free(f);
    }
}

static void local_clock(i64 t, char clock[9], char date[11])
{
    date_t day = 0;
    i32 seconds = 0;
    zone_from_utc(ZONE_NEW_YORK, t, &day, &seconds);
    u32 s = (u32)seconds % 86400U;
    (void)snprintf(clock, 9, "%02u:%02u:%02u", s / 3600U, s / 60U % 60U, s % 60U);
    if (date != NULL) {
        date_print(date, day);
    }
}

static term_log_t *log_row(demo_frame_t *f, i64 t, term_kind_t kind)
{
    term_frame_t *w = &f->frame;
    if (w->log_count == TERM_LOGS) {
        memmove(w->logs, w->logs + 1, (TERM_LOGS - 1) * sizeof *w->logs);
        w->log_count--;
    }
    term_log_t *row = &w->logs[w->log_count++];
    memset(row, 0, sizeof *row);
    row->kind = kind;
    local_clock(t, row->time, NULL);
    return row;
}

static void log_refusal(demo_frame_t *f, const candidate_t *c, i64 t)
{
    term_log_t *row = log_row(f, t, TERM_REFUSAL);
    (void)snprintf(row->symbol, sizeof row->symbol, "%.11s", f->instruments[c->inst].symbol);
    for (u32 i = 0; i < c->gates.count; i++) {
        const gate_t *g = &c->gates.v[i];
        if (!gate_holds(g)) {
            const rule_desc_t *r = rule_find(g->rule);
            (void)snprintf(row->what, sizeof row->what, "refused %s", stage_at(c->refused_stage)->name);
            (void)snprintf(row->numbers, sizeof row->numbers, "%s: %.6g, needs %s %.6g %s", r->text,
                           gate_value(g), gate_op_text(r->op), gate_threshold(g), r->unit);
            return;
        }
    }
}

static void log_entry(demo_frame_t *f, const candidate_t *c, i64 t)
{
    term_log_t *row = log_row(f, t, TERM_ENTRY);
    (void)snprintf(row->symbol, sizeof row->symbol, "%.11s", f->instruments[c->inst].symbol);
    (void)snprintf(row->what, sizeof row->what, "entry %s%s", c->d > 0 ? "long" : "short",
                   c->probe ? " (probe)" : "");
    (void)snprintf(row->numbers, sizeof row->numbers,
                   "%s %.2f, final %.0f, conf %.2f, stop %.2f, target %.2f",
                   strategy_at(c->strategy_index)->name, c->score, c->final_gate, c->confidence.confidence,
                   c->stop, c->target);
}

static void log_exit(demo_frame_t *f, const closed_trade_t *t)
{
    term_log_t *row = log_row(f, f->t, TERM_EXIT);
    i64 minutes = t->hold_ns / NS_PER_MIN;
    char net[DOLLARS_TEXT];
    (void)snprintf(row->symbol, sizeof row->symbol, "%.11s", f->instruments[t->inst].symbol);
    (void)snprintf(row->what, sizeof row->what, "exit %s", exit_reason_name((exit_reason_t)t->reason));
    (void)snprintf(row->numbers, sizeof row->numbers, "%.2f to %.2f in %lld min: %s, %+.2f R",
                   price_to_f64(t->entry), price_to_f64(t->exit), (long long)minutes,
                   dollars_text(net, money_to_f64(t->net), DOLLARS_CENTS | DOLLARS_SIGN), t->net_r);
}

/* Of each cycle: all entries, and the refusal that got farthest. */
static void follow_scan(demo_frame_t *f, const scan_t *s)
{
    const candidate_t *farthest = NULL;
    for (u32 i = 0; i < s->cand_count; i++) {
        const candidate_t *c = &s->cand[i];
        if (c->traded) {
            log_entry(f, c, s->shared->now);
        } else if (c->refused_stage >= 8 &&
                   (farthest == NULL || c->refused_stage > farthest->refused_stage)) {
            farthest = c;
        }
    }
    if (farthest != NULL) {
        log_refusal(f, farthest, s->shared->now);
    }
}

static void follow_stages(demo_frame_t *f, const engine_counts_t *c, const scan_t *s)
{
    term_frame_t *w = &f->frame;
    w->stage_count = SCAN_STAGES;
    for (u32 i = 0; i < SCAN_STAGES; i++) {
        term_stage_t *row = &w->stages[i];
        u32 n = i + 1;
        (void)snprintf(row->name, sizeof row->name, "%s", stage_at(n)->name);
        row->in = s == NULL ? 0 : s->count[n].in;
        row->out = s == NULL ? 0 : s->count[n].out;
        row->day_in = c->stage_in[n] - f->day_base.stage_in[n];
        row->day_out = c->stage_out[n] - f->day_base.stage_out[n];
        row->reached = s != NULL && (s->stopped_stage == 0 || n <= s->stopped_stage);
    }
}

/* Each user's, one after the other: the table has no room for names. */
static void follow_positions(demo_frame_t *f, const account_t *a)
{
    term_frame_t *w = &f->frame;
    w->position_total += account_position_count(a);
    for (u32 i = 0; i < a->positions_used && w->position_count < TERM_POSITIONS; i++) {
        const position_t *p = &a->positions[i];
        if (p->direction == 0 || p->inst == INST_NONE || p->qty.v == 0) {
            continue;
        }
        term_position_t *row = &w->positions[w->position_count++];
        f64 entry = price_to_f64(p->avg);
        f64 mark = price_to_f64(p->mark);
        f64 units = (f64)(p->qty.v < 0 ? -p->qty.v : p->qty.v);
        *row = (term_position_t){.side = p->direction,
                                 .quantity = units,
                                 .entry = entry,
                                 .mark = mark,
                                 .stop = price_to_f64(p->stop),
                                 .pnl = (f64)p->direction * (mark - entry) * units};
        row->r = p->r.v > 0 ? (f64)p->direction * (mark - entry) / price_to_f64(p->r) : 0.0;
        (void)snprintf(row->symbol, sizeof row->symbol, "%.11s", f->instruments[p->inst].symbol);
    }
}

static void follow_equity(demo_frame_t *f, f64 equity)
{
    term_frame_t *w = &f->frame;
    if (f->slices++ % f->equity_step != 0) {
        return;
    }
    if (w->equity_count == TERM_EQUITY) {
        memmove(w->equity, w->equity + 1, (TERM_EQUITY - 1) * sizeof *w->equity);
        w->equity_count--;
    }
    w->equity[w->equity_count++] = equity;
}

static f64 equity_at_open(const engine_t *e)
{
    i128 sum = 0;
    for (u32 i = 0; i < engine_desks(e); i++) {
        sum += engine_desk(e, i).account->day.equity_start.v;
    }
    return money_to_f64(money_saturated(sum));
}

/* Their positions; whether one of them is killed; the newest kill drill, and of the same moment one that
 * failed rather than one that passed. */
static void follow_users(demo_frame_t *f, const engine_t *e)
{
    term_frame_t *w = &f->frame;
    w->kill = TERM_KILL_OFF;
    w->position_count = 0;
    w->position_total = 0;
    f->t_drill = 0;
    f->drill = (ev_KILL_DRILL_t){0};
    for (u32 i = 0; i < engine_desks(e); i++) {
        engine_desk_t d = engine_desk(e, i);
        follow_positions(f, d.account);
        w->kill = d.account->killed != 0 ? TERM_KILL_ON : w->kill;
        bool worse = d.t_drill == f->t_drill && f->drill.passed != 0;
        if (d.last_drill != NULL && (d.t_drill > f->t_drill || worse)) {
            f->t_drill = d.t_drill;
            f->drill = *d.last_drill;
        }
    }
}

static const char *phase_text(const scan_shared_t *sh)
{
    i64 since = (sh->now - sh->session_open) / NS_PER_MIN;
    i64 left = (sh->session_close - sh->now) / NS_PER_MIN;
    return since < 15 ? "quiet open" : (left <= 15 ? "quiet close" : "open");
}

void demo_frame_follow(demo_frame_t *f, const runner_view_t *v)
{
    ASSERT(f != NULL && v != NULL);
    const engine_counts_t *c = engine_counts(v->engine);
    const scan_t *s = engine_last_scan(v->engine);
    term_frame_t *w = &f->frame;
    f->t = v->slice->t_known;
    if (v->slice->session != f->session) {
        f->session = v->slice->session;
        f->day_base = *c;
        w->wins = 0;
        w->equity_start = equity_at_open(v->engine);
    }
    const closed_trade_t *closed = engine_last_closed(v->engine); /* NULL: before a resume */
    if (c->closed > f->seen.closed && closed != NULL) {
        log_exit(f, closed);
        w->wins += closed->net.v > 0 ? 1 : 0;
    }
    if (s != NULL && s->cycle != f->cycle_seen) {
        f->cycle_seen = s->cycle;
        follow_scan(f, s);
    }
    status_page_take(&f->page, v->engine);
    follow_stages(f, c, s);
    follow_users(f, v->engine);
    follow_equity(f, f->page.equity);
    local_clock(f->t, w->clock, w->date);
    (void)snprintf(w->phase, sizeof w->phase, "%s", phase_text(engine_shared(v->engine)));
    w->cycle = s == NULL ? 0 : s->cycle;
    w->trades = c->closed - f->day_base.closed;
    w->refusals = c->refusals - f->day_base.refusals;
    w->day_pnl = f->page.equity - w->equity_start;
    f->seen = *c;
}

static bool speaks_unicode(void)
{
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && v[0] != '\0') {
            return strstr(v, "UTF-8") != NULL || strstr(v, "utf8") != NULL;
        }
    }
    return false;
}

void demo_frame_write(demo_frame_t *f, FILE *out, bool draw)
{
    ASSERT(f != NULL && out != NULL);
    writer_t w = writer_of(f->bytes, TERM_BYTES_MAX);
    u32 columns = 80;
    u32 rows = 24;
    if (draw && os_terminal_size(fileno(out), &columns, &rows)) {
        term_screen_t screen = {.width = (i32)columns,
                                .height = (i32)rows,
                                .color = getenv("NO_COLOR") == NULL,
                                .unicode = speaks_unicode()};
        term_render(&f->frame, &screen, &w);
    } else {
        term_plain_line(&f->frame, &w);
    }
    (void)fwrite(f->bytes, 1, w.used, out);
    (void)fflush(out);
}

void demo_frame_enter(FILE *out)
{
    (void)fputs(term_enter(), out);
    (void)fflush(out);
}

void demo_frame_leave(FILE *out)
{
    (void)fputs(term_leave(), out);
    (void)fflush(out);
}

void demo_frame_slow(demo_frame_t *f, u64 n, i64 took_ns)
{
    ASSERT(f != NULL && n > 0);
    f->slow = n;
    f->slowest_ns = MAX_OF(f->slowest_ns, took_ns);
}

static err_t answer(void *ctx, str_t ask, const json_t *in, jsonw_t *out, diag_t *diag)
{
    demo_frame_t *f = ctx;
    if (str_eq_c(ask, "stop")) {
        *f->stop = true;
        jsonw_put_text(out, "stopping", f->frame.run);
        return ERR_OK;
    }
    if (str_eq_c(ask, "kill")) {
        *f->kill = true;
        jsonw_put_bool(out, "killed", true);
        return ERR_OK;
    }
    if (str_eq_c(ask, "unkill")) {
        *f->kill = false;
        jsonw_put_bool(out, "killed", false);
        return ERR_OK;
    }
    if (str_eq_c(ask, "clear")) {
        return demo_words_clear(&f->words, in, &f->page, out, diag);
    }
    if (!str_eq_c(ask, "status")) {
        return diag_fail(diag, ERR_NOT_FOUND, "the demo does not know \"" STR_FMT "\"", STR_ARG(ask));
    }
    char time[36];
    time_print(time, f->t);
    jsonw_put_text(out, "run", f->frame.run);
    jsonw_put_text(out, "time", time);
    jsonw_put_text(out, "phase", f->frame.phase);
    if (f->page.desks > 1) { /* what follows is of all of them */
        jsonw_put_u64(out, "users", f->page.desks);
    }
    jsonw_put_f64(out, "equity", f->page.equity);
    jsonw_put_f64(out, "cash", f->page.cash);
    jsonw_put_u64(out, "positions", f->frame.position_total);
    jsonw_put_u64(out, "cycle", f->frame.cycle);
    jsonw_put_u64(out, "trades_closed", f->seen.closed);
    jsonw_put_u64(out, "entries", f->seen.trades);
    jsonw_put_u64(out, "refusals", f->seen.refusals);
    jsonw_put_bool(out, "killed", f->frame.kill == TERM_KILL_ON);
    jsonw_put_u64(out, "slow_writes", f->slow);
    jsonw_put_f64(out, "slowest_write_seconds", (f64)f->slowest_ns / 1e9);
    status_put_time(out, "kill_drill", f->t_drill, "not tried yet");
    jsonw_put_text(out, "kill_drill_result",
                   f->t_drill == 0            ? NULL
                   : f->drill.passed != 0 ? "passed"
                                          : "FAILED");
    status_page_put(&f->page, out);
    return ERR_OK;
}

bool demo_frame_word(demo_frame_t *f, ev_COMMAND_t *out)
{
    ASSERT(f != NULL);
    return demo_words_next(&f->words, out);
}

void demo_control_poll(control_t *c, demo_frame_t *f, bool *stop, bool *kill)
{
    ASSERT(c != NULL && f != NULL && stop != NULL && kill != NULL);
    f->stop = stop;
    f->kill = kill;
    (void)control_poll(c, answer, f);
}
