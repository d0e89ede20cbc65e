/* See audit_seal.h. */
#include "faces/cli/audit_seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "store/seal.h"

enum { KINDS_MAX = 128, EVENT_HEX = 2 * LIMIT_EVENT_BYTES + 2 };

typedef struct {
    app_t *app;
    const char *run;
    char *own_hex;
    bool hidden[KINDS_MAX]; /* event kinds that show their leaf alone */
    u64 shown;
    u64 held_back;
    day_seal_t last;
} ledger_t;

static const char *run_word(const args_t *args)
{
    const char *id = args_word(args, 1);
    return id == NULL ? "latest" : id;
}

err_t audit_seal(app_t *app, const args_t *args, const home_t *home, store_t *store)
{
    ASSERT(app != NULL && home != NULL && store != NULL);
    seal_result_t r;
    char seal[2 * sizeof r.last.seal.b + 1];
    char day[11];
    TRY(seal_run(home, store, str_from(run_word(args)), &app->diag, &r));
    hex_print(seal, r.last.seal.b, sizeof r.last.seal.b);
    date_print(day, r.last.day);
    if (app->json) {
        jsonw_t *w = &app->jw;
        jsonw_object(w);
        jsonw_put_text(w, "run_id", r.run.text);
        jsonw_put_u64(w, "days", r.days);
        jsonw_put_u64(w, "added", r.added);
        jsonw_put_bool(w, "open", r.open);
        jsonw_put_text(w, "day", r.days > 0 ? day : NULL);
        jsonw_put_text(w, "seal", r.days > 0 ? seal : NULL);
        jsonw_end(w);
        jsonw_line(w);
        return ERR_OK;
    }
    if (r.days == 0) {
        app_say(app, "%s: its first day has not ended; nothing to seal yet\n", r.run.text);
        return ERR_OK;
    }
    app_print(app, "sealed  %s  %u day%s (%u new), up to %s%s\nseal    %s\n", r.run.text, r.days,
              r.days == 1 ? "" : "s", r.added, day,
              r.open ? "; today is still open" : "", seal);
    app_say(app,
            "Hand this one line to somebody outside: from then on no event up to that day can be changed, "
            "dropped or put in without it showing.\n");
    return ERR_OK;
}

static err_t signal_line(void *ctx, const event_t *e, str_t bytes, const seal_salt_t *salt,
                         const digest_t *leaf)
{
    (void)bytes;
    (void)salt;
    ledger_t *l = ctx;
    if (e->head.kind != EV_INTENT) {
        return ERR_OK;
    }
    char hex[2 * sizeof leaf->b + 1];
    char when[36];
    hex_print(hex, leaf->b, sizeof leaf->b);
    time_print(when, e->as.INTENT.t_decided);
    app_print(l->app, "signal %s %" PRIu64 " %s %s\n", l->run, e->head.seq, when, hex);
    if (l->app->json) {
        jsonw_t *w = &l->app->jw;
        jsonw_object(w);
        jsonw_put_text(w, "run_id", l->run);
        jsonw_put_u64(w, "seq", e->head.seq);
        jsonw_put_text(w, "decided", when);
        jsonw_put_text(w, "leaf", hex);
        jsonw_end(w);
        jsonw_line(w);
    }
    return ERR_OK;
}

err_t audit_signals(app_t *app, const args_t *args, const home_t *home, store_t *store)
{
    ASSERT(app != NULL && home != NULL && store != NULL);
    seal_key_t key;
    run_row_t row;
    TRY(run_find(store, str_from(run_word(args)), &app->diag, &row));
    TRY(seal_key_open(home, false, &app->diag, &key));
    ledger_t l = {.app = app, .run = row.id.text};
    seal_visitor_t visit = {.event = signal_line, .ctx = &l};
    return seal_walk(store, str_from(row.id.text), &key, &visit, &app->diag);
}

static bool kind_of(str_t name, u32 *out)
{
    for (u32 k = 1; k < KINDS_MAX; k++) {
        const char *known = event_name((event_kind_t)k);
        if (known != NULL && str_eq_nocase(name, str_from(known))) {
            *out = k;
            return true;
        }
    }
    return false;
}

static err_t redact(app_t *app, const char *list, ledger_t *l)
{
    str_t rest = str_from(list == NULL ? "" : list);
    while (rest.n > 0) {
        str_t head = rest;
        str_t tail = {0};
        if (!str_cut(rest, ',', &head, &tail)) {
            head = rest;
            tail = (str_t){0};
        }
        u32 kind = 0;
        if (!kind_of(str_trim(head), &kind)) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "--redact %s: there is no kind of event \"" STR_FMT
                             "\"\ndo: name kinds as `vitrine audit export` prints them, with commas between",
                             list, STR_ARG(head));
        }
        l->hidden[kind] = true;
        rest = tail;
    }
    return ERR_OK;
}

static err_t ledger_event(void *ctx, const event_t *e, str_t bytes, const seal_salt_t *salt,
                          const digest_t *leaf)
{
    ledger_t *l = ctx;
    ASSERT(e->head.kind < KINDS_MAX && bytes.n <= LIMIT_EVENT_BYTES);
    if (l->hidden[e->head.kind]) {
        char hex[2 * sizeof leaf->b + 1];
        hex_print(hex, leaf->b, sizeof leaf->b);
        app_print(l->app, "h %" PRIu64 " %s\n", e->head.seq, hex);
        l->held_back++;
        return ERR_OK;
    }
    char open[2 * sizeof salt->b + 1];
    hex_print(open, salt->b, sizeof salt->b);
    hex_print(l->own_hex, bytes.p, bytes.n);
    app_print(l->app, "e %" PRIu64 " %s %s\n", e->head.seq, open, l->own_hex);
    l->shown++;
    return ERR_OK;
}

/* A day that has not ended is left without its last line: the verifier says how many events stand open. */
static err_t ledger_day(void *ctx, const day_seal_t *d, bool whole)
{
    ledger_t *l = ctx;
    if (!whole) {
        return ERR_OK;
    }
    char line[SEAL_LINE];
    char seal[2 * sizeof d->seal.b + 1];
    (void)seal_line(d, l->run, line);
    hex_print(seal, d->seal.b, sizeof d->seal.b);
    app_print(l->app, "%s %s\n", line, seal);
    l->last = *d;
    return ERR_OK;
}

err_t audit_publish(app_t *app, const args_t *args, const home_t *home, store_t *store)
{
    ASSERT(app != NULL && home != NULL && store != NULL);
    seal_result_t sealed;
    seal_key_t key;
    ledger_t l = {.app = app};
    if (app->json) { /* an empty file of a ledger would be handed out unseen */
        return diag_fail(&app->diag, ERR_USAGE,
                         "audit publish: a ledger has one form, which its verifiers read\n"
                         "do: leave --json out; `vitrine audit export` writes the events as JSON lines");
    }
    TRY(redact(app, args_value(args, "redact"), &l));
    TRY(seal_run(home, store, str_from(run_word(args)), &app->diag, &sealed));
    TRY(seal_key_open(home, false, &app->diag, &key));
    l.run = sealed.run.text;
    l.own_hex = malloc(EVENT_HEX);
    if (l.own_hex == NULL) {
        return ERR_NO_MEMORY;
    }
    app_print(app, "vitrine-ledger 1 %s\n", l.run);
    seal_visitor_t visit = {.event = ledger_event, .day = ledger_day, .ctx = &l};
    err_t err = seal_walk(store, str_from(l.run), &key, &visit, &app->diag);
    app_print(app, "end %" PRIu64 " %" PRIu64 "\n", l.shown, l.held_back);
    free(l.own_hex);
    return err;
}
