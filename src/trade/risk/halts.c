/* See halts.h. */
#include "trade/risk/halts.h"

#include <string.h>

#include "base/assert.h"

enum { BPS = 10000 };
static const i64 CENT = PRICE_SCALE / 100;

/* To the cent, below a dollar to a hundredth of it; never nothing. */
static i64 band_price(i64 v)
{
    i64 step = v >= PRICE_SCALE ? CENT : CENT / 100;
    return MAX_OF((v + step / 2) / step * step, step);
}

typedef enum { CLASS_HIGH, CLASS_MID, CLASS_LOW } price_class_t;

static price_class_t class_of(const luld_ask_t *a)
{
    if (a->close_previous.v > rulebook_number(LAW_LULD_HIGH_CENTS, a->day) * CENT) {
        return CLASS_HIGH;
    }
    return a->close_previous.v >= rulebook_number(LAW_LULD_LOW_FROM_CENTS, a->day) * CENT ? CLASS_MID
                                                                                          : CLASS_LOW;
}

static bool in_force(const luld_ask_t *a)
{
    law_t law = a->tier == LULD_TIER_1 ? LAW_LULD_TIER1 : LAW_LULD_TIER2;
    i64 from = a->open + rulebook_number(LAW_LULD_FROM_MIN, a->day) * NS_PER_MIN;
    i64 until = a->close - rulebook_number(LAW_LULD_UNTIL_MIN, a->day) * NS_PER_MIN;
    return rulebook_number(law, a->day) != 0 && a->t >= from && a->t < until;
}

static bool is_doubled(const luld_ask_t *a, price_class_t class)
{
    bool spared = a->tier == LULD_TIER_2 && class == CLASS_HIGH;
    law_t law = spared ? LAW_LULD_CLOSE_TIER2_MIN : LAW_LULD_CLOSE_MIN;
    i64 early = a->open + rulebook_number(LAW_LULD_OPEN_MIN, a->day) * NS_PER_MIN;
    i64 late = a->close - rulebook_number(law, a->day) * NS_PER_MIN;
    return a->t < early || a->t >= late;
}

/* Half of the band's width. */
static i64 width_of(const luld_ask_t *a)
{
    price_class_t class = class_of(a);
    law_t high = a->tier == LULD_TIER_1 ? LAW_LULD_TIER1_BPS : LAW_LULD_TIER2_BPS;
    const law_t laws[] = {high, LAW_LULD_MID_BPS, LAW_LULD_LOW_BPS};
    i64 times = is_doubled(a, class) ? 2 : 1;
    times *= a->tier == LULD_TIER_2 && a->leverage > 1 ? a->leverage : 1;
    i64 width = (i64)((i128)a->reference.v * rulebook_number(laws[class], a->day) * times / BPS);
    if (class == CLASS_LOW) {
        width = MIN_OF(width, rulebook_number(LAW_LULD_LOW_CENTS, a->day) * CENT * times);
    }
    return width;
}

bool luld_band(const luld_ask_t *ask, luld_band_t *out)
{
    ASSERT(ask != NULL && out != NULL);
    ASSERT(ask->close_previous.v > 0 && ask->reference.v > 0);
    ASSERT(ask->tier == LULD_TIER_1 || ask->tier == LULD_TIER_2);
    if (!in_force(ask)) {
        return false;
    }
    i64 width = width_of(ask);
    ASSERT(width > 0);
    *out = (luld_band_t){.lower = {band_price(MAX_OF(ask->reference.v - width, 0))},
                         .upper = {band_price(ask->reference.v + width)}};
    return true;
}

void luld_reference_begin(luld_reference_t *r, price_t print, i64 t)
{
    ASSERT(r != NULL && print.v > 0);
    *r = (luld_reference_t){.price = print, .since = t};
}

/* Forgets what has left the window. */
static void window_move(luld_reference_t *r, i64 from)
{
    u32 gone = 0;
    while (gone < r->count && r->t_known[gone] <= from) {
        gone++;
    }
    r->count -= gone;
    memmove(r->t_known, r->t_known + gone, r->count * sizeof r->t_known[0]);
    memmove(r->close, r->close + gone, r->count * sizeof r->close[0]);
}

void luld_reference_bar(luld_reference_t *r, const bar_t *b, date_t day)
{
    ASSERT(r != NULL && b != NULL && b->close.v > 0);
    if (r->price.v == 0) {
        luld_reference_begin(r, b->open, b->t_event);
    }
    window_move(r, b->t_known - rulebook_number(LAW_LULD_WINDOW_MIN, day) * NS_PER_MIN);
    if (r->count == LULD_BARS) {
        window_move(r, r->t_known[0]); /* finer bars than of a minute: the oldest goes */
    }
    r->t_known[r->count] = b->t_known;
    r->close[r->count++] = b->close.v;
    i128 sum = 0;
    for (u32 i = 0; i < r->count; i++) {
        sum += r->close[i];
    }
    i64 mean = (i64)(sum / r->count);
    i64 away = mean > r->price.v ? mean - r->price.v : r->price.v - mean;
    bool far = (i128)away * BPS >= (i128)r->price.v * rulebook_number(LAW_LULD_UPDATE_BPS, day);
    if (far && b->t_known - r->since >= rulebook_number(LAW_LULD_UPDATE_S, day) * NS_PER_SEC) {
        r->price.v = mean;
        r->since = b->t_known;
    }
}

i64 luld_resumes(date_t day, i64 t, i64 close)
{
    ASSERT(t <= close);
    i64 last = close - rulebook_number(LAW_LULD_LAST_MIN, day) * NS_PER_MIN;
    return t < last ? t + rulebook_number(LAW_LULD_PAUSE_MIN, day) * NS_PER_MIN : 0;
}

i64 luld_limit_ns(date_t day)
{
    return rulebook_number(LAW_LULD_LIMIT_S, day) * NS_PER_SEC;
}

luld_band_t luld_collar(date_t day, const luld_band_t *at, i32 direction, u32 extensions)
{
    ASSERT(at != NULL && at->lower.v > 0 && at->upper.v > at->lower.v);
    ASSERT(direction == 1 || direction == -1);
    i64 bps = rulebook_number(LAW_REOPEN_BPS, day);
    if (bps == 0) {
        return (luld_band_t){.lower = {1}, .upper = {I64_MAX}};
    }
    i64 met = direction < 0 ? at->lower.v : at->upper.v;
    i64 step = (i64)((i128)met * bps / BPS);
    i64 wide = (i64)MIN_OF(extensions, 1000U);
    i64 below = direction < 0 ? wide + 1 : wide;
    i64 above = direction < 0 ? wide : wide + 1;
    return (luld_band_t){.lower = {band_price(MAX_OF(at->lower.v - below * step, 0))},
                         .upper = {band_price(at->upper.v + above * step)}};
}

u32 market_decline(date_t day, price_t close_previous, price_t index)
{
    ASSERT(close_previous.v > 0 && index.v > 0);
    static const law_t laws[] = {LAW_MARKET_1_BPS, LAW_MARKET_2_BPS, LAW_MARKET_3_BPS};
    u32 level = 0;
    for (u32 i = 0; i < COUNT_OF(laws); i++) {
        i64 bps = rulebook_number(laws[i], day);
        bool met = bps > 0 && (i128)index.v * BPS <= (i128)close_previous.v * (BPS - bps);
        level = met ? i + 1 : level;
    }
    return level;
}

market_halt_t market_halt(date_t day, u32 level, u32 before, i64 t, i64 close)
{
    ASSERT(level <= 3 && before <= 3);
    market_halt_t none = {.halts = false};
    if (level <= before || rulebook_number(LAW_MARKET_1_BPS, day) == 0) {
        return none;
    }
    if (level == 3) {
        return (market_halt_t){.halts = true, .resumes = 0};
    }
    i64 last = close - rulebook_number(LAW_MARKET_LAST_MIN, day) * NS_PER_MIN;
    i64 resumes = t + rulebook_number(LAW_MARKET_HALT_MIN, day) * NS_PER_MIN;
    return t <= last ? (market_halt_t){.halts = true, .resumes = resumes} : none;
}
