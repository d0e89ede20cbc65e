/* See report_plants.h. */
#include "faces/report/report_plants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/report/report_parts.h"

static int by_place(const void *a, const void *b)
{
    const report_plant_t *x = a;
    const report_plant_t *y = b;
    if (x->inst != y->inst) {
        return x->inst < y->inst ? -1 : 1;
    }
    return (x->from > y->from) - (x->from < y->from);
}

/* Moves of one instrument do not overlap: the last that had begun is the only one that it can be in. */
static bool inside(const report_plant_t *v, u32 count, const lesson_record_t *l)
{
    u32 lo = 0;
    u32 hi = count;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        bool begun = v[mid].inst < l->inst || (v[mid].inst == l->inst && v[mid].from <= l->t_entry);
        lo = begun ? mid + 1 : lo;
        hi = begun ? hi : mid;
    }
    const report_plant_t *p = lo > 0 ? &v[lo - 1] : NULL;
    return p != NULL && p->inst == l->inst && l->t_entry < p->to && p->direction == l->direction;
}

static void put(report_sum_t *s, f64 r)
{
    s->n++;
    s->sum += r;
    s->squares += r * r;
}

err_t report_plants(report_t *r, report_plants_fn plants, diag_t *diag)
{
    ASSERT(r != NULL);
    const report_facts_t *f = &r->facts;
    r->found = (report_found_t){0};
    /* Another program's market may have planted elsewhere. */
    bool some = f->edge[0] != '\0' && strcmp(f->edge, "none") != 0;
    if (plants == NULL || !some || f->origin.other_logic) {
        return ERR_OK;
    }
    report_plant_t *own = NULL;
    u32 count = 0;
    TRY(plants(&f->made_of, diag, &own, &count));
    if (count > 0) {
        qsort(own, count, sizeof *own, by_place);
    }
    size_t name = strcspn(f->edge, ":");
    r->found = (report_found_t){.known = true, .moves = count};
    for (u32 i = 0; i < f->trade_count; i++) {
        const lesson_record_t *l = &f->own_trades[i].l;
        const char *strategy = report_strategy_name(l->strategy);
        bool its = strlen(strategy) == name && strncmp(strategy, f->edge, name) == 0;
        bool in = inside(own, count, l);
        if (its || in) {
            put(!its ? &r->found.others : in ? &r->found.met : &r->found.elsewhere, (f64)l->net_r / 1e6);
        }
    }
    free(own);
    return ERR_OK;
}

static void print_sum(const report_sum_t *s, char out[REPORT_TEXT])
{
    report_mean_t m = s->n > 0 ? report_mean(s->n, s->sum, s->squares) : (report_mean_t){0};
    if (s->n == 0) {
        (void)snprintf(out, REPORT_TEXT, "0");
    } else {
        (void)snprintf(out, REPORT_TEXT, "%u, %+.4f R +- %.4f", s->n, m.mean, m.error);
    }
}

bool report_found(const report_t *r, u32 line, char out[REPORT_SENTENCE])
{
    ASSERT(r != NULL && out != NULL);
    const report_found_t *x = &r->found;
    char a[REPORT_TEXT];
    char b[REPORT_TEXT];
    if (!x->known || line > 1) {
        return false;
    }
    if (line == 0) {
        print_sum(&x->met, a);
        (void)snprintf(out, REPORT_SENTENCE, "%u moves were planted; it entered within one, on its side: %s",
                       x->moves, a);
        return true;
    }
    print_sum(&x->elsewhere, a);
    print_sum(&x->others, b);
    (void)snprintf(out, REPORT_SENTENCE, "elsewhere: %s;  others within one: %s", a, b);
    return true;
}

static void json_sum(jsonw_t *w, const char *key, const report_sum_t *s)
{
    report_mean_t m = s->n > 0 ? report_mean(s->n, s->sum, s->squares) : (report_mean_t){0};
    jsonw_key(w, key);
    jsonw_object(w);
    jsonw_put_u64(w, "trades", s->n);
    jsonw_put_f64(w, "mean_r", m.mean);
    jsonw_put_f64(w, "error_r", m.error);
    jsonw_end(w);
}

void report_json_found(const report_t *r, jsonw_t *w)
{
    ASSERT(r != NULL && w != NULL);
    const report_found_t *x = &r->found;
    jsonw_key(w, "planted_moves");
    if (!x->known) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_put_u64(w, "moves", x->moves);
    json_sum(w, "entered", &x->met);
    json_sum(w, "elsewhere", &x->elsewhere);
    json_sum(w, "others_entered", &x->others);
    jsonw_end(w);
}
