/* Who may be traded when, by the lists of a set. See bulletins.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "drivers/bulletins_inner.h"

typedef struct {
    i64 t;       /* when the row's list became known, or the day it joined */
    inst_t inst; /* INST_NONE: the run has it not */
} member_t;

typedef struct {
    bulletin_make_t *m;
    str_t set, group;
    diag_t *diag;
    member_t *own_v;
    u32 count;
    bool since; /* some rows say when they joined */
} members_t;

/* "SPY/ZION" is ZION of SPY; else the group stands beside the symbol. */
static str_t symbol_of(const members_t *x, u32 row, str_t *group)
{
    const record_table_t *t = x->m->table;
    str_t series = record_text(t, t->own_head[row].series);
    str_t symbol;
    if (str_cut(series, '/', group, &symbol)) {
        return symbol;
    }
    i64 cell = record_row(t, row)[record_column_find(x->m->kind, "group")];
    *group = cell == CELL_NONE ? (str_t){0} : record_text(t, (u32)cell);
    return series;
}

enum { GROUPS = 64, GROUPS_TEXT = 200 };

/* "QQQ, SPY": the names of the set's lists in the order of its rows, as many as there is room for. */
static void groups_text(const members_t *x, char out[GROUPS_TEXT])
{
    str_t found[GROUPS];
    u32 count = 0;
    u32 told = 0;
    size_t used = 0;
    for (u32 i = 0; i < x->m->table->rows && count < GROUPS; i++) {
        u32 k = 0;
        (void)symbol_of(x, i, &found[count]);
        while (k < count && !str_eq_nocase(found[k], found[count])) {
            k++;
        }
        count += k == count ? 1 : 0;
    }
    out[0] = '\0';
    for (; told < count && used + found[told].n + 28 < GROUPS_TEXT; told++) {
        used += (size_t)snprintf(out + used, GROUPS_TEXT - used, "%s" STR_FMT, told > 0 ? ", " : "",
                                 STR_ARG(found[told]));
    }
    if (told < count) {
        (void)snprintf(out + used, GROUPS_TEXT - used, " and %s%u more", count == GROUPS ? "at least " : "",
                       count - told);
    }
}

static err_t which_group(const members_t *x, str_t other)
{
    char all[GROUPS_TEXT];
    groups_text(x, all);
    return x->group.n > 0 ? diag_fail(x->diag, ERR_USAGE,
                                      "--members " STR_FMT "/" STR_FMT ": the set has no such list\n"
                                      "it has %s\ndo: name one of them",
                                      STR_ARG(x->set), STR_ARG(x->group), all)
                          : diag_fail(x->diag, ERR_USAGE,
                                      "--members " STR_FMT ": the set has several lists\nit has %s\n"
                                      "do: name one, as in --members " STR_FMT "/" STR_FMT,
                                      STR_ARG(x->set), all, STR_ARG(x->set), STR_ARG(other));
}

/* One list, the named one or the only one. */
static err_t collect(members_t *x)
{
    const record_table_t *t = x->m->table;
    u32 at = record_column_find(x->m->kind, "since");
    str_t first = {0};
    str_t other = {0};
    for (u32 i = 0; i < t->rows; i++) {
        str_t group;
        str_t symbol = symbol_of(x, i, &group);
        bool own = x->group.n > 0 ? str_eq_nocase(group, x->group) : i == 0 || str_eq_nocase(group, first);
        first = i == 0 ? group : first;
        other = own ? other : group;
        if (!own || (t->own_head[i].flags & RECORD_SUSPECT) != 0) {
            continue;
        }
        i64 since = record_row(t, i)[at];
        x->since = x->since || since != CELL_NONE;
        x->own_v[x->count++] =
            (member_t){.t = since == CELL_NONE ? t->own_head[i].t_known : MAX_OF(since * NS_PER_DAY, (i64)0),
                       .inst = bulletin_inst(x->m, symbol)};
    }
    bool several = x->group.n == 0 && other.n > 0;
    return x->count > 0 && !several ? ERR_OK : which_group(x, other);
}

static int by_time(const void *pa, const void *pb)
{
    const member_t *a = pa;
    const member_t *b = pb;
    return a->t != b->t ? (a->t < b->t ? -1 : 1) : (i32)a->inst - (i32)b->inst;
}

static err_t put(const members_t *x, i64 t, inst_t inst, i64 value)
{
    bulletin_t b = {
        .t_known = t, .t_event = t, .value = value * BULLETIN_SCALE, .inst = inst, .kind = BULLETIN_MEMBER};
    str_clip_words(b.text, sizeof b.text, x->set);
    return bulletin_put(x->m, &b);
}

/* A list holds from its own moment until the next one: who stands in it no more has left. Of days of joining
 * nobody leaves. */
static err_t tell_lists(const members_t *x, u8 *now, u8 *was)
{
    u32 names = x->m->spec->count;
    for (u32 i = 0; i < x->count;) {
        i64 t = x->own_v[i].t;
        if (x->m->spec->to != 0 && t >= x->m->spec->to) {
            break;
        }
        memcpy(was, now, names);
        if (!x->since) {
            memset(now, 0, names);
        }
        for (; i < x->count && x->own_v[i].t == t; i++) {
            if (x->own_v[i].inst != INST_NONE) {
                now[x->own_v[i].inst] = 1;
            }
        }
        for (u32 k = 0; k < names; k++) {
            if (now[k] != was[k]) {
                TRY(put(x, t, (inst_t)k, now[k] != 0 ? 1 : -1));
            }
        }
    }
    return ERR_OK;
}

/* A run in which nobody may ever be traded is a mistake. */
static err_t begins_in_time(const members_t *x)
{
    char day[11];
    bool own = false;
    for (u32 i = 0; i < x->count && !own; i++) {
        own = x->own_v[i].inst != INST_NONE;
    }
    if (!own) {
        return diag_fail(x->diag, ERR_EMPTY,
                         "--members " STR_FMT ": no name of the run stands in the list\n"
                         "do: name another list, or other symbols",
                         STR_ARG(x->set));
    }
    if (x->m->spec->to == 0 || x->own_v[0].t < x->m->spec->to) {
        return ERR_OK;
    }
    date_print(day, (date_t)(x->own_v[0].t / NS_PER_DAY));
    return diag_fail(x->diag, ERR_EMPTY,
                     "--members " STR_FMT ": the list is known from %s on, and the run is over by then\n"
                     "do: name one that is older, or state the day of a list with --members-of",
                     STR_ARG(x->set), day);
}

err_t bulletins_members(bulletin_make_t *m, str_t set, str_t group, diag_t *diag)
{
    ASSERT(m != NULL && m->table != NULL && m->kind != NULL);
    members_t x = {.m = m, .set = set, .group = group, .diag = diag};
    u8 *own_flags = calloc(2, (size_t)m->spec->count + 1);
    x.own_v = calloc((size_t)m->table->rows + 1, sizeof *x.own_v);
    err_t err = x.own_v == NULL || own_flags == NULL ? ERR_NO_MEMORY : collect(&x);
    if (err == ERR_OK) {
        qsort(x.own_v, x.count, sizeof *x.own_v, by_time);
        err = begins_in_time(&x);
    }
    if (err == ERR_OK) {
        bulletin_t covers = {.kind = BULLETIN_COVERS, .inst = INST_NONE, .value = BULLETIN_MEMBER};
        m->out->members_since = x.since;
        err = bulletin_put(m, &covers);
    }
    err = err == ERR_OK ? tell_lists(&x, own_flags, own_flags + m->spec->count) : err;
    free(own_flags);
    free(x.own_v);
    return err;
}
