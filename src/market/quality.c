/* See quality.h: names, the row rule and the change of venue. Series rules are quality_daily.c and
 * quality_intraday.c. */
#include "market/quality.h"

#include "base/assert.h"

const char *quality_rule_name(quality_rule_t r)
{
    static const char *const names[] = {
#define X(id, name, text, verdict) text,
        QUALITY_RULE_LIST(X)
#undef X
    };
    ASSERT((u32)r < COUNT_OF(names));
    return names[r];
}

verdict_t quality_rule_verdict(quality_rule_t r)
{
    static const verdict_t verdicts[] = {
#define X(id, name, text, verdict) VERDICT_##verdict,
        QUALITY_RULE_LIST(X)
#undef X
    };
    ASSERT((u32)r < COUNT_OF(verdicts));
    return verdicts[r];
}

const char *verdict_name(verdict_t v)
{
    static const char *const names[] = {"note", "reject row", "blank column", "mark segment", "revision"};
    ASSERT((u32)v < COUNT_OF(names));
    return names[v];
}

quality_rule_t quality_row(const bar_t *b)
{
    ASSERT(b != NULL);
    i64 o = b->open.v;
    i64 h = b->high.v;
    i64 l = b->low.v;
    i64 c = b->close.v;
    if (o <= 0 || h <= 0 || l <= 0 || c <= 0 || b->volume < 0) {
        return RULE_NON_POSITIVE;
    }
    bool ordered = l <= o && l <= c && o <= h && c <= h;
    ASSERT(!ordered || l <= h);
    return ordered ? RULE_SOUND : RULE_OHLC_ORDER;
}

static bool near_one(f64 x)
{
    return x > 0.97 && x < 1.03;
}

bool quality_adjusted_wrong(const quality_adjusted_t *q)
{
    ASSERT(q != NULL);
    ASSERT(q->close_before > 0 && q->split > 0);
    f64 total = (q->close + q->dividend) * q->split / q->close_before;
    f64 rest = q->close_before / q->split - q->dividend;
    bool by_total = near_one(q->ratio / total);
    bool by_rest = rest > 0 && near_one(q->ratio * rest / q->close);
    return !by_total && !by_rest;
}

enum { VENUE_WINDOW = 5, VENUE_SYMBOLS_MIN = 3 };
static const f64 VENUE_FACTOR = 8.0;

/* Median of the positive values among the n sessions from `from`, one symbol; 0 if fewer than three. */
static f64 level(const f64 *volume, u32 symbols, u32 symbol, u32 from, u32 n)
{
    f64 v[VENUE_WINDOW];
    u32 count = 0;
    ASSERT(n <= VENUE_WINDOW);
    ASSERT(symbol < symbols);
    for (u32 i = 0; i < n; i++) {
        f64 x = volume[(size_t)(from + i) * symbols + symbol];
        u32 at = count;
        if (!(x > 0)) {
            continue;
        }
        for (; at > 0 && v[at - 1] > x; at--) {
            v[at] = v[at - 1];
        }
        v[at] = x;
        count++;
    }
    return count < 3 ? 0 : v[count / 2];
}

static bool venue_at(const f64 *volume, u32 symbols, u32 session)
{
    u32 judged = 0;
    u32 jumped = 0;
    for (u32 s = 0; s < symbols; s++) {
        f64 before = level(volume, symbols, s, session - VENUE_WINDOW, VENUE_WINDOW);
        f64 after = level(volume, symbols, s, session, VENUE_WINDOW);
        f64 here = volume[(size_t)session * symbols + s];
        f64 last = volume[(size_t)(session - 1) * symbols + s];
        if (before > 0 && after > 0) {
            judged++;
            /* the day itself must be on the new level and the day before on the old one */
            bool up = after > before * VENUE_FACTOR && here > before * VENUE_FACTOR / 2 && last < after / 4;
            bool down = before > after * VENUE_FACTOR && here < before / 4 && last > after * VENUE_FACTOR / 2;
            jumped += up || down ? 1 : 0;
        }
    }
    return judged >= VENUE_SYMBOLS_MIN && jumped * 5 >= judged * 4;
}

bool quality_venue_change(const f64 *volume, u32 sessions, u32 symbols, u32 *session)
{
    ASSERT(volume != NULL || sessions == 0 || symbols == 0);
    ASSERT(session != NULL);
    for (u32 i = VENUE_WINDOW; i + VENUE_WINDOW <= sessions; i++) {
        if (venue_at(volume, symbols, i)) {
            *session = i;
            return true;
        }
    }
    return false;
}
