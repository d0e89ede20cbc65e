/* Rules over a daily series (see quality.h). Thresholds were chosen so that every fault known in twenty
 * years of S&P 500 members is found (tests/drivers/test_import.c) and no true crash is called one. */
#include "base/assert.h"
#include "market/quality.h"
#include "model/calendar.h"

enum { MEDIAN_DAYS = 20, CALENDAR_FROM = 7305 /* 1990-01-01: the calendar is verified from here on */ };

/* of the close before: a spin-off or a split in the wrong column */
static const f64 DIVIDEND_LARGE_SHARE = 0.25;
static const f64 DIVIDEND_CHECK_SHARE = 0.10;   /* smaller ones drown in the day's own move */
static const f64 DIVIDEND_TOLERANCE = 0.25;
static const f64 FRACTION_TOLERANCE = 0.015;
static const f64 CRASH_VOLUME = 3.0;            /* times the median: news, not a split */
static const f64 SPIKE_MOVE = 0.30;
static const f64 SPIKE_BACK = 0.08;
static const f64 BIG_MOVE = 0.40;

/* What the rules look at on one day. */
typedef struct {
    const quality_series_t *s;
    const quality_sink_t *sink;
    u32 i;
    date_t date;
    f64 split;     /* new shares per old on this day, 1: none */
    f64 dividend;  /* per new share */
    f64 before;    /* close before, per new share */
    f64 open;
    f64 close;
} day_t;

static void report(const day_t *d, quality_rule_t rule, f64 a, f64 b)
{
    quality_fault_t f = {.rule = rule, .date = d->date, .bar = d->i, .a = a, .b = b};
    d->sink->fault(d->sink->ctx, &f);
}

/* For rules that had to see the next bar. */
static void report_next(const day_t *d, quality_rule_t rule, f64 a, f64 b)
{
    quality_fault_t f = {.rule = rule, .date = d->date, .bar = MIN_OF(d->i + 1, d->s->count - 1), .a = a,
                         .b = b};
    d->sink->fault(d->sink->ctx, &f);
}

static f64 distance(f64 x)
{
    return x >= 1 ? x - 1 : 1 / x - 1; /* the same for x and 1 / x */
}

static f64 volume_median(const quality_series_t *s, u32 i)
{
    f64 v[MEDIAN_DAYS];
    u32 n = 0;
    for (u32 k = i > MEDIAN_DAYS ? i - MEDIAN_DAYS : 0; k < i; k++) {
        f64 x = (f64)s->bar[k].volume;
        u32 at = n++;
        for (; at > 0 && v[at - 1] > x; at--) {
            v[at] = v[at - 1];
        }
        v[at] = x;
    }
    return n == 0 ? 0 : v[n / 2];
}

static void check_gap(const day_t *d, date_t last)
{
    bool weekend = d->date - last == 3 && date_weekday(d->date) == 1 && d->s->calendar != CAL_CRYPTO;
    if (last < CALENDAR_FROM || d->date - last == 1 || weekend) {
        return;
    }
    i32 missing = calendar_count(d->s->calendar, last, d->date) - 1;
    if (missing > 0) {
        session_t first = calendar_next(d->s->calendar, last, I64_MAX);
        quality_fault_t f = {.rule = RULE_MISSING_SESSION, .date = first.date, .bar = d->i, .a = missing,
                             .b = 0};
        d->sink->fault(d->sink->ctx, &f);
    }
}

/* A split that the price does not show: "no split" explains open and close before better. */
static void check_split(const day_t *d)
{
    if (d->split == 1.0) {
        return;
    }
    f64 with = distance((d->open + d->dividend) / d->before);
    f64 without = distance((d->open + d->dividend) / (d->before * d->split));
    if (with > 0.15 && (with > without + 0.1 || with > 0.5)) {
        report(d, RULE_SPLIT_MISMATCH, d->split, d->open / (d->before * d->split));
    }
}

static void check_dividend(const day_t *d)
{
    f64 share = d->dividend / d->before;
    if (share > DIVIDEND_LARGE_SHARE) {
        report(d, RULE_DIVIDEND_LARGE, d->dividend, share);
    }
    if (share > DIVIDEND_CHECK_SHARE) {
        f64 rest = d->before - d->dividend;
        if (rest <= 0 || distance(d->open / rest) > DIVIDEND_TOLERANCE) {
            report(d, RULE_DIVIDEND_MISMATCH, d->dividend, d->open - d->before);
        }
    }
}

/* Does the open stand at a simple fraction of the close before, and stay there, without the volume of
 * news? */
static void check_unbooked(const day_t *d)
{
    static const f64 fractions[] = {2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 1.5};
    if (d->split != 1.0 || d->dividend > 0 || d->s->index) {
        return; /* indices have no actions and do jump */
    }
    f64 ratio = d->open / d->before;
    f64 size = ratio >= 1 ? ratio : 1 / ratio;
    bool simple = false;
    for (u32 k = 0; size > 1.4 && k < COUNT_OF(fractions); k++) {
        simple |= distance(size / fractions[k]) < FRACTION_TOLERANCE;
    }
    if (!simple) {
        return;
    }
    f64 median = volume_median(d->s, d->i);
    f64 shares = ratio < 1 ? size : 1 / size; /* a 2:1 split doubles the number of shares traded */
    bool news = median > 0 && (f64)d->s->bar[d->i].volume > median * shares * CRASH_VOLUME;
    bool stays = distance(d->close / d->open) < 0.08;
    bool next = d->i + 1 < d->s->count;
    f64 after = next ? price_to_f64(d->s->bar[d->i + 1].close) : d->close;
    if (stays && !news && distance(after / d->open) < 0.15) {
        report_next(d, RULE_UNBOOKED_ACTION, ratio, size);
    }
}

/* The morning open of New York is on the same date in UTC, which saves a look at the zone for every bar. */
static date_t date_of(const quality_series_t *s, const bar_t *b)
{
    return s->calendar == CAL_NYSE ? (date_t)(b->t_event / NS_PER_DAY - (b->t_event % NS_PER_DAY < 0 ? 1 : 0))
                                   : calendar_date_at(s->calendar, b->t_event);
}

static bool action_on(const quality_series_t *s, date_t date)
{
    for (u32 k = 0; k < s->action_count; k++) {
        if (s->action[k].ex_date == date) {
            return true;
        }
    }
    return false;
}

static void check_moves(const day_t *d)
{
    f64 move = (d->close + d->dividend) / d->before;
    if (distance(move) > BIG_MOVE) {
        report(d, RULE_BIG_MOVE, move, (f64)d->s->bar[d->i].volume);
    }
    if (!d->s->index && d->i + 1 < d->s->count && d->split == 1.0 && d->dividend == 0
        && distance(move) > SPIKE_MOVE) {
        const bar_t *next = &d->s->bar[d->i + 1];
        f64 after = price_to_f64(next->close);
        bool back = distance(after / d->before) < SPIKE_BACK;
        if (back && !action_on(d->s, date_of(d->s, next))) {
            report_next(d, RULE_SPIKE, d->close / d->before, after / d->before);
        }
    }
}

static void check_volume(const day_t *d)
{
    const bar_t *b = &d->s->bar[d->i];
    if (d->s->index) {
        return;
    }
    if (b->volume == 0) {
        report(d, RULE_ZERO_VOLUME, 0, 0);
        return;
    }
    if (d->i == 0) {
        return;
    }
    const bar_t *a = b - 1;
    bool prices = a->open.v == b->open.v && a->high.v == b->high.v && a->low.v == b->low.v
        && a->close.v == b->close.v;
    if (prices && a->volume == b->volume) {
        report(d, RULE_STALE_REPEAT, d->close, (f64)b->volume);
    } else if (b->open.v == b->high.v && b->low.v == b->high.v && !prices) {
        report(d, RULE_FLAT_BAR, d->close, (f64)b->volume);
    }
}

static void day_actions(day_t *d, u32 *next)
{
    const quality_series_t *s = d->s;
    while (*next < s->action_count && s->action[*next].ex_date < d->date) {
        (*next)++;
    }
    for (u32 k = *next; k < s->action_count && s->action[k].ex_date == d->date; k++) {
        const action_t *a = &s->action[k];
        if (a->kind == ACTION_SPLIT && a->ratio_den > 0 && a->ratio_num > 0) {
            d->split *= (f64)a->ratio_num / (f64)a->ratio_den;
        } else if (a->kind == ACTION_DIVIDEND) {
            d->dividend += price_to_f64(a->amount);
        }
    }
}

void quality_daily(const quality_series_t *s, const quality_sink_t *sink)
{
    ASSERT(s != NULL && (s->bar != NULL || s->count == 0));
    ASSERT(sink != NULL && sink->fault != NULL);
    date_t last = 0;
    u32 action = 0;
    for (u32 i = 0; i < s->count; i++) {
        day_t d = {.s = s, .sink = sink, .i = i, .split = 1.0};
        d.date = date_of(s, &s->bar[i]);
        d.open = price_to_f64(s->bar[i].open);
        d.close = price_to_f64(s->bar[i].close);
        day_actions(&d, &action);
        if (i > 0) {
            ASSERT(s->bar[i - 1].t_event < s->bar[i].t_event);
            d.before = price_to_f64(s->bar[i - 1].close) / d.split;
            check_gap(&d, last);
            check_split(&d);
            check_dividend(&d);
            check_unbooked(&d);
            check_moves(&d);
        }
        check_volume(&d);
        last = d.date;
    }
}
