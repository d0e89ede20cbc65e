/* How resting orders meet a slice. See paper.h.
 *
 * Inside one bar the order of things is fixed: what fills at the open; entries inside the bar; stops;
 * targets and other passive orders; what fills at the close. An entry that filled inside the bar exposes
 * its stop to the whole bar but not its target: where the path is not known the worse one is taken. */
#include "base/assert.h"
#include "drivers/paper_orders.h"
#include "drivers/paper_price.h"
#include "market/fees.h"

enum { AUCTION_BPS = 2, AUCTION_TAKE_PCT = 2 };
/* Parts of a day's volume in the opening and the closing auction, percent. */
#define AUCTION_OPEN_PCT 1.5
#define AUCTION_CLOSE_PCT 5.0
/* The first bar after a halt is an auction: its spread is three times as wide. Where halts are not told, five
 * minutes without a trade in a name that trades all the time are taken for one, which is a guess: a gap in
 * the data looks the same. Names with this dollar volume are taken to trade all the time. */
#define HALT_NS (5 * NS_PER_MIN)
#define HALT_DOLLAR_VOLUME 5e7
#define HALT_SPREAD_FACTOR 3.0
/* ATRd over daily sigma. */
#define ATR_OVER_SIGMA 1.16

typedef struct {
    paper_t *p;
    const slice_t *slice;
    broker_msgs_t *out;
} walk_t;

static i32 direction_of(const paper_order_t *o)
{
    return side_is_buy((side_t)o->intent.side) ? 1 : -1;
}
static bool is_child(const paper_order_t *o)
{
    return (o->intent.flags & INTENT_OCO) != 0;
}
static i64 left_of(const paper_order_t *o)
{
    return o->live.v - o->filled.v;
}

/* What the order is by now: a stop that fired goes on at market, a stop limit as a limit. */
static order_type_t acts_as(const paper_order_t *o)
{
    if (o->triggered == 0) {
        return (order_type_t)o->intent.type;
    }
    return o->intent.type == ORDER_STOP_LIMIT ? ORDER_LIMIT : ORDER_MARKET;
}

static price_t stop_of(const paper_order_t *o)
{
    return o->intent.type == ORDER_TRAIL ? o->trail : o->intent.stop;
}

/* What the bar's volume lets an order take; all of it where volume is no measure. */
static i64 share_of(const walk_t *w, const paper_order_t *o, const bar_t *b)
{
    if ((b->flags & (BAR_VOLUME_UNKNOWN | BAR_PARTIAL_VENUE)) != 0) {
        return left_of(o);
    }
    if (b->volume <= 0) {
        return 0;
    }
    const config_t *c = w->p->setup.config;
    bool stop = o->intent.type == ORDER_STOP || o->intent.type == ORDER_TRAIL;
    f64 pct = stop ? c->fill_stop_participation_pct : c->fill_participation_pct;
    i64 most = (i64)((f64)b->volume * pct / 100.0);
    return MIN_OF(MAX_OF(most, 1), left_of(o));
}

static f64 notional_of(const walk_t *w, const paper_order_t *o, price_t price)
{
    const instrument_t *in = &w->p->setup.instruments[o->intent.inst];
    money_t m;
    err_t err = money_of(price, o->live, in->qty_exponent, in->multiplier, ROUND_NEAREST, &m);
    return err == ERR_OK ? money_to_f64(m) : 0.0;
}

static money_t part_of(const instrument_t *in, price_t part, i64 qty)
{
    money_t m = {0};
    err_t err = money_of(part, (qty_t){qty}, in->qty_exponent, in->multiplier, ROUND_NEAREST, &m);
    return err == ERR_OK ? m : (money_t){0};
}

static fees_ask_t fees_ask(const walk_t *w, const paper_order_t *o, i64 qty, money_t value)
{
    const instrument_t *in = &w->p->setup.instruments[o->intent.inst];
    return (fees_ask_t){.schedule = (fees_id_t)w->p->setup.config->broker_fees,
                        .cls = in->cls,
                        .day = w->slice->session,
                        .units = (f64)qty / (f64)fixed_pow10((u32)-in->qty_exponent),
                        .value = money_to_f64(value),
                        .sells = !side_is_buy((side_t)o->intent.side),
                        .closes = !side_is_opening((side_t)o->intent.side)};
}

/* Commission of the order so far, less what was charged before, and what is passed on of this execution. */
static money_t fee_of(const walk_t *w, paper_order_t *o, const paper_fill_price_t *f, i64 qty)
{
    const config_t *c = w->p->setup.config;
    money_t value = part_of(&w->p->setup.instruments[o->intent.inst], f->price, qty);
    o->spent.v += value.v;
    fees_ask_t one = fees_ask(w, o, qty, value);
    one.takes = f->spread.v + f->slippage.v + f->impact.v > 0; /* what rested costs none of these */
    o->rated += fees_rate(&one);
    fees_ask_t all = fees_ask(w, o, o->filled.v + qty, o->spent);
    f64 own = MAX_OF(c->cost_fee_per_share * all.units, c->cost_fee_min);
    i64 commission = 0;
    i64 passed = 0;
    err_t err = fixed_from_f64(own + fees_order(&all, o->rated), MONEY_SCALE, &commission);
    ASSERT(err == ERR_OK);
    err = fixed_from_f64(fees_passed(&one), MONEY_SCALE, &passed);
    ASSERT(err == ERR_OK);
    i64 charged = MAX_OF(commission - o->commission.v, 0);
    o->commission.v += charged;
    return (money_t){charged + MAX_OF(passed, 0)};
}

/* The sibling dies with a reason; entries of one parent are found by its id. */
static void end_family(const walk_t *w, const paper_order_t *o, bool sibling, bool entry, i64 t)
{
    for (u32 i = 0; i < w->p->count; i++) {
        paper_order_t *s = &w->p->orders[i];
        if (s == o || s->dead != 0) {
            continue;
        }
        bool is_sibling = sibling && is_child(s) && id128_eq(s->intent.parent, o->intent.parent);
        bool is_entry =
            entry && (o->bunch != 0 ? s->number == o->bunch : id128_eq(s->intent.id, o->intent.parent));
        if (is_sibling || is_entry) {
            paper_end(s, BROKER_CANCELED, PAPER_OCO, t, w->out);
        }
    }
}

/* An entry's fill wakes and grows its children; a child's fill shrinks its sibling. */
static void family_after(const walk_t *w, const paper_order_t *o, i64 qty, bool at_open, i64 t)
{
    bunch_t *b = paper_bunch_of(w->p, o);
    i64 part[BUNCH_MEMBERS];
    if (b != NULL) {
        bunch_deal(b, qty, part);
    }
    for (u32 i = 0; i < w->p->count; i++) {
        paper_order_t *c = &w->p->orders[i];
        if (c->dead != 0 || !is_child(c) || c == o) {
            continue;
        }
        i64 wakes = b != NULL                                  ? paper_entry_part(b, part, c)
                    : id128_eq(c->intent.parent, o->intent.id) ? qty
                                                               : 0;
        if (o->intent.role == ROLE_ENTRY && wakes > 0) {
            c->live.v += wakes;
            if (c->held != 0) {
                c->held = 0;
                c->fresh = at_open ? 0 : 1;
                (void)paper_say(w->out, BROKER_ACK, c, 0, t);
            }
        } else if (is_child(o) && id128_eq(c->intent.parent, o->intent.parent)) {
            c->live.v -= qty;
        }
    }
}

/* Books one execution on the order and tells it. */
static void fill(const walk_t *w, paper_order_t *o, const paper_fill_price_t *f, i64 qty, i64 t)
{
    ASSERT(qty > 0 && qty <= left_of(o) && f->price.v > 0);
    const instrument_t *in = &w->p->setup.instruments[o->intent.inst];
    bool at_open = t < w->slice->t_known;
    money_t fee = fee_of(w, o, f, qty);
    bool ends = qty == left_of(o);
    o->filled.v += qty;
    ev_BROKER_t *m = paper_say(w->out, BROKER_FILL, o, 0, t);
    m->exec_id = w->p->next_exec++;
    m->qty = qty;
    m->price = f->price.v;
    m->fee = fee.v;
    m->spread_cost = part_of(in, f->spread, qty).v;
    m->slippage_cost = part_of(in, f->slippage, qty).v;
    m->impact_cost = part_of(in, f->impact, qty).v;
    family_after(w, o, qty, at_open, t);
    if (!ends) {
        return;
    }
    o->dead = 1; /* complete: the fill itself says so */
    if (is_child(o)) {
        /* After the fill: a stop must not seem lost while the position stands. */
        end_family(w, o, true, false, t);
    }
}

static paper_ask_t ask_of(const walk_t *w, const paper_order_t *o, price_t base)
{
    const paper_t *p = w->p;
    paper_ask_t a = {.direction = direction_of(o),
                     .base = base,
                     .notional = notional_of(w, o, base),
                     .minute = -1,
                     .tick = price_to_f64(p->setup.instruments[o->intent.inst].tick)};
    bool coin = p->setup.instruments[o->intent.inst].cls == CLASS_CRYPTO; /* no bell rings, nobody halts it */
    bool timed = p->session_open < p->session_close && w->slice->t_open >= p->session_open &&
                 w->slice->t_open < p->session_close && !coin;
    bool guessed = !coin && !p->setup.halts_told && o->dark >= HALT_NS &&
                   p->setup.context[o->intent.inst].dollar_vol20 >= HALT_DOLLAR_VOLUME;
    a.spread_factor = guessed || p->halts[o->intent.inst].reopened != 0 ? HALT_SPREAD_FACTOR : 1.0;
    if (timed) {
        a.minute = (f64)((w->slice->t_open - p->session_open) / NS_PER_MIN);
    }
    return a;
}

/* A notional order buys what its amount still pays for, in whole units, and ends when that is none. */
static void fill_amount(const walk_t *w, paper_order_t *o, const paper_fill_price_t *f, i64 qty, i64 t)
{
    const instrument_t *in = &w->p->setup.instruments[o->intent.inst];
    i64 left = part_of(in, o->intent.reference, o->intent.qty.v).v - o->spent.v;
    i64 unit = part_of(in, f->price, fixed_pow10((u32)-in->qty_exponent)).v; /* of one whole share */
    i64 pays = 0;
    err_t err = fixed_mul_div(MAX_OF(left, 0), fixed_pow10((u32)-in->qty_exponent), MAX_OF(unit, 1),
                              ROUND_DOWN, &pays);
    bool all = err != ERR_OK || pays >= left_of(o);
    qty = all ? qty : MIN_OF(qty, pays);
    bool ends = !all && qty == pays;
    if (qty > 0) {
        fill(w, o, f, qty, t);
    }
    if (ends && o->dead == 0) {
        paper_end(o, BROKER_CANCELED, PAPER_AMOUNT, t, w->out);
    }
}

static void fill_at(const walk_t *w, paper_order_t *o, const paper_ask_t *ask, i64 qty, i64 t)
{
    if (qty <= 0) {
        return;
    }
    paper_fill_price_t f = paper_price(w->p->setup.config, &w->p->setup.context[o->intent.inst], ask);
    if ((o->intent.flags & INTENT_NOTIONAL) != 0) {
        fill_amount(w, o, &f, qty, t);
    } else {
        fill(w, o, &f, qty, t);
    }
}

/* Passive: at a price that came to us, without costs. */
static void fill_passive(const walk_t *w, paper_order_t *o, price_t price, i64 qty, i64 t)
{
    if (qty <= 0) {
        return;
    }
    paper_fill_price_t f = {.price = price};
    fill(w, o, &f, qty, t);
}

/* A limit at or through the decision price asks to be filled now; one away from it rests. */
static bool is_marketable(const paper_order_t *o)
{
    const intent_t *i = &o->intent;
    return i->type == ORDER_LIMIT && i->role != ROLE_TARGET && i->reference.v > 0 &&
           direction_of(o) * (i->limit.v - i->reference.v) >= 0;
}

static i64 auction_share(const walk_t *w, const paper_order_t *o, price_t price, f64 auction_pct)
{
    const paper_context_t *x = &w->p->setup.context[o->intent.inst];
    const instrument_t *in = &w->p->setup.instruments[o->intent.inst];
    f64 unit = price_to_f64(price) * (f64)in->multiplier / (f64)fixed_pow10((u32)-in->qty_exponent);
    f64 day = x->dollar_vol20 > 0 ? x->dollar_vol20 / unit : 0;
    f64 most = day * auction_pct / 100.0 * (f64)AUCTION_TAKE_PCT / 100.0;
    return most >= (f64)left_of(o) ? left_of(o) : (i64)most;
}

static void fill_auction(const walk_t *w, paper_order_t *o, price_t price, f64 auction_pct, i64 t)
{
    paper_ask_t ask = ask_of(w, o, price);
    ask.flat_bps = AUCTION_BPS;
    bool limit = o->intent.type == ORDER_LIMIT;
    if (limit && direction_of(o) * (price.v - o->intent.limit.v) > 0) {
        paper_end(o, BROKER_EXPIRED, PAPER_MOVED, t, w->out);
        return;
    }
    ask.cap = limit ? o->intent.limit : (price_t){0};
    fill_at(w, o, &ask, auction_share(w, o, price, auction_pct), t);
    if (o->dead == 0 && limit) {
        paper_end(o, BROKER_EXPIRED, PAPER_AT_ONCE, t, w->out); /* a limit for the auction ends with it */
    } else if (o->dead == 0) {
        o->triggered = 1; /* the rest goes on at market */
    }
}

static bool waits_for_open(const walk_t *w, const paper_order_t *o)
{
    return o->intent.tif == TIF_OPEN && o->triggered == 0 && o->session == w->slice->session;
}

static bool waits_for_close(const walk_t *w, const paper_order_t *o)
{
    bool last = w->slice->session_last || w->slice->timeframe == TF_1D;
    return o->intent.tif == TIF_CLOSE && o->triggered == 0 && !last;
}

/* Outside the session only orders that ask for it trade. */
static bool waits_for_session(const walk_t *w, const paper_order_t *o)
{
    const paper_t *p = w->p;
    bool timed = p->session_open < p->session_close && w->slice->timeframe != TF_1D;
    bool inside = w->slice->t_open >= p->session_open && w->slice->t_open < p->session_close;
    return timed && !inside && (o->intent.flags & INTENT_EXTENDED) == 0;
}

static bool waits(const walk_t *w, const paper_order_t *o)
{
    return waits_for_open(w, o) || waits_for_close(w, o) || waits_for_session(w, o);
}

static void open_fill(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    order_type_t type = acts_as(o);
    if (o->intent.tif == TIF_CLOSE && o->triggered == 0) {
        return;
    }
    if (o->filled.v == 0 && intent_void_at(&o->intent, b->open)) {
        paper_end(o, BROKER_CANCELED, PAPER_PAST_STOP, b->t_event, w->out);
        return;
    }
    if (o->intent.tif == TIF_OPEN && o->triggered == 0) {
        fill_auction(w, o, b->open, AUCTION_OPEN_PCT, b->t_event);
        type = acts_as(o);
    }
    bool crossed = type == ORDER_LIMIT && direction_of(o) * (o->intent.limit.v - b->open.v) >= 0;
    if (o->dead != 0 || (type != ORDER_MARKET && !crossed)) {
        return;
    }
    i64 share = share_of(w, o, b);
    if (o->intent.tif == TIF_FOK && share < left_of(o)) {
        return;
    }
    if (crossed && !is_marketable(o)) {
        fill_passive(w, o, b->open, share, b->t_event);
        return;
    }
    paper_ask_t ask = ask_of(w, o, b->open);
    ask.cap = type == ORDER_LIMIT ? o->intent.limit : (price_t){0};
    fill_at(w, o, &ask, share, b->t_event);
}

static void phase_open(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    if (o->intent.t_decided > b->t_event) {
        return; /* this open was over when the order was decided */
    }
    open_fill(w, o, b);
    if (o->dead == 0 && (o->intent.tif == TIF_IOC || o->intent.tif == TIF_FOK)) {
        u8 reason = o->filled.v == 0 && o->intent.type == ORDER_LIMIT ? PAPER_MOVED : PAPER_AT_ONCE;
        paper_end(o, BROKER_CANCELED, reason, b->t_event, w->out);
    }
}

static bool stop_fires(const paper_order_t *o, const bar_t *b)
{
    return direction_of(o) > 0 ? b->high.v >= stop_of(o).v : b->low.v <= stop_of(o).v;
}

static void phase_stop(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    if (!order_type_has_stop((order_type_t)o->intent.type) || o->triggered != 0 || !stop_fires(o, b)) {
        return;
    }
    i32 d = direction_of(o);
    price_t stop = stop_of(o);
    o->triggered = 1;
    o->fired = 1;
    if (is_child(o)) {
        end_family(w, o, true, true, b->t_known);
    }
    /* A stop that woke inside the bar cannot have been jumped by the bar's open. */
    bool jumped = o->fresh == 0 && d * (b->open.v - stop.v) > 0;
    i64 extreme = d > 0 ? b->high.v : b->low.v;
    bool limit = o->intent.type == ORDER_STOP_LIMIT;
    if (limit && jumped && d * (b->open.v - o->intent.limit.v) > 0) {
        return; /* it rests from here on; that the price came back within this bar is not known */
    }
    bool auction = jumped && w->p->halts[o->intent.inst].reopened != 0; /* which has one price */
    f64 beyond = auction ? 0.0 : (f64)MAX_OF(d * (extreme - stop.v), 0);
    f64 depth = beyond * w->p->setup.config->fill_stop_depth;
    paper_ask_t ask = ask_of(w, o, jumped ? b->open : stop);
    if (w->slice->timeframe == TF_1D) {
        f64 sigma = w->p->setup.context[o->intent.inst].sigma_d_bps;
        depth += 0.1 * ATR_OVER_SIGMA * (sigma > 0 ? sigma : 0) / 1e4 * (f64)ask.base.v;
        ask.minute = -1;
    }
    ask.depth.v = (i64)(depth * w->p->setup.config->cost_mult);
    ask.cap = limit ? o->intent.limit : (price_t){0};
    fill_at(w, o, &ask, share_of(w, o, b), b->t_known);
}

/* Passive limits: the bar must trade through by a tick; a touch is not enough. An order that was decided
 * inside the bar waits for the next one: the price that met it may have been there before it. */
static void phase_passive(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    if (acts_as(o) != ORDER_LIMIT || o->fresh != 0 || o->fired != 0 || o->intent.tif == TIF_CLOSE ||
        o->intent.t_decided > b->t_event) {
        return;
    }
    i32 d = direction_of(o);
    i64 tick = w->p->setup.instruments[o->intent.inst].tick.v;
    i64 met = d > 0 ? b->low.v : b->high.v;
    bool at_open = d * (o->intent.limit.v - b->open.v) >= 0; /* that was phase_open's */
    if (!at_open && d * (o->intent.limit.v - met) >= MAX_OF(tick, 1)) {
        fill_passive(w, o, o->intent.limit, share_of(w, o, b), b->t_known);
    }
}

static void phase_entry_inside(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    if (o->intent.role != ROLE_ENTRY) {
        return;
    }
    phase_stop(w, o, b);
    if (o->dead == 0) {
        phase_passive(w, o, b);
    }
}

static void phase_protective(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    if (o->intent.role != ROLE_ENTRY) {
        phase_stop(w, o, b);
    }
}

static void phase_leave(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    if (o->intent.role != ROLE_ENTRY) {
        phase_passive(w, o, b);
    }
}

static void phase_close(const walk_t *w, paper_order_t *o, const bar_t *b)
{
    if (o->intent.tif == TIF_CLOSE && o->triggered == 0) {
        fill_auction(w, o, b->close, AUCTION_CLOSE_PCT, b->t_known);
    }
}

static void walk(const walk_t *w, void (*phase)(const walk_t *, paper_order_t *, const bar_t *))
{
    u32 count = w->p->count;
    for (u32 i = 0; i < count; i++) {
        paper_order_t *o = &w->p->orders[i];
        if (o->dead != 0 || o->held != 0 || left_of(o) <= 0 || waits(w, o)) {
            continue;
        }
        const bar_t *b = slice_bar(w->slice, o->intent.inst);
        if (b != NULL) {
            phase(w, o, b);
        }
    }
}

static void note_dark(const walk_t *w, paper_order_t *o)
{
    bool daily = w->slice->timeframe == TF_1D;
    bool new_session = w->p->session != w->slice->session;
    if (daily || new_session || slice_bar(w->slice, o->intent.inst) != NULL) {
        o->dark = 0;
    } else {
        o->dark += timeframe_ns(w->slice->timeframe);
    }
}

/* Why an order ends with a bar that it met, 0 if it does not: a limit of one bar that got nothing has been
 * passed by the price; entries that asked to be filled now take two bars at most. */
static u8 ends_with_bar(const paper_order_t *o)
{
    if (o->intent.tif == TIF_BAR) {
        u8 none = o->intent.type == ORDER_LIMIT ? PAPER_MOVED : PAPER_ONE_BAR;
        return o->filled.v == 0 ? (o->bars >= 1 ? none : 0) : (o->bars >= 2 ? PAPER_TWO_BARS : 0);
    }
    bool now_order = o->intent.type == ORDER_MARKET || is_marketable(o);
    u32 bars = now_order ? o->bars : o->fill_bars;
    return o->intent.role == ROLE_ENTRY && bars >= 2 ? PAPER_TWO_BARS : 0;
}

/* A trailing stop follows the best trade of the bar at the bar's end: where in the bar it was is unknown. */
static void trail(const walk_t *w, paper_order_t *o)
{
    const bar_t *b = slice_bar(w->slice, o->intent.inst);
    if (o->intent.type != ORDER_TRAIL || o->triggered != 0 || b == NULL) {
        return;
    }
    price_t best = direction_of(o) > 0 ? b->low : b->high;
    o->trail = intent_trail(&o->intent, o->trail, best, w->p->setup.instruments[o->intent.inst].tick);
}

/* The auction is over with its bar. */
static void halts_pass(const walk_t *w)
{
    for (u32 i = 0; w->p->halts_stand > 0 && i < w->slice->count; i++) {
        ASSERT(w->slice->inst[i] < w->p->setup.instrument_count);
        paper_halt_t *x = &w->p->halts[w->slice->inst[i]];
        paper_halt_t to = *x;
        to.reopened = 0;
        paper_halt_set(w->p, x, to);
    }
}

static void after_bar(const walk_t *w)
{
    for (u32 i = 0; i < w->p->count; i++) {
        paper_order_t *o = &w->p->orders[i];
        bool rests = o->dead != 0 || o->held != 0; /* read before its neighbours are written */
        o->fresh = 0;
        o->fired = 0;
        note_dark(w, o);
        if (rests) {
            continue;
        }
        const bar_t *b = slice_bar(w->slice, o->intent.inst);
        bool met = b != NULL && b->t_event >= o->intent.t_decided && !waits(w, o);
        o->bars += met ? 1 : 0;
        o->fill_bars += met && o->filled.v > 0 ? 1 : 0;
        trail(w, o);
        u8 reason = ends_with_bar(o);
        bool day = o->intent.tif == TIF_DAY || o->intent.tif == TIF_BAR || (o->intent.tif == TIF_OPEN && met);
        if (reason != 0) {
            paper_end(o, BROKER_CANCELED, reason, w->slice->t_known, w->out);
        } else if (day && w->slice->session_last) {
            paper_end(o, BROKER_EXPIRED, 0, w->slice->t_known, w->out);
        }
    }
}

void paper_on_slice(paper_t *p, const slice_t *slice, broker_msgs_t *out)
{
    ASSERT(p != NULL && slice != NULL && out != NULL);
    ASSERT(slice->count == 0 || (slice->inst != NULL && slice->bar != NULL));
    walk_t w = {.p = p, .slice = slice, .out = out};
    for (u32 i = 0; i < slice->action_count; i++) {
        paper_action(p, &slice->action[i], slice->t_open, out);
    }
    walk(&w, phase_open);
    walk(&w, phase_entry_inside);
    walk(&w, phase_protective);
    walk(&w, phase_leave);
    walk(&w, phase_close);
    after_bar(&w);
    halts_pass(&w);
    p->session = slice->session;
    paper_compact(p);
}
