/* One account: cash, positions, orders, the day's counters and the trade bookkeeping that exits need.
 *
 * Promises: a plain value of fixed size without pointers; cash always equals the ledger's cash, settled
 * cash plus the settlement queue always equals cash, and a position is the sum of its fills
 * (account_check); in a cash account every sale of what was not paid with settled money is counted. All money
 * in fixed point. Pure: no clock, no memory, no stores; whatever must become a fact goes to the outbox handed
 * in. Leaves to others: order states (execution/), limits and permits (risk/), when to exit (exits/). */
#ifndef VITRINE_TRADE_PORTFOLIO_ACCOUNT_H
#define VITRINE_TRADE_PORTFOLIO_ACCOUNT_H

#include "model/bar.h"
#include "model/order.h"
#include "model/slicing.h"
#include "model/outbox.h"
#include "trade/portfolio/ledger.h"

typedef enum { /* stored ids: why a position ended */
    EXIT_NONE = 0, EXIT_STOP = 1, EXIT_TARGET = 2, EXIT_END_OF_DAY = 3, EXIT_REGIME = 4, EXIT_FLIP = 5,
    EXIT_MAX_HOLD = 6, EXIT_KILL = 7, EXIT_USER = 8, EXIT_RECONCILE = 9, EXIT_RUN_END = 10,
    EXIT_PAYOUT = 11, EXIT_REASON_COUNT = 12
} exit_reason_t;

typedef enum { /* stored ids: protocol of one exit, execution.h */
    EXITING_NO = 0,
    EXITING_CANCEL = 1, /* waits until entry remainder, stop and target are proven dead */
    EXITING_SENT = 2    /* the market exit works for what is left */
} exiting_t;

enum {
    TAG_PROBE = 1 << 0,
    TAG_HIGH_BETA = 1 << 1,
    TAG_MICRO = 1 << 2,
    TAG_NO_LIVE = 1 << 3,
    TAG_LEVERAGED = 1 << 4 /* a fund with a factor: maintenance of the whole value */
};

/* What stage 12 attaches to an entry and the position carries to its end: a copy, never looked up again. */
typedef struct {
    u64 cycle;
    u16 strategy;
    u16 kind;       /* evidence kind of confidence */
    u16 sector;     /* 0 unknown, 12 and more: own sector */
    u8 quality;     /* 1..5 */
    u8 conviction;  /* 0..100 */
    u8 regime;
    u8 intraday_regime;
    u16 spare;
    u32 flags;      /* TAG_* */
    price_t a;      /* A at entry, per share */
    price_t r;      /* planned entry to stop, per share, > 0 */
    price_t atr_d;  /* daily range: heat counts at least this per share */
    f64 c0;         /* prior confidence */
    f64 m0;         /* prior mean result in R */
    f64 confidence; /* what the gate saw */
    f64 score;      /* gate score, 0..100 */
    f64 ev_r;       /* expected value in R */
} trade_tag_t;

typedef struct {
    inst_t inst;         /* INST_NONE: a free slot */
    i8 direction;        /* +1 long, -1 short, 0 free */
    i8 exponent;         /* of the instrument */
    u8 exiting;          /* exiting_t */
    u8 exit_reason;      /* exit_reason_t of the exit under way */
    u8 exit_failures;    /* of this position so far: its pauses never get shorter */
    u8 cancel_tries;
    u8 adjusted;         /* a corporate action changed it */
    u8 protect_tries;    /* protective stops sent in a row that the broker did not take */
    i64 multiplier;
    qty_t qty;           /* signed */
    money_t cost;        /* signed like qty: what the open quantity cost (short: minus what it brought) */
    price_t avg;         /* per unit, rounded; cost is the truth */
    price_t mark;        /* last mid */
    i64 t_entry;         /* first fill */
    i64 t_exit_sent;
    i64 t_exit_failed;   /* last failed exit attempt: the cool-down starts here */
    date_t entry_date;
    u32 flags;           /* TAG_* */
    trade_tag_t tag;
    price_t r;           /* average entry to initial stop, per share; > 0 */
    price_t stop;        /* working protective stop, 0 none */
    price_t stop_initial;
    price_t target;      /* 0 none */
    price_t best;        /* best trade price since the fill, in direction */
    price_t price_max;   /* highest and lowest trade price since the fill */
    price_t price_min;
    price_t mfe;         /* per share, >= 0 */
    price_t mae;         /* per share, >= 0 */
    id128_t entry_id;
    id128_t stop_id;
    id128_t target_id;
    id128_t exit_id;
    qty_t opened;        /* unsigned, all entry fills */
    qty_t closed;        /* unsigned, all exit fills */
    money_t open_value;  /* sum of entry fills' notional, >= 0 */
    money_t close_value; /* sum of exit fills' notional, >= 0 */
    money_t fees;
    money_t realised;    /* gross of fees */
    money_t dividends;   /* signed */
    money_t spread_cost;
    money_t slippage_cost;
    money_t impact_cost;
    money_t risk_money;  /* r x opened: what one R is in money */
    date_t funds_due; /* cash account: when the unsettled money that paid for it settles; 0: all of it had */
} position_t;

enum { ORDER_EXEC_IDS = 24 };
/* What one execution, or its fee, or a position at its mark may come to; more is refused (ERR_OVERFLOW): a
 * mark may grow a thousandfold before sums of it do not fit any more. */
#define ACCOUNT_FILL_MAX (I64_MAX / 1024)
enum {
    ORDER_FLAG_CORRECTION = 1 << 0,
    ORDER_FLAG_CHILD = 1 << 1,
    ORDER_FLAG_CANCEL_WANTED = 1 << 2,
    ORDER_FLAG_FILL_WAITS = 1 << 3, /* a child's fill was heard before its entry's: looked up behind it */
    ORDER_FLAG_COUNTED = 1 << 4     /* an entry that stands in this day's count */
};

typedef struct {
    intent_t intent;     /* intent.id all zero and state 0: a free slot */
    trade_tag_t tag;     /* entries only */
    u8 state;            /* order_state_t, 0 free */
    u8 before;           /* state to return to when a cancel or replace is refused */
    i8 exponent;
    u8 end;              /* terminal state that was told while executions are missing; 0: none */
    u32 flags;           /* ORDER_FLAG_* */
    i64 multiplier;
    u64 epoch;
    u64 broker_order;
    i64 t_sent;
    i64 t_state;         /* of the last change */
    i64 t_doubt;         /* since when a look is owed an answer; one given earlier proves nothing. 0: none */
    qty_t live;          /* quantity the broker may fill in all: intent.qty, or for children the entry's fills
                            minus what the sibling closed */
    qty_t filled;        /* monotone */
    qty_t told;          /* the most that the broker said it filled; above `filled`: executions are missing */
    money_t value;       /* sum of fills' notional */
    price_t want_stop;   /* of a replace under way */
    i64 t_replace;       /* when that replace was asked for; 0: not known */
    u32 exec_count;
    u64 exec[ORDER_EXEC_IDS]; /* the last executions seen: a repeat is dropped */
} order_t;

typedef struct {
    money_t equity_start;
    money_t equity_high;
    money_t equity_low;
    money_t realised;      /* net results of trades closed today */
    u32 entries;           /* entries submitted and not refused today */
    u32 losses_in_row;
    u32 closed;
    u32 day_trades;
} account_day_t;

enum { ACCOUNT_SETTLE = 8, ACCOUNT_PDT_DAYS = 5, ACCOUNT_RATE = 256, ACCOUNT_GOOD_FAITH = 16 };
#define ACCOUNT_NOT_DUE INT32_MAX /* nothing on its way covers it */

typedef struct {
    date_t date;
    money_t amount;
} settle_t;

/* What the law asks of the account on the day, as the rule book says it (risk/rulebook.h). All zero: a margin
 * account. */
typedef struct {
    u8 cash; /* a cash account: what settles when matters */
    i32 freeze_days;
    u32 good_faith_max;     /* violations without consequence */
    date_t good_faith_from; /* violations from this day on count */
} account_law_t;

/* One sliced entry at work. Its order (INTENT_SLICED, HELD) counts what is left: live is its quantity without
 * what its slices have open, filled what they filled, so live - filled was never sent. */
enum { ACCOUNT_PLANS = 32 };
typedef struct {
    id128_t parent; /* all zero: a free place */
    slice_schedule_t schedule;
    u32 sent; /* slices so far: the next one's number is one more */
} account_plan_t;

/* Why an account opens nothing. */
enum {
    RECONCILE_BROKER = 1, /* the broker's books may be others than ours: a comparison that agrees ends it */
    RECONCILE_PERSON = 2, /* something a person has to look at: nothing but a command ends it */
    RECONCILE_ALL = 3
};

typedef struct {
    u64 account_id;
    u64 owner_id;
    u64 risk_group_id;
    id128_t incarnation;
    u64 intent_sequence;   /* last given */
    u64 permit_serial;     /* last given */
    u64 permit_open;       /* bit i: serial - i is issued and not used */
    u64 epoch;             /* raised by every kill and release */
    u8 killed;
    u8 reconcile;          /* RECONCILE_* bits; opens nothing until there are none */
    u16 spare;
    u32 orders_used;       /* slots at or above are free */
    u32 positions_used;    /* the same of positions; the slot below is taken */
    i64 visibility_delay_ns; /* broker: absence before this proves nothing */
    date_t today;
    date_t settles;        /* settlement date of what is sold today */
    money_t cash;
    money_t settled;
    settle_t settle[ACCOUNT_SETTLE];
    account_law_t law;
    date_t good_faith[ACCOUNT_GOOD_FAITH]; /* days of good-faith violations, newest first; 0 none */
    u32 good_faith_ever;
    u32 freerides_ever;
    date_t frozen_until; /* last day on which only settled cash buys; 0: never frozen */
    account_day_t day;
    u32 day_trades[ACCOUNT_PDT_DAYS]; /* the business days before today, newest first */
    i64 sent[ACCOUNT_RATE];           /* ring of the last opening submits */
    u64 sent_count;
    ledger_t ledger;
    position_t positions[LIMIT_POSITIONS];
    account_plan_t plans[ACCOUNT_PLANS];
    order_t orders[LIMIT_ORDERS];
    u8 halt_market;           /* halt_kind_t of the market-wide halt that stands, 0 none */
    u8 halts[LIMIT_UNIVERSE]; /* the same by instrument */
} account_t;

/* A finished position: all that reflection, evidence and reports need. */
typedef struct {
    id128_t entry_id;
    u64 account_id;
    inst_t inst;
    i8 direction;
    u8 reason;           /* exit_reason_t */
    u32 flags;           /* TAG_* */
    trade_tag_t tag;
    qty_t qty;           /* unsigned, largest held = all entry fills */
    price_t entry;       /* average */
    price_t exit;
    i64 t_entry;
    i64 t_exit;
    i64 hold_ns;
    date_t entry_date;
    date_t exit_date;
    money_t gross;
    money_t fees;
    money_t dividends;
    money_t net;         /* gross - fees + dividends */
    money_t spread_cost;
    money_t slippage_cost;
    money_t impact_cost;
    price_t a;
    price_t r;
    f64 gross_r;         /* in R; 0 if the trade had no stop */
    f64 net_r;
    price_t stop_initial;
    price_t stop_last;
    price_t target;
    price_t mfe;
    price_t mae;
    price_t price_max;
    price_t price_min;
    bool adjusted;       /* a corporate action fell inside */
} closed_trade_t;

enum { CLOSED_TRADES = 64 };
typedef struct {
    closed_trade_t v[CLOSED_TRADES];
    u32 count;
} closed_trades_t;

typedef struct {
    u64 account_id;
    u64 owner_id;
    u64 risk_group_id;
    id128_t incarnation;
    money_t cash;
    i64 visibility_delay_ns;
} account_setup_t;

typedef enum { /* stored ids */
    CASH_DIVIDEND = 1, CASH_SPLIT_FRACTION = 2, CASH_SPLIT = 3, CASH_INTEREST = 4, CASH_DEPOSIT = 5,
    CASH_BORROW = 6, CASH_PAYOUT = 7,
    CASH_BUNCH = 8 /* what did not divide between sub-ledgers: the shared account's own, its house */
} cash_kind_t;

/* "dividend"; "?" for an id that is none. */
const char *cash_kind_name(cash_kind_t kind);

/* Whether a corporate action booked it. */
static inline bool cash_is_action(cash_kind_t kind)
{
    return kind == CASH_DIVIDEND || kind == CASH_SPLIT_FRACTION || kind == CASH_SPLIT ||
           kind == CASH_PAYOUT;
}

/* A new account with all its cash settled and booked as equity paid in. */
void account_init(account_t *a, const account_setup_t *setup);
/* The same as `*to = *from`, for a tenth of the bytes: `to` is an account or all zero. */
void account_copy(account_t *to, const account_t *from);
/* Cash plus positions at their marks; as the next two, no more than +-I64_MAX. */
money_t account_equity(const account_t *a);
/* Sum of |quantity x mark|, and the signed sum. */
money_t account_gross(const account_t *a);
money_t account_net(const account_t *a);
u32 account_position_count(const account_t *a);
/* Finds positions_used again: after a slot was freed, or all of them were set. */
void account_positions_count(account_t *a);
/* NULL if there is none. */
position_t *account_position(account_t *a, inst_t inst);
const position_t *account_position_const(const account_t *a, inst_t inst);
order_t *account_order(account_t *a, id128_t id);
const order_t *account_order_const(const account_t *a, id128_t id);
/* The plan of a sliced order, NULL if it has none (any more). */
account_plan_t *account_plan(account_t *a, id128_t parent);
/* True if an opening order of the instrument is not terminal. */
bool account_entry_working(const account_t *a, inst_t inst);
/* True if a closing order may still fill though nothing of the instrument is held. */
bool account_outlived(const account_t *a, inst_t inst);

/* A message of the market about a halt, sound for this run (halt_is_sound). A resumption ends the halt that
 * it names, or whatever stands. */
void account_halt_note(account_t *a, const halt_t *h);
/* True while the instrument or the whole market does not trade. */
bool account_is_halted(const account_t *a, inst_t inst);

/* Sets the mark and follows the highs and lows of the day's equity. */
void account_mark(account_t *a, inst_t inst, price_t mid);
/* The same for all that is held and has a bar in the slice, in order of their slots: best price, excursions
 * from high and low, mark = close; of a bar that began before its position, the close alone counts. The
 * day's equity is followed from mark to mark. Call before the exits look. */
void account_mark_slice(account_t *a, const slice_t *slice);
/* Refreshes the day's high and low from the present marks. */
void account_watch(account_t *a);
/* Starts a session: matures settlements up to `today`, shifts the day-trade window, restarts the day's
 * counters from the present equity and frees terminal orders that no open position refers to. `settles` is
 * the settlement date of a sale made today. */
void account_day_begin(account_t *a, date_t today, date_t settles);
/* The law of the session that begins, before account_day_begin. */
void account_law_set(account_t *a, const account_law_t *law);
/* Good-faith violations that count today. */
u32 account_good_faith(const account_t *a);
/* Positions that were bought with money which has not settled: sold today, each is a violation. */
u32 account_unsettled_positions(const account_t *a);
/* Calendar days left of the freeze, today included; 0: not frozen. */
i32 account_frozen_days(const account_t *a);
/* Whether `count` more orders fit, once those that ended and that no open position refers to are dropped. */
bool account_orders_fit(const account_t *a, u32 count);
/* Makes room for them, dropping such orders when the pool is short. False, and nothing dropped, if they do
 * not fit. Pointers into orders[] are not valid afterwards. */
bool account_orders_room(account_t *a, u32 count);
/* Takes note that all money is there which what is held was bought with, if that is so. */
void account_funds_settled(account_t *a);
/* Settled cash as of now, never above cash. */
money_t account_settled(const account_t *a);
/* Day trades of the last `days` business days, today included; days from 1 to ACCOUNT_PDT_DAYS. */
u32 account_day_trades(const account_t *a, u32 days);

/* Applies a corporate action to an open position, and a split to resting orders of the instrument too; emits
 * CASH facts.
 * Split: quantity x num/den rounded toward zero, the fraction is paid in cash at `price` (raw, after the
 * split); prices x den/num, those of orders and of what protects a position on the tick of `t`, the
 * instrument (split_order_price). Dividend: long receives, short pays. Payout: the position becomes cash, and
 * a halt of the instrument ends with it. A position that is flat afterwards waits for account_close_flat or
 * exec_end_flat. ERR_OVERFLOW leaves the position as it was. */
MUST_USE err_t account_on_action(account_t *a, const action_t *action, const instrument_t *t,
                                 price_t price, outbox_t *out);
/* Money in or out that is no trade (interest, deposit). */
void account_on_cash(account_t *a, cash_kind_t kind, money_t amount, outbox_t *out);

/* Yearly rates in percent on a 360-day year, and the nights since the last call (three over a weekend). */
typedef struct {
    f64 borrow_pct; /* of a short's value: 0.30 easy to borrow */
    f64 debit_pct;  /* of borrowed cash */
    f64 credit_pct; /* of own cash; 0 unless the broker pays */
    i32 nights;
} carry_t;
/* Charges what a night costs: borrow fees to their positions (part of the trade's fees), interest to the
 * account. Emits CASH facts. Call at the end of a session, before account_day_begin. */
void account_carry(account_t *a, const carry_t *carry, outbox_t *out);

/* quantity and price after a split, the one rule for positions, orders and the paper broker.
 * Quantity rounds toward zero, price to nearest. ERR_OVERFLOW, ERR_PARAM_RANGE for a ratio that is not
 * positive. */
MUST_USE err_t split_qty(qty_t qty, const action_t *action, qty_t *out);
MUST_USE err_t split_price(price_t price, const action_t *action, price_t *out);
/* A price that an order names, on the tick: of one that buys at or below what the ratio gives, of one that
 * sells at or above it. So nothing is bought for more or sold for less than before, a stop protects at least
 * as much, and a limit gives nothing away. 0, no price, stays it. The same errors. */
MUST_USE err_t split_order_price(price_t price, const action_t *action, const instrument_t *t, bool buys,
                                 price_t *out);

/* One execution to be booked. */
typedef struct {
    inst_t inst;
    u8 side;
    u8 role;
    i8 exponent;
    i64 multiplier;
    i64 t_event;
    qty_t qty;     /* > 0 */
    price_t price;
    money_t fee;
    money_t spread_cost;
    money_t slippage_cost;
    money_t impact_cost;
} fill_t;

/* Books a fill: cash, settlement, ledger, position. *realised is gross of fees. The position slot is
 * returned through *position (never NULL on success); it may now be flat, and then account_close turns it
 * into a trade. ERR_POOL_FULL when a new position finds no slot, ERR_OVERFLOW; the account is unchanged on
 * error. */
MUST_USE err_t account_book(account_t *a, const fill_t *fill, money_t *realised, position_t **position);
/* A flat position becomes a closed trade and its slot is freed; updates losses in a row, day trades,
 * realised. `loss_min_r`: a net result below minus this counts as a loss. */
void account_close(account_t *a, position_t *p, i64 t_exit, f64 loss_min_r, closed_trade_t *out);
/* Closes every position whose quantity has become zero outside a fill (a payout, a reverse split that leaves
 * only a fraction). Returns how many were appended. */
u32 account_close_flat(account_t *a, i64 t, f64 loss_min_r, closed_trades_t *out);
/* Recomputes what must hold (cash = ledger, settled + queue = cash, positions at cost = ledger, balanced
 * books). */
bool account_check(const account_t *a);
const char *exit_reason_name(exit_reason_t r);

#endif
