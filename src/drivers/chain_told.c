/* See chain_told.h. Prices are told over the spot of the chain, so that a split changes nothing of them; the
 * words name them as they stood. */
#include "drivers/chain_told.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/fixed.h"
#include "model/calendar.h"

typedef struct {
    const chain_told_t *of;
    bulletin_t *out;
    u32 n;
} tell_t;

/* Nothing that nobody may believe. */
static bulletin_t *put(tell_t *t, bulletin_kind_t kind, i64 t_event, f64 value)
{
    bulletin_t *b = &t->out[t->n];
    *b = (bulletin_t){.t_known = t->of->t_known, .t_event = t_event, .inst = t->of->inst, .kind = (u8)kind};
    bool fits = fixed_from_f64(value, BULLETIN_SCALE, &b->value) == ERR_OK;
    t->n += fits && bulletin_is_sound(b, (u32)t->of->inst + 1) ? 1 : 0;
    return b;
}

static i64 noon(date_t day)
{
    return zone_to_utc(ZONE_NEW_YORK, day, 12 * 3600);
}

u32 chain_told(const chain_digest_t *d, const chain_told_t *of, bulletin_t out[CHAIN_BULLETINS])
{
    ASSERT(d != NULL && of != NULL && out != NULL);
    tell_t t = {.of = of, .out = out};
    if (d->iv30 > 0) {
        (void)put(&t, BULLETIN_IV, of->t_event, d->iv30);
    }
    if (d->held) {
        (void)put(&t, BULLETIN_GAMMA, of->t_event, d->gamma);
    }
    if (d->flip > 0) {
        bulletin_t *b = put(&t, BULLETIN_FLIP, of->t_event, d->flip / d->spot - 1.0);
        (void)snprintf(b->text, sizeof b->text, "%.2f", d->flip);
    }
    if (d->max_pain > 0) {
        bulletin_t *b = put(&t, BULLETIN_MAX_PAIN, noon(d->pain_day), d->max_pain / d->spot - 1.0);
        (void)snprintf(b->text, sizeof b->text, "%.2f", d->max_pain);
    }
    if (d->move > 0) {
        (void)put(&t, BULLETIN_MOVE, noon(d->move_day), d->move);
    }
    return t.n;
}
