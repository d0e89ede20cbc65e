/* See chain_digest.h. */
#include "quant/options/chain_digest.h"

#include "base/assert.h"
#include "quant/indicators/kernels.h"
#include "quant/math/qmath.h"
#include "quant/options/options.h"

/* Days of expiries that say something of 30 days; a strike further than a fifth from the forward says nothing
 * of the money; volatilities beyond these are wrong prices. */
enum { MONTH = 30, DAYS_LEAST = 7, DAYS_MOST = 120, COLUMN = 64, FLIP_STEPS = 10, FLIP_HALVINGS = 13 };
static const f64 YEAR_DAYS = 365.0;
static const f64 NEAR_MONEY = 0.2;
static const f64 SIGMA_LEAST = 0.005;
static const f64 SIGMA_MOST = 5.0;
static const f64 FLIP_STEP = 0.02;

int chain_leg_order(const void *pa, const void *pb)
{
    const chain_leg_t *a = pa;
    const chain_leg_t *b = pb;
    if (a->expiry != b->expiry) {
        return a->expiry < b->expiry ? -1 : 1;
    }
    return a->strike != b->strike ? (a->strike < b->strike ? -1 : 1) : b->side - a->side;
}

static bool is_pair(const chain_leg_t *call, const chain_leg_t *put)
{
    return call->strike == put->strike && call->side > 0 && put->side < 0;
}

f64 chain_forward(const chain_leg_t *leg, u32 n)
{
    ASSERT(leg != NULL || n == 0);
    f64 best = 0;
    f64 nearest = 1e300;
    for (u32 i = 0; i + 1 < n; i++) {
        f64 c = leg[i].price;
        f64 p = leg[i + 1].price;
        if (is_pair(&leg[i], &leg[i + 1]) && c > 0 && p > 0 && q_abs(c - p) < nearest) {
            nearest = q_abs(c - p);
            best = leg[i].strike + c - p;
        }
    }
    return best > 0 ? best : 0;
}

f64 chain_volatility(const chain_leg_t *leg, u32 n, f64 forward, f64 years)
{
    ASSERT(leg != NULL && years > 0);
    for (u32 i = 0; i < n; i++) {
        f64 k = leg[i].strike;
        option_t o = {.spot = forward, .strike = k, .years = years, .side = leg[i].side < 0 ? -1 : 1};
        bool outside = leg[i].side < 0 ? k <= forward : k >= forward;
        f64 sigma = 0;
        if (outside && leg[i].price > 0 && option_implied(&o, leg[i].price, &sigma, NULL) == ERR_OK) {
            return sigma;
        }
    }
    return 0;
}

static u32 strike_end(const chain_leg_t *leg, u32 from, u32 n)
{
    u32 end = from;
    while (end < n && leg[end].strike == leg[from].strike && leg[end].expiry == leg[from].expiry) {
        end++;
    }
    return end;
}

static u32 expiry_end(const chain_leg_t *leg, u32 from, u32 n)
{
    u32 end = from;
    while (end < n && leg[end].expiry == leg[from].expiry) {
        end++;
    }
    return end;
}

/* What the strikes [from, end) say; 0: nothing that is believed. */
static f64 believed(const chain_leg_t *leg, u32 from, u32 end, f64 forward, f64 years)
{
    bool near = q_abs(leg[from].strike - forward) <= NEAR_MONEY * forward;
    f64 sigma = near ? chain_volatility(leg + from, end - from, forward, years) : 0;
    return sigma >= SIGMA_LEAST && sigma <= SIGMA_MOST ? sigma : 0;
}

f64 chain_at_money(const chain_leg_t *leg, u32 n, f64 forward, f64 years)
{
    ASSERT((leg != NULL || n == 0) && years > 0);
    f64 k_low = 0, low = 0, k_high = 0, high = 0;
    u32 at = 0; /* the first that is not below the forward */
    while (at < n && leg[at].strike < forward) {
        at++;
    }
    for (u32 from = at, end = 0; from < n && high == 0; from = end) {
        end = strike_end(leg, from, n);
        k_high = leg[from].strike;
        high = believed(leg, from, end, forward, years);
    }
    if (high > 0 && k_high == forward) {
        return high;
    }
    for (u32 end = at, from = at; end > 0 && low == 0; end = from) {
        for (from = end - 1; from > 0 && leg[from - 1].strike == leg[from].strike;) {
            from--;
        }
        k_low = leg[from].strike;
        low = believed(leg, from, end, forward, years);
    }
    return low > 0 && high > 0 ? low + (high - low) * (forward - k_low) / (k_high - k_low) : 0;
}

/* ---- thirty days ---- */

typedef struct {
    i32 days;
    f64 sigma;
} tenor_t;

static f64 variance_of(const tenor_t *t)
{
    return t->sigma * t->sigma * (f64)t->days;
}

static f64 thirty_days(const tenor_t *below, const tenor_t *above)
{
    if (below->days == 0 || above->days == 0) {
        return below->days != 0 ? below->sigma : above->sigma;
    }
    f64 share = (f64)(MONTH - below->days) / (f64)(above->days - below->days);
    f64 sum = variance_of(below) + share * (variance_of(above) - variance_of(below));
    return q_sqrt(sum / MONTH);
}

/* ---- gamma ---- */

/* Dollars for a move of 1 % if all forwards stood `shift` times where they are: a contract is of a hundred
 * shares, and a hundredth of spot squared is what the move is of. */
static f64 exposure(const chain_leg_t *leg, u32 n, date_t day, f64 shift)
{
    static const f64 none[COLUMN] = {0};
    f64 spot[COLUMN], strike[COLUMN], years[COLUMN], sigma[COLUMN], side[COLUMN], gamma[COLUMN], net[COLUMN];
    option_cols_t cols = {spot, strike, years, none, none, sigma, NULL, side, 0};
    f64 sum = 0;
    for (u32 i = 0; i < n; i++) {
        if (leg[i].net != 0) {
            u32 k = cols.count++;
            spot[k] = leg[i].forward * shift;
            strike[k] = leg[i].strike;
            years[k] = (f64)(leg[i].expiry - day) / YEAR_DAYS;
            sigma[k] = leg[i].sigma;
            side[k] = 1;
            net[k] = leg[i].net;
        }
        if (cols.count == COLUMN || (i + 1 == n && cols.count > 0)) {
            options_value(indicator_level_best(), &cols, &(option_out_t){.gamma = gamma});
            for (u32 k = 0; k < cols.count; k++) {
                sum += net[k] * gamma[k] * spot[k] * spot[k];
            }
            cols.count = 0;
        }
    }
    return sum;
}

/* The crossing between two neighbours of the grid; `above`: it is above 0 at the first. */
static f64 crossing(const chain_leg_t *leg, u32 n, date_t day, bool above, f64 at[2])
{
    for (u32 k = 0; k < FLIP_HALVINGS; k++) {
        f64 middle = 0.5 * (at[0] + at[1]);
        at[(exposure(leg, n, day, middle) > 0) == above ? 0 : 1] = middle;
    }
    return 0.5 * (at[0] + at[1]);
}

/* Outwards from spot, upwards first. Where the exposure is nothing at all there is no sign to change. */
static f64 flip_of(const chain_leg_t *leg, u32 n, date_t day, f64 here)
{
    bool above = here > 0;
    for (u32 k = 1; here != 0 && k <= FLIP_STEPS; k++) {
        for (u32 down = 0; down < 2; down++) {
            f64 step = down == 0 ? FLIP_STEP : -FLIP_STEP;
            f64 at[2] = {1.0 + step * (k - 1), 1.0 + step * k};
            f64 there = exposure(leg, n, day, at[1]);
            if (there != 0 && (there > 0) != above) {
                return crossing(leg, n, day, above, at);
            }
        }
    }
    return 0;
}

/* ---- what an expiry pays ---- */

static f64 paid(const chain_leg_t *leg, u32 n, f64 price)
{
    f64 sum = 0;
    for (u32 i = 0; i < n; i++) {
        f64 inside = leg[i].side * (price - leg[i].strike);
        sum += inside > 0 ? leg[i].open_interest * inside : 0;
    }
    return sum;
}

static f64 pain_of(const chain_leg_t *leg, u32 n)
{
    f64 best = 0;
    f64 least = 1e300;
    f64 open = 0;
    for (u32 i = 0; i < n; i++) {
        f64 sum = i > 0 && leg[i].strike == leg[i - 1].strike ? least : paid(leg, n, leg[i].strike);
        open += leg[i].open_interest;
        best = sum < least ? leg[i].strike : best;
        least = q_min(sum, least);
    }
    return open > 0 ? best : 0;
}

/* ---- all of it ---- */

/* Each strike's own, of one expiry. */
static bool strikes_mark(chain_leg_t *leg, u32 n, f64 forward, f64 years)
{
    bool held = false;
    for (u32 from = 0, end = 0; from < n; from = end) {
        end = strike_end(leg, from, n);
        f64 open = 0;
        f64 net = 0;
        for (u32 i = from; i < end; i++) {
            leg[i].net = 0;
            open += leg[i].open_interest;
            net += leg[i].side * leg[i].open_interest;
        }
        f64 sigma = forward > 0 && open > 0 ? chain_volatility(leg + from, end - from, forward, years) : 0;
        if (sigma > 0) {
            held = true;
            leg[from].forward = forward;
            leg[from].sigma = sigma;
            leg[from].net = net;
        }
    }
    return held;
}

static void move_take(date_t expiry, f64 sigma, f64 years, chain_digest_t *out)
{
    option_t o = {.spot = 1, .strike = 1, .years = years, .sigma = sigma, .side = 1};
    option_greeks_t g;
    if (option_value(&o, &g, NULL) == ERR_OK) {
        out->move = 2.0 * g.value;
        out->move_day = expiry;
    }
}

void chain_digest(chain_leg_t *leg, u32 n, date_t day, date_t due, chain_digest_t *out)
{
    ASSERT((leg != NULL || n == 0) && out != NULL);
    *out = (chain_digest_t){0};
    tenor_t below = {0, 0};
    tenor_t above = {0, 0};
    u32 first = 0;
    bool behind = false; /* an expiry behind the results has been seen */
    while (first < n && leg[first].expiry <= day) {
        first++;
    }
    for (u32 from = first, end = 0; from < n; from = end) {
        end = expiry_end(leg, from, n);
        i32 days = leg[from].expiry - day;
        f64 years = (f64)days / YEAR_DAYS;
        f64 forward = chain_forward(leg + from, end - from);
        bool asked = due > 0 && leg[from].expiry > due && !behind;
        bool near = days >= DAYS_LEAST && days <= DAYS_MOST && above.days == 0;
        f64 sigma =
            forward > 0 && (asked || near) ? chain_at_money(leg + from, end - from, forward, years) : 0;
        out->spot = out->spot == 0 ? forward : out->spot;
        out->held = strikes_mark(leg + from, end - from, forward, years) || out->held;
        if (near && sigma > 0) {
            *(days <= MONTH ? &below : &above) = (tenor_t){days, sigma};
        }
        if (asked && sigma > 0) {
            move_take(leg[from].expiry, sigma, years, out);
        }
        behind = behind || asked;
    }
    out->iv30 = thirty_days(&below, &above);
    u32 near = expiry_end(leg, first, n);
    out->max_pain = out->spot > 0 ? pain_of(leg + first, near - first) : 0;
    out->pain_day = out->max_pain > 0 ? leg[first].expiry : 0;
    if (out->held) {
        f64 shift = 0;
        out->gamma = exposure(leg + first, n - first, day, 1.0);
        shift = flip_of(leg + first, n - first, day, out->gamma);
        out->flip = shift * out->spot;
    }
}
