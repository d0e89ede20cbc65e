/* See report_time.h; and the part of the report that shows it. */
#include "faces/report/report_time.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/grow.h"
#include "faces/report/report_parts.h"

enum { SHOWN = 12 };

err_t report_time_take(report_time_t *t, const event_t *e)
{
    ASSERT(t != NULL && e != NULL && e->head.kind == EV_TIMING);
    flight_parts_t p;
    if (flight_read(&e->as.TIMING, &p) != ERR_OK) {
        return ERR_OK;
    }
    TRY(list_room(&t->own_wall, &t->room, (size_t)t->count + 1, sizeof *t->own_wall));
    t->own_wall[t->count++] = p.wall;
    t->wall += p.wall;
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        t->place[i] += p.place[i];
    }
    return ERR_OK;
}

static int ascending(const void *pa, const void *pb)
{
    u64 a = *(const u64 *)pa;
    u64 b = *(const u64 *)pb;
    return a < b ? -1 : a > b ? 1 : 0;
}

void report_time_end(report_time_t *t)
{
    ASSERT(t != NULL);
    if (t->count > 0) {
        qsort(t->own_wall, t->count, sizeof *t->own_wall, ascending);
    }
}

void report_time_free(report_time_t *t)
{
    ASSERT(t != NULL);
    free(t->own_wall);
    *t = (report_time_t){0};
}

u64 report_time_within(const report_time_t *t, f64 part)
{
    ASSERT(t != NULL && part >= 0.0 && part <= 1.0);
    u32 at = (u32)(part * (f64)t->count);
    return t->count == 0 ? 0 : t->own_wall[MIN_OF(at, t->count - 1)];
}

u32 report_time_place(const report_time_t *t, u32 rank)
{
    ASSERT(t != NULL);
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        u32 before = 0;
        for (u32 k = 1; k < PROBE_PLACES; k++) {
            before += t->place[k] > t->place[i] || (t->place[k] == t->place[i] && k < i) ? 1 : 0;
        }
        if (before == rank) {
            return t->place[i] > 0 ? i : 0;
        }
    }
    return 0;
}

void report_print_time(const report_t *r, FILE *out)
{
    const report_time_t *t = &r->facts.time;
    if (t->count == 0) {
        return;
    }
    report_head(out, "time of decisions, on the machine that ran them");
    (void)fprintf(out, "%u decisions: half within %.0f us, 99 of 100 within %.0f us, the longest %.0f us\n",
                  t->count, (f64)report_time_within(t, 0.5) / 1e3, (f64)report_time_within(t, 0.99) / 1e3,
                  (f64)report_time_within(t, 1.0) / 1e3);
    for (u32 k = 0, i = 0; k < SHOWN && (i = report_time_place(t, k)) != 0; k++) {
        (void)fprintf(out, "  %-34s %5.1f %%  %9.1f us a decision\n", flight_place_name(i),
                      100.0 * (f64)t->place[i] / (f64)MAX_OF(t->wall, (u64)1),
                      (f64)t->place[i] / 1e3 / t->count);
    }
}

void html_time(const report_t *r, FILE *out)
{
    const report_time_t *t = &r->facts.time;
    (void)fprintf(out,
                  "<p>%u decisions: half within %.0f us, 99 of 100 within %.0f us, the longest %.0f us</p>\n"
                  "<div class=\"wide\"><table class=\"facts\">\n",
                  t->count, (f64)report_time_within(t, 0.5) / 1e3, (f64)report_time_within(t, 0.99) / 1e3,
                  (f64)report_time_within(t, 1.0) / 1e3);
    for (u32 k = 0, i = 0; k < SHOWN && (i = report_time_place(t, k)) != 0; k++) {
        (void)fprintf(out, "<tr><th>%s</th><td>%.1f %%</td><td>%.1f us a decision</td></tr>\n",
                      flight_place_name(i), 100.0 * (f64)t->place[i] / (f64)MAX_OF(t->wall, (u64)1),
                      (f64)t->place[i] / 1e3 / t->count);
    }
    (void)fprintf(out, "</table></div>\n");
}

void report_json_time(const report_facts_t *f, jsonw_t *w)
{
    const report_time_t *t = &f->time;
    if (t->count == 0) {
        return;
    }
    jsonw_key(w, "decision_time");
    jsonw_object(w);
    jsonw_put_u64(w, "decisions", t->count);
    jsonw_put_u64(w, "median_ns", report_time_within(t, 0.5));
    jsonw_put_u64(w, "p99_ns", report_time_within(t, 0.99));
    jsonw_put_u64(w, "longest_ns", report_time_within(t, 1.0));
    jsonw_key(w, "mean_ns");
    jsonw_object(w);
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        jsonw_put_u64(w, flight_place_name(i), t->place[i] / t->count);
    }
    jsonw_end(w);
    jsonw_end(w);
}
