/* See space.h. */
#include "faces/research/space.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/rng.h"
#include "quant/math/qmath.h"

static err_t value_add(space_param_t *p, f64 v, str_t text, diag_t *diag)
{
    const key_desc_t *k = p->key;
    if (p->count == SPACE_VALUES_MAX) {
        return diag_fail(diag, ERR_USAGE,
                         "--param " STR_FMT ": more than %d values\ndo: take a larger step", STR_ARG(text),
                         (int)SPACE_VALUES_MAX);
    }
    if (!(v >= k->lo && v <= k->hi)) {
        return diag_fail(diag, ERR_CONFIG,
                         "--param " STR_FMT ": %.12g is outside %.12g to %.12g %s\n%s\n"
                         "do: choose values within these bounds",
                         STR_ARG(text), v, k->lo, k->hi, k->unit, k->help);
    }
    for (u32 i = 0; i < p->count; i++) {
        if (p->value[i] == v) {
            return diag_fail(diag, ERR_USAGE,
                             "--param " STR_FMT ": %.12g is there twice\ndo: name each value once",
                             STR_ARG(text), v);
        }
    }
    p->value[p->count++] = v;
    return ERR_OK;
}

static err_t not_a_range(str_t text, diag_t *diag)
{
    return diag_fail(diag, ERR_USAGE,
                     "--param " STR_FMT ": not a list and not a range\n"
                     "do: write SECTION.KEY=1,2,3 or SECTION.KEY=FROM:TO:STEP with a step above zero",
                     STR_ARG(text));
}

/* from:to:step, both ends included; counted by index, so that no sum of steps drifts. */
static err_t range_add(space_param_t *p, str_t values, str_t text, diag_t *diag)
{
    str_t from_text;
    str_t rest;
    str_t to_text;
    str_t step_text;
    f64 from = 0;
    f64 to = 0;
    f64 step = 0;
    if (!str_cut(values, ':', &from_text, &rest) || !str_cut(rest, ':', &to_text, &step_text) ||
        str_to_f64(from_text, &from) != ERR_OK || str_to_f64(to_text, &to) != ERR_OK ||
        str_to_f64(step_text, &step) != ERR_OK || !(step > 0) || to < from) {
        return not_a_range(text, diag);
    }
    for (u32 i = 0; from + i * step <= to + 1e-9 * step; i++) {
        TRY(value_add(p, from + i * step, text, diag));
    }
    return ERR_OK;
}

static err_t list_add(space_param_t *p, str_t values, str_t text, diag_t *diag)
{
    str_t rest = values;
    for (bool more = true; more;) {
        str_t head;
        str_t tail = {0};
        f64 v = 0;
        more = str_cut(rest, ',', &head, &tail);
        head = more ? head : rest;
        rest = tail;
        if (str_to_f64(str_trim(head), &v) != ERR_OK) {
            return not_a_range(text, diag);
        }
        TRY(value_add(p, v, text, diag));
    }
    return ERR_OK;
}

err_t space_add(space_t *s, str_t text, diag_t *diag)
{
    ASSERT(s != NULL && s->count <= SPACE_PARAMS_MAX);
    str_t name;
    str_t values;
    str_t unused;
    str_t rest;
    if (!str_cut(text, '=', &name, &values)) {
        return not_a_range(text, diag);
    }
    const key_desc_t *k = key_find(str_trim(name));
    if (k == NULL) {
        char near[96];
        char meant[STR_MEANT];
        k = key_nearest(name);
        (void)snprintf(near, sizeof near, "%s.%s", k->section, k->name);
        return diag_fail(diag, ERR_UNKNOWN_KEY,
                         "no key " STR_FMT "\noption --param%s\ndo: `vitrine modules keys` lists them all",
                         STR_ARG(name), str_meant(name, near, meant));
    }
    for (u32 i = 0; i < s->count; i++) {
        if (s->param[i].key == k) {
            return diag_fail(diag, ERR_USAGE,
                             "--param %s.%s is there twice\ndo: name all its values at once", k->section,
                             k->name);
        }
    }
    if (s->count == SPACE_PARAMS_MAX) {
        return diag_fail(diag, ERR_USAGE, "more than %d --param\ndo: vary fewer settings at a time",
                         (int)SPACE_PARAMS_MAX);
    }
    space_param_t *p = &s->param[s->count];
    *p = (space_param_t){.key = k};
    TRY(str_cut(values, ':', &unused, &rest) ? range_add(p, values, text, diag)
                                             : list_add(p, values, text, diag));
    ASSERT(p->count > 0);
    s->count++;
    return ERR_OK;
}

err_t space_finish(space_t *s, u32 most, diag_t *diag)
{
    ASSERT(s != NULL && most > 0);
    u64 points = 1;
    for (u32 i = 0; i < s->count; i++) {
        points *= s->param[i].count;
        if (s->method == SEARCH_GRID && points > most) {
            return diag_fail(diag, ERR_USAGE,
                             "the grid has more than %u points\n"
                             "do: take larger steps, or --method random --trials N",
                             most);
        }
    }
    s->trials = s->method == SEARCH_GRID ? (u32)points : s->trials;
    ASSERT(s->trials > 0);
    return ERR_OK;
}

static f64 value_at(const space_t *s, u32 i, u32 param)
{
    ASSERT(i < s->trials && param < s->count);
    const space_param_t *p = &s->param[param];
    if (s->method == SEARCH_RANDOM) {
        rng_key_t key = {.seed = s->seed, .purpose = RNG_SEARCH, .entity = param, .cycle = i};
        return p->value[rng_below(key, 0, p->count)];
    }
    u32 index = i;
    for (u32 k = s->count - 1; k > param; k--) {
        index /= s->param[k].count;
    }
    return p->value[index % p->count];
}

void space_apply(const space_t *s, u32 i, config_t *c)
{
    ASSERT(s != NULL && c != NULL && i < s->trials);
    for (u32 k = 0; k < s->count; k++) {
        err_t err = key_set(c, s->param[k].key, value_at(s, i, k), NULL);
        ASSERT(err == ERR_OK);
    }
}

void space_print(const space_t *s, u32 i, char out[SPACE_TEXT])
{
    ASSERT(s != NULL && i < s->trials);
    size_t used = 0;
    out[0] = '\0';
    for (u32 k = 0; k < s->count && used < SPACE_TEXT; k++) {
        int n = snprintf(out + used, SPACE_TEXT - used, "%s%s.%s=%.10g", k > 0 ? " " : "",
                         s->param[k].key->section, s->param[k].key->name, value_at(s, i, k));
        used += n > 0 ? (size_t)n : 0;
    }
}
