/* See bench.h. */
#include "app/bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "faces/cli/verb.h"
#include "os/os.h"
#include "quant/indicators/indicators.h"

#define X(kind, name) extern const kind##_desc_t name;
#include "app/bench/list.def"
#undef X

static const bench_desc_t *const table[] = {
#define X(kind, name) &name,
#include "app/bench/list.def"
#undef X
};

enum { PEER_LINE = 256, MACHINE_LINE = 512 };

u32 bench_count(void)
{
    return (u32)COUNT_OF(table);
}

const bench_desc_t *bench_at(u32 index)
{
    ASSERT(index < COUNT_OF(table));
    return table[index];
}

const bench_desc_t *bench_find(const char *name)
{
    ASSERT(name != NULL);
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        if (strcmp(table[i]->name, name) == 0) {
            return table[i];
        }
    }
    return NULL;
}

bench_spread_t bench_spread(f64 *v, u32 count)
{
    ASSERT(v != NULL && count >= 1);
    for (u32 i = 1; i < count; i++) {
        f64 x = v[i];
        u32 k = i;
        for (; k > 0 && v[k - 1] > x; k--) {
            v[k] = v[k - 1];
        }
        v[k] = x;
    }
    bench_spread_t s = {.min = v[0], .max = v[count - 1], .count = count};
    s.median = count % 2 == 1 ? v[count / 2] : (v[count / 2 - 1] + v[count / 2]) / 2.0;
    ASSERT(s.min <= s.median && s.median <= s.max);
    return s;
}

f64 bench_ratio(const bench_row_t *row, f64 ours, f64 peer)
{
    ASSERT(row != NULL);
    if (!(ours > 0) || !(peer > 0)) {
        return 0.0;
    }
    return row->more_is_better ? ours / peer : peer / ours;
}

/* The first number that the peer's program prints, or -1. */
static f64 peer_measure(const bench_t *b, const char *command)
{
    char line[LIMIT_PATH + PEER_LINE];
    int n = snprintf(line, sizeof line, "'%s'/%s 2>/dev/null", b->peers, command);
    if (n < 0 || (size_t)n >= sizeof line) {
        return -1.0;
    }
    FILE *p = popen(line, "r");
    if (p == NULL) {
        return -1.0;
    }
    char text[PEER_LINE] = "";
    bool got = fgets(text, sizeof text, p) != NULL;
    int status = pclose(p);
    char *end = NULL;
    f64 v = got && status == 0 ? strtod(text, &end) : -1.0;
    return end != text ? v : -1.0;
}

static bool peer_there(const bench_t *b, const char *command)
{
    char path[LIMIT_PATH + PEER_LINE];
    size_t word = strcspn(command, " ");
    int n = snprintf(path, sizeof path, "%s/%.*s", b->peers, (int)word, command);
    return n > 0 && (size_t)n < sizeof path && access(path, X_OK) == 0;
}

static void put_spread(jsonw_t *w, const char *key, const bench_spread_t *s)
{
    jsonw_key(w, key);
    jsonw_object(w);
    jsonw_put_f64(w, "min", s->min);
    jsonw_put_f64(w, "median", s->median);
    jsonw_put_f64(w, "max", s->max);
    jsonw_put_i64(w, "runs", s->count);
    jsonw_end(w);
}

static void row_json(bench_t *b, const bench_row_t *row, const bench_spread_t *ours,
                     const bench_spread_t *peer)
{
    jsonw_t *w = &b->app->jw;
    jsonw_object(w);
    jsonw_put_text(w, "row", row->name);
    jsonw_put_text(w, "unit", row->unit);
    put_spread(w, "ours", ours);
    if (row->target > 0) {
        jsonw_put_f64(w, "target", row->target);
    }
    if (row->peer_title != NULL) {
        jsonw_put_text(w, "peer", row->peer_title);
        jsonw_put_bool(w, "peer_missing", peer->count == 0);
    }
    if (peer->count > 0) {
        put_spread(w, "peer_figure", peer);
        jsonw_put_f64(w, "ratio", bench_ratio(row, ours->median, peer->median));
    }
    if (row->note != NULL) {
        jsonw_put_text(w, "note", row->note);
    }
    jsonw_end(w);
    jsonw_line(w);
}

static void row_text(bench_t *b, const bench_row_t *row, const bench_spread_t *ours,
                     const bench_spread_t *peer)
{
    app_print(b->app, "  %-34s %11.4g %-14s (%.4g to %.4g, %u runs)", row->name, ours->median, row->unit,
              ours->min, ours->max, ours->count);
    if (row->target > 0) {
        bool met = row->more_is_better ? ours->median >= row->target : ours->median <= row->target;
        app_print(b->app, "  target %.4g %s", row->target, met ? "met" : "missed");
    }
    app_print(b->app, "\n");
    if (peer->count > 0) {
        app_print(b->app, "    %-32s %11.4g %-14s (%.4g to %.4g)  ours is %.2fx as good\n", row->peer_title,
                  peer->median, row->unit, peer->min, peer->max,
                  bench_ratio(row, ours->median, peer->median));
    } else if (row->peer_title != NULL) {
        app_print(b->app, "    %-32s missing: bench/build-peers makes what can be had here\n",
                  row->peer_title);
    }
    if (row->note != NULL) {
        app_print(b->app, "    %s\n", row->note);
    }
}

err_t bench_row(bench_t *b, const bench_row_t *row)
{
    ASSERT(b != NULL && row != NULL && row->ours != NULL);
    ASSERT(b->runs >= 1 && b->runs <= BENCH_RUNS_MAX);
    f64 ours[BENCH_RUNS_MAX];
    f64 theirs[BENCH_RUNS_MAX];
    u32 peers = 0;
    bool has_peer = row->peer != NULL && peer_there(b, row->peer);
    for (u32 i = 0; i < b->runs; i++) {
        ours[i] = row->ours(row->ctx);
        if (ours[i] < 0) {
            return diag_fail(&b->app->diag, ERR_IO, "bench %s: could not be measured", row->name);
        }
        f64 v = has_peer ? peer_measure(b, row->peer) : -1.0;
        if (v > 0) {
            theirs[peers++] = v;
        }
    }
    bench_spread_t o = bench_spread(ours, b->runs);
    bench_spread_t p = peers > 0 ? bench_spread(theirs, peers) : (bench_spread_t){0};
    if (b->app->json) {
        row_json(b, row, &o, &p);
    } else {
        row_text(b, row, &o, &p);
    }
    return ERR_OK;
}

/* The line "key : value" of a file of the kernel's, or "". */
static void machine_line(const char *path, const char *key, char out[MACHINE_LINE])
{
    out[0] = '\0';
    FILE *f = fopen(path, "r");
    char line[MACHINE_LINE];
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, key, strlen(key)) != 0) {
            continue;
        }
        const char *at = key[0] == '\0' ? line : strchr(line, ':');
        at = at == NULL ? line : at + strspn(at, ": \t");
        size_t n = strcspn(at, "\n");
        memcpy(out, at, n);
        out[n] = '\0';
        break;
    }
    if (f != NULL) {
        (void)fclose(f);
    }
}

void bench_machine(bench_t *b)
{
    char cpu[MACHINE_LINE];
    char load[MACHINE_LINE];
    machine_line("/proc/cpuinfo", "model name", cpu);
    machine_line("/proc/loadavg", "", load);
    if (b->app->json) {
        jsonw_t *w = &b->app->jw;
        jsonw_object(w);
        jsonw_put_text(w, "cpu", cpu);
        jsonw_put_i64(w, "processors", os_processor_count());
        jsonw_put_text(w, "load", load);
        jsonw_put_text(w, "compiler", __VERSION__);
        jsonw_put_text(w, "flags", "-O2 -ffp-contract=off, kernels -O3 per level");
        jsonw_put_text(w, "version", b->app->parts->version);
        jsonw_end(w);
        jsonw_line(w);
        return;
    }
    app_print(b->app, "%s, %u processors, load %s\n", cpu, os_processor_count(), load);
    app_print(b->app, "vitrine %s built by %s, -O2 -ffp-contract=off, kernels -O3 per level\n",
              b->app->parts->version, __VERSION__);
    app_print(b->app,
              "median (smallest to largest); ours and the peer take turns; W1, W2, W3 by processor time\n");
}
