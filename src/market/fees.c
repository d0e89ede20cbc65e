/* See fees.h. */
#include "market/fees.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

typedef enum { DUTY_SEC, DUTY_TAF, DUTY_TAF_OPTION } duty_kind_t;

typedef struct {
    duty_kind_t kind;
    i32 from; /* YYYYMMDD */
    f64 rate;
    f64 cap; /* 0 none */
    const char *source;
} duty_t;

static const duty_t duties[] = {
#define D(kind, from, rate, cap, source) {kind, from, rate, cap, source},
#include "market/fees_duty.def"
#undef D
};

typedef struct {
    fees_id_t schedule;
    asset_class_t cls;
    i32 from;
    f64 tier;
    f64 unit;
    f64 free_units;
    f64 least;
    f64 most; /* 0 none */
    f64 most_bps;
    f64 maker_bps, taker_bps;
    f64 passed;
    bool opening_only;
    const char *source;
} schedule_t;

static const schedule_t schedules[] = {
#define B(id, cls, from, tier, unit, free_units, least, most, most_bps, maker, taker, passed, opening,       \
          source)                                                                                            \
    {id, cls, from, tier, unit, free_units, least, most, most_bps, maker, taker, passed, opening, source},
#include "market/fees_broker.def"
#undef B
};

static asset_class_t class_of(asset_class_t cls)
{
    return cls == CLASS_ETF ? CLASS_STOCK : cls;
}

const char *fees_name(fees_id_t id)
{
    static const char *const names[] = {"none",    "alpaca",     "ibkr",         "schwab",
                                        "tradier", "tastytrade", "tradestation", "webull",
                                        "oanda",   "tradovate",  "coinbase",     "kraken"};
    ASSERT((u32)id < COUNT_OF(names));
    return names[id];
}

/* The row of the day and tier; before the first day the first day's. NULL if the class is not traded. */
static const schedule_t *row_of(const fees_ask_t *a)
{
    i32 ymd = date_number(a->day);
    i32 from = 0;
    const schedule_t *found = NULL;
    for (u32 i = 0; i < COUNT_OF(schedules); i++) {
        const schedule_t *s = &schedules[i];
        if (s->schedule != a->schedule || s->cls != class_of(a->cls)) {
            continue;
        }
        bool later = s->from != from && (found == NULL || s->from <= ymd);
        if (later || (s->from == from && a->volume30 >= s->tier)) {
            found = s;
            from = s->from;
        }
    }
    return found;
}

bool fees_cover(fees_id_t schedule, asset_class_t cls)
{
    ASSERT(schedule >= FEES_NONE && schedule < FEES_COUNT);
    fees_ask_t a = {.schedule = schedule, .cls = cls};
    return row_of(&a) != NULL;
}

static f64 duty_of(duty_kind_t kind, date_t day, f64 amount)
{
    i32 ymd = date_number(day);
    f64 due = 0;
    for (u32 i = 0; i < COUNT_OF(duties); i++) {
        const duty_t *d = &duties[i];
        if (d->kind == kind && d->from <= ymd) {
            due = d->cap > 0 ? q_min(d->rate * amount, d->cap) : d->rate * amount;
        }
    }
    return due;
}

static f64 duties_of(const fees_ask_t *a)
{
    asset_class_t cls = class_of(a->cls);
    if (!a->sells || (cls != CLASS_STOCK && cls != CLASS_OPTION)) {
        return 0;
    }
    duty_kind_t taf = cls == CLASS_STOCK ? DUTY_TAF : DUTY_TAF_OPTION;
    return duty_of(DUTY_SEC, a->day, a->value / 1e6) + duty_of(taf, a->day, a->units);
}

f64 fees_rate(const fees_ask_t *fill)
{
    ASSERT(fill != NULL && fill->value >= 0);
    const schedule_t *s = row_of(fill);
    return s == NULL ? 0 : fill->value * (fill->takes ? s->taker_bps : s->maker_bps) / 1e4;
}

f64 fees_order(const fees_ask_t *order, f64 rated)
{
    ASSERT(order != NULL && order->units >= 0 && rated >= 0);
    const schedule_t *s = row_of(order);
    if (s == NULL || (s->opening_only && order->closes)) {
        return 0;
    }
    f64 due = q_max(s->unit * q_max(order->units - s->free_units, 0) + rated, s->least);
    due = s->most > 0 ? q_min(due, s->most) : due;
    return s->most_bps > 0 ? q_min(due, order->value * s->most_bps / 1e4) : due;
}

f64 fees_passed(const fees_ask_t *fill)
{
    ASSERT(fill != NULL && fill->units >= 0 && fill->value >= 0);
    const schedule_t *s = row_of(fill);
    return (s == NULL ? 0 : s->passed * fill->units) + duties_of(fill);
}

f64 fees_round_trip(const fees_ask_t *one_way)
{
    ASSERT(one_way != NULL);
    f64 sum = 0;
    for (u32 k = 0; k < 2; k++) {
        fees_ask_t a = *one_way;
        a.takes = true;
        a.sells = k == 1;
        a.closes = k == 1;
        sum += fees_order(&a, fees_rate(&a)) + fees_passed(&a);
    }
    ASSERT(sum >= 0);
    return sum;
}
