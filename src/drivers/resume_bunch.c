/* See resume_bunch.h. */
#include "drivers/resume_bunch.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/grow.h"

err_t resume_sent_open(resume_sent_t *s, u32 cap)
{
    ASSERT(s != NULL && cap > 0);
    *s = (resume_sent_t){.cap = cap};
    s->v = calloc(cap, sizeof *s->v);
    s->member = calloc(cap, sizeof *s->member);
    return s->v != NULL && s->member != NULL ? ERR_OK : ERR_NO_MEMORY;
}

void resume_sent_close(resume_sent_t *s)
{
    ASSERT(s != NULL);
    free(s->v);
    free(s->member);
    free(s->bunch);
    *s = (resume_sent_t){0};
}

void resume_sent_push(resume_sent_t *s, effect_kind_t kind, const intent_t *i, const event_t *fact)
{
    ASSERT(s != NULL && i != NULL && fact != NULL && s->count < s->cap);
    s->v[s->count++] = (resume_row_t){.effect = {.kind = kind, .intent = *i, .due = fact->head.t_engine},
                                      .step = fact->head.cause_seq};
}

void resume_sent_pop(resume_sent_t *s)
{
    ASSERT(s != NULL && s->count > 0);
    s->count--;
    memmove(&s->v[0], &s->v[1], s->count * sizeof s->v[0]);
    s->members = s->count == 0 ? 0 : s->members;
}

static u32 place_of(const resume_sent_t *s, id128_t intent)
{
    u32 i = 0;
    while (i < s->count &&
           !(s->v[i].effect.kind == EFFECT_SUBMIT && id128_eq(s->v[i].effect.intent.id, intent))) {
        i++;
    }
    return i;
}

static err_t keep(resume_sent_t *s, const bunch_t *b)
{
    TRY(list_room(&s->bunch, &s->bunch_cap, (size_t)s->bunch_count + 1, sizeof *s->bunch));
    s->bunch[s->bunch_count++] = *b;
    return ERR_OK;
}

err_t resume_sent_bunch(resume_sent_t *s, const ev_BUNCH_t *f)
{
    ASSERT(s != NULL && f != NULL);
    bunch_t b;
    TRY(bunch_of_fact(f, &b));
    u32 first = place_of(s, b.member[0].intent);
    if (first == s->count || s->members + b.count > s->cap) {
        return ERR_CORRUPT;
    }
    effect_t whole = s->v[first].effect;
    whole.member = &s->member[s->members];
    whole.member_count = b.count;
    for (u32 i = 0; i < b.count; i++) {
        u32 at = place_of(s, b.member[i].intent);
        if (at == s->count || s->v[at].effect.member_count > 0) {
            return ERR_CORRUPT;
        }
        s->member[s->members++] = (effect_member_t){.intent = s->v[at].effect.intent};
        if (i > 0) {
            s->count--;
            memmove(&s->v[at], &s->v[at + 1], (s->count - at) * sizeof s->v[0]);
        }
    }
    bunch_intent(&b, &whole.intent);
    s->v[first].effect = whole;
    return keep(s, &b);
}

id128_t resume_sent_id(const resume_sent_t *s, id128_t intent, u64 *account)
{
    ASSERT(s != NULL && account != NULL);
    for (u32 i = 0; i < s->bunch_count; i++) {
        for (u32 k = 0; k < s->bunch[i].count; k++) {
            if (id128_eq(s->bunch[i].member[k].intent, intent)) {
                *account = s->bunch[i].account;
                return s->bunch[i].id;
            }
        }
    }
    return intent;
}

static bool is_held(const paper_t *p, id128_t id)
{
    for (u32 i = 0; i < p->bunch_count; i++) {
        if (id128_eq(p->bunches[i].id, id)) {
            return true;
        }
    }
    return false;
}

void resume_sent_session(resume_sent_t *s, const paper_t *p)
{
    ASSERT(s != NULL && p != NULL);
    u32 kept = 0;
    for (u32 i = 0; i < s->bunch_count; i++) {
        if (is_held(p, s->bunch[i].id)) {
            s->bunch[kept++] = s->bunch[i];
        }
    }
    s->bunch_count = kept;
}
