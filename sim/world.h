/* The order simulation: one small world from one seed.
 *
 * A world is 3 to 30 names with random prices and one to five accounts of one process. Each has a trader who
 * opens, cancels, ratchets and leaves at random through the real gates, permits and execution, and stands at
 * a venue: a broker with faults. In one of six worlds of several accounts two or three of them are
 * sub-ledgers of one account there, and some of what they want leaves as one order
 * (trade/execution/bunch.h). All share the real journal on a simulated disk, the real order door, and a
 * market that halts.
 * Every event is followed by the checkers of every account, and by the question whether one account's event
 * touched another. Then the faults stop, and within five simulated minutes everything must have come to rest.
 * Promises: a function of the seed (and of the hooks of a mutant). One world at a time in a process: the disk
 * is SQLite's default file system while it lives. Leaves to others: what must hold (checkers.h). */
#ifndef VITRINE_SIM_WORLD_H
#define VITRINE_SIM_WORLD_H

#include "sim/checkers.h"
#include "sim/disk.h"
#include "store/journal.h"
#include "trade/execution/bunch_table.h"
#include "trade/execution/reconcile.h"
#include "trade/execution/recover.h"
#include "trade/risk/gates.h"

typedef struct world world_t;

/* Where a wrong version of the engine can be put in its place, from outside: all NULL in a true run. */
typedef struct {
    void *self;
    /* A message before it is applied; false drops it. */
    bool (*on_message)(void *self, world_t *w, ev_BROKER_t *m);
    /* Facts and effects of a step before they are written. */
    void (*on_step)(void *self, world_t *w);
    /* Before the gates look, and after. */
    void (*before_gates)(void *self, world_t *w);
    void (*after_gates)(void *self, world_t *w);
    /* A permit before it is used. */
    void (*on_permit)(void *self, world_t *w, risk_permit_t *permit);
    /* What the sub-ledgers of one account are about to hear of an order of several. */
    void (*on_words)(void *self, world_t *w, bunch_words_t *words);
    /* Once a simulated second, between events. */
    void (*on_second)(void *self, world_t *w);
    /* After the facts were applied again, before recover_finish; and after that. */
    void (*on_recover)(void *self, world_t *w);
    void (*on_recovered)(void *self, world_t *w);
    bool not_durable; /* synchronous=NORMAL */
    bool send_early;  /* effects leave before their batch is durable */
    bool door_deaf;   /* the door never hears of kills */
    bool plain;       /* as worlds were at first: one account, few names, no halts */
    bool lone;        /* no two accounts share one at a broker */
    bool shared;      /* the first ones share it wherever there are several */
    bool apart;       /* nothing that hangs on one account reaches another: lone, no deaths, no corporate
                         actions */
    u32 slow_disk;    /* one of so many writes and syncs takes a second to five minutes; 0: none */
    bool door_late;   /* the door lets out what came too late */
    bool trust_sync;  /* RECONCILE is cleared whatever the comparison says */
} world_hooks_t;

enum { WORLD_DESKS = 5, WORLD_INBOX = 512, WORLD_LAST = 24 };

/* An account at a broker: that broker, what is true there, and the faults of both. One account of the world
 * stands there, or several that are its sub-ledgers. */
typedef struct {
    u64 account; /* its number there */
    u64 seed;
    u32 first, count; /* desks that stand there */
    faults_t faults;
    reference_t reference;
    world_broker_t broker;
    u64 outside_draws;
} world_venue_t;

/* One account of the world: its books, twice; where it trades; what is asked of it. Its chance is its own, so
 * that what happens to an account of another venue changes nothing here. */
typedef struct {
    u64 seed;
    u64 draws;
    bool killed;   /* its kill word */
    bool kill_due; /* the engine has not heard of it yet */
    i64 t_release;
    config_t config;
    account_setup_t setup;
    account_t *account;  /* the engine's */
    account_t *shadow;   /* from the durable facts alone */
    recover_t replay;    /* into shadow, or into account while it recovers */
    bool same, compared; /* while it recovers: equal to the shadow at the last acknowledged event */
    exec_watch_t watch;
    world_venue_t *venue;
    checkers_t check;
    u64 trace;      /* over its inputs and facts */
    u64 trace_stop; /* the same when the faults stopped */
    bool was_down; /* no session to the broker at the last look */
    u64 lookups;
    u64 halt_waits; /* seconds in which an exit waited for the end of a halt */
} world_desk_t;

/* What the door said, not yet taken. */
typedef struct {
    u32 desk;
    event_t e;
} world_mail_t;

struct world {
    u64 seed;
    const world_hooks_t *hooks; /* never NULL */
    i64 now, t_stop, t_end;
    u32 names;
    bool crashed;
    bool returning; /* the first step after a restart, which is of all accounts */
    f64 loss_min_r;
    instrument_t instruments[REF_NAMES];
    world_desk_t *own_desks; /* [WORLD_DESKS] */
    u32 desk_count;
    world_desk_t *d; /* whose turn it is */
    world_venue_t *own_venues; /* [WORLD_DESKS] */
    u32 venue_count;
    bunch_table_t bunches;        /* orders of several sub-ledgers */
    bunch_table_t bunches_shadow; /* the same from the durable record alone */
    account_t *account[WORLD_DESKS]; /* of the desks, as they are now */
    bunch_words_t heard;          /* what the shadow makes of the input at hand */
    arena_t bunch_memory;
    bool bunches_compared; /* while it recovers, as of accounts */
    u64 bunches_made;
    check_shared_t shared; /* what was asked of accounts that several share */
    disk_t *disk;
    store_t *store;
    journal_t *journal;
    u64 acknowledged; /* sequence reported durable */
    u8 *bytes[2];     /* canonical bytes of two accounts */
    outbox_t out;
    outbox_t scratch; /* facts that stand in the journal already */
    effect_t *sending;
    closed_trades_t closed;
    order_door_t door;
    door_word_t words[WORLD_DESKS];
    world_mail_t inbox[WORLD_INBOX];
    u32 inbox_from, inbox_count;
    event_t last[WORLD_LAST]; /* for people */
    u64 last_count;
    u64 restarts, steps;
    u64 price_draws, action_draws;
    ev_TIMER_t action; /* of the market, not known to be durable; timer 0: none */
    i64 halt_until[REF_NAMES + 1]; /* by name, the whole market last; 0: trades */
    u64 halt_draws;
    u64 halts;        /* begun */
    u64 stalls;       /* steps that waited for the disk */
    u64 held_back;    /* orders that the door held because the time to send them was over */
    u64 actions_held; /* splits and delistings of what an account held */
};

typedef struct {
    u64 seed;
    bool failed;
    bool stopped;       /* the process died in it: nothing else is known */
    u64 broken_account; /* whose invariant it was */
    char what[CHECK_TEXT];
    i64 lived; /* simulated time, ns */
    u32 accounts, names;
    u64 fills, unknowns, restarts, steps, lookups, checks, halts, halt_waits;
    u64 stalls, held_back;
    u64 sharing;      /* accounts that share one at a broker */
    u64 bunches;      /* orders of several that left */
    u64 shared_whole; /* times that their sums were compared to the cent */
    u64 outside;      /* trades that were not ours */
    u64 actions_held; /* splits and delistings of what was held */
    u64 fired[FAULT_COUNT];
    u64 trace[WORLD_DESKS];      /* by account: everything that it heard and did */
    u64 trace_stop[WORLD_DESKS]; /* until the faults stopped: from there on accounts wait for each other */
} world_result_t;

/* Memory for worlds, one after the other. ERR_NO_MEMORY. */
MUST_USE err_t world_open(world_t **out);
void world_close(world_t *w);
/* Runs one seed to its end or to the first broken invariant. `hooks` may be NULL. ERR_*: the world itself
 * failed. */
MUST_USE err_t world_run(world_t *w, u64 seed, const world_hooks_t *hooks, world_result_t *out);
/* The last events of the run just ended, one JSON object a line. */
void world_print_last(const world_t *w, void (*line)(void *ctx, const char *text), void *ctx);

/* For the files of the world and for hooks. Chance of the account whose turn it is. */
u64 world_below(world_t *w, u64 bound);
/* Gives the turn to an account. */
void world_turn(world_t *w, u32 desk);
/* Journals the input with the facts in the outbox, checks, and lets the effects go. The step is of the
 * account whose turn it is; that of an action or a halt, and the first after a restart, may be of all. False
 * if the machine died. */
bool world_commit(world_t *w, event_t *input);
event_t world_input(const world_t *w, event_kind_t kind);
/* The engine's part of the kill switch. */
void world_kill(world_t *w);
/* What every entry of the trader is tagged with. */
trade_tag_t world_tag(void);
/* Once a second: what stops trading, and what goes on. */
void world_halts_turn(world_t *w);
/* After a restart: what the recovered account does not know of it. */
void world_halts_again(world_t *w);
/* Once a second: what the user and the broker do in the account beside us. */
void world_outside_turn(world_t *w);
/* Once a second: splits and delistings of names that are at rest in every account. */
void world_actions_turn(world_t *w);
/* After a restart: what the market did and no journal holds. */
void world_actions_again(world_t *w);
/* What an input of them makes of an account, by the engine's own rule; false if it is none. */
bool world_action_apply(world_t *w, const event_t *input, account_t *a, outbox_t *out);
/* One action of the random trader. */
void world_trade(world_t *w);

#endif
