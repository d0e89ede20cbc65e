/* See run_spec.h. */
#include "drivers/run_spec.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

static void line_number(writer_t *w, const char *key, i64 value)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    put_key_value(w, key, text);
}

err_t run_spec_encode(const run_spec_t *s, writer_t *w)
{
    ASSERT(s != NULL && s->symbols != NULL && w != NULL);
    line_number(w, "kind", s->kind);
    line_number(w, "timeframe", s->timeframe);
    put_key_value(w, "source", s->source);
    put_key_value(w, "proxy", s->proxy);
    put_key_value(w, "proxy_source", s->proxy_source);
    put_key_value(w, "vix", s->vix);
    put_key_value(w, "vix_source", s->vix_source);
    line_number(w, "from", s->from);
    line_number(w, "to", s->to);
    line_number(w, "trade_from", s->trade_from);
    line_number(w, "members_of", s->members_of);
    line_number(w, "cash", s->cash.v);
    line_number(w, "seed", (i64)s->seed);
    line_number(w, "stocks", s->stocks);
    line_number(w, "history", s->history);
    line_number(w, "warmup", s->warmup);
    line_number(w, "sessions", s->sessions);
    put_key_value(w, "edge", s->edge);
    if (s->halts > 0) {
        line_number(w, "halts", s->halts);
    }
    if (s->events > 0) {
        line_number(w, "events", s->events);
    }
    if (s->news[0] != '\0') {
        put_key_value(w, "news", s->news);
    }
    if (s->members[0] != '\0') {
        put_key_value(w, "members", s->members);
    }
    line_number(w, "market_start", s->market_start);
    put_key_value(w, "symbols", s->symbols);
    return writer_done(w);
}

typedef struct {
    const char *key;
    char *text;
    size_t size;
    i64 *wide;
    i32 *date;
    u32 *count;
} slot_t;

static err_t set_slot(const slot_t *slot, str_t value)
{
    if (slot->text != NULL) {
        return str_copy(slot->text, slot->size, value);
    }
    i64 v = 0;
    TRY(str_to_i64(value, &v));
    if (slot->wide != NULL) {
        *slot->wide = v;
    } else if (slot->date != NULL && v >= INT32_MIN && v <= INT32_MAX) {
        *slot->date = (i32)v;
    } else if (slot->count != NULL && v >= 0 && v <= UINT32_MAX) {
        *slot->count = (u32)v;
    } else {
        return ERR_OVERFLOW;
    }
    return ERR_OK;
}

static err_t spec_line(run_spec_t *s, str_t key, str_t value, diag_t *diag)
{
    i64 kind = s->kind;
    i64 tf = s->timeframe;
    i64 seed = (i64)s->seed;
    const slot_t slots[] = {{"kind", NULL, 0, &kind, NULL, NULL},
                            {"timeframe", NULL, 0, &tf, NULL, NULL},
                            {"source", s->source, sizeof s->source, NULL, NULL, NULL},
                            {"proxy", s->proxy, sizeof s->proxy, NULL, NULL, NULL},
                            {"proxy_source", s->proxy_source, sizeof s->proxy_source, NULL, NULL, NULL},
                            {"vix", s->vix, sizeof s->vix, NULL, NULL, NULL},
                            {"vix_source", s->vix_source, sizeof s->vix_source, NULL, NULL, NULL},
                            {"news", s->news, sizeof s->news, NULL, NULL, NULL},
                            {"members", s->members, sizeof s->members, NULL, NULL, NULL},
                            {"from", NULL, 0, &s->from, NULL, NULL},
                            {"to", NULL, 0, &s->to, NULL, NULL},
                            {"trade_from", NULL, 0, NULL, &s->trade_from, NULL},
                            {"members_of", NULL, 0, NULL, &s->members_of, NULL},
                            {"cash", NULL, 0, &s->cash.v, NULL, NULL},
                            {"seed", NULL, 0, &seed, NULL, NULL},
                            {"stocks", NULL, 0, NULL, NULL, &s->stocks},
                            {"history", NULL, 0, NULL, NULL, &s->history},
                            {"warmup", NULL, 0, NULL, NULL, &s->warmup},
                            {"sessions", NULL, 0, NULL, NULL, &s->sessions},
                            {"edge", s->edge, sizeof s->edge, NULL, NULL, NULL},
                            {"halts", NULL, 0, NULL, NULL, &s->halts},
                            {"events", NULL, 0, NULL, NULL, &s->events},
                            {"market_start", NULL, 0, NULL, &s->market_start, NULL},
                            {"symbols", s->symbols, RUN_SPEC_SYMBOLS, NULL, NULL, NULL}};
    for (u32 i = 0; i < COUNT_OF(slots); i++) {
        if (str_eq_c(key, slots[i].key)) {
            err_t err = set_slot(&slots[i], value);
            if (kind < 0 || kind > RUN_LIVE || tf < 0 || tf > TF_1D) {
                err = ERR_PARAM_RANGE;
            }
            s->kind = (run_kind_t)kind;
            s->timeframe = (timeframe_t)tf;
            s->seed = (u64)seed;
            return err == ERR_OK ? ERR_OK
                                 : diag_fail(diag, err, "recorded run: bad value of " STR_FMT, STR_ARG(key));
        }
    }
    return diag_fail(diag, ERR_UNKNOWN_KEY,
                     "recorded run: unknown key " STR_FMT ". Was it written by a later version?",
                     STR_ARG(key));
}

err_t run_spec_decode(str_t text, diag_t *diag, run_spec_t *out)
{
    ASSERT(out != NULL && out->symbols != NULL);
    char *symbols = out->symbols;
    *out = (run_spec_t){.symbols = symbols};
    symbols[0] = '\0';
    key_values_t kv = {.text = text, .what = "recorded run", .diag = diag};
    for (;;) {
        TRY(key_values_next(&kv));
        if (kv.key.n == 0) {
            return ERR_OK;
        }
        TRY(spec_line(out, kv.key, kv.value, diag));
    }
}
