/* See bar.h. */
#include "model/bar.h"

#include "base/assert.h"
#include "base/hash.h"

i64 timeframe_ns(timeframe_t tf)
{
    switch (tf) {
    case TF_1M:
        return NS_PER_MIN;
    case TF_5M:
        return 5 * NS_PER_MIN;
    case TF_15M:
        return 15 * NS_PER_MIN;
    case TF_1H:
        return NS_PER_HOUR;
    case TF_1D:
        return NS_PER_DAY;
    }
    ASSERT(!"known timeframe");
    return 0;
}

const char *timeframe_name(timeframe_t tf)
{
    static const char *const names[] = {"?", "1m", "5m", "15m", "1h", "1d"};
    ASSERT((u32)tf < COUNT_OF(names));
    return names[tf];
}

err_t timeframe_parse(str_t s, timeframe_t *out)
{
    ASSERT(out != NULL);
    for (timeframe_t tf = TF_1M; tf <= TF_1D; tf++) {
        if (str_eq_c(s, timeframe_name(tf))) {
            *out = tf;
            return ERR_OK;
        }
    }
    return ERR_SYNTAX;
}

u64 slice_hash(const slice_t *s)
{
    ASSERT(s != NULL);
    u64 h = hash64_seed(s->inst, s->count * sizeof *s->inst, (u64)s->t_known);
    h = hash64_seed(s->bar, s->count * sizeof *s->bar, h);
    return hash64_seed(s->action, s->action_count * sizeof *s->action, h);
}

const bar_t *slice_bar(const slice_t *s, inst_t inst)
{
    ASSERT(s != NULL);
    /* Ascending, each once: it stands no further on than its own number, and there if all before it trade. */
    u32 lo = 0;
    u32 hi = MIN_OF(s->count, (u32)inst + 1);
    if (hi > 0 && s->inst[hi - 1] <= inst) {
        return s->inst[hi - 1] == inst ? &s->bar[hi - 1] : NULL;
    }
    while (lo < hi) {
        u32 mid = (lo + hi) / 2;
        if (s->inst[mid] < inst) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < s->count && s->inst[lo] == inst ? &s->bar[lo] : NULL;
}

bool bar_is_sane(const bar_t *b)
{
    ASSERT(b != NULL);
    i64 o = b->open.v;
    i64 h = b->high.v;
    i64 l = b->low.v;
    i64 c = b->close.v;
    return l > 0 && l <= o && l <= c && o <= h && c <= h && b->volume >= 0 && b->t_event < b->t_known;
}
