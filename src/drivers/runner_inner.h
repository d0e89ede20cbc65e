/* The runner's state, shared by the loop (runner.c) and its way back after a crash (resume.c). */
#ifndef VITRINE_DRIVERS_RUNNER_INNER_H
#define VITRINE_DRIVERS_RUNNER_INNER_H

#include "drivers/block.h"
#include "drivers/flight.h"
#include "drivers/order_door.h"
#include "drivers/paper.h"
#include "drivers/runner.h"
#include "drivers/told.h"
#include "drivers/workers.h"

/* Messages: of a step that concerns one desk. */
enum { RUNNER_MESSAGES = 4096, RUNNER_TABLE = 1 << 20, RUNNER_USERS = 1 << 19 };

typedef struct {
    const runner_spec_t *spec;
    diag_t *diag;
    workers_t workers;
    market_t market;
    engine_t *engine;
    paper_t paper;
    paper_context_t *context;
    door_word_t *word; /* [desks] */
    u32 desks;
    order_door_t door;
    block_t block;
    u32 message_cap;       /* of messages and of results */
    ev_BROKER_t *messages; /* queue of the broker's words, a ring is not needed: drained to the end */
    u32 message_count;
    u32 message_at;
    ev_SEND_RESULT_t *results; /* the door's own words, told to the engine before the broker's */
    u32 result_count;
    u32 result_at;
    bool timed;          /* time passes while the broker speaks: loops get their turns between its words */
    ask_t *asks;         /* questions of loops: positions to the broker, drills to the door; [2 desks] */
    u32 ask_count;
    u32 ask_at;
    flight_t flight;
    probe_t *probe; /* who counts; NULL: nobody */
    date_t session;
    i64 session_open;
    digest_t input;
    bool was_killed;
    u32 block_at;
    told_t told;
    bool source_end;
    bool ended;         /* a resumed run whose last event stands already */
    bool broker_ahead;  /* the broker has met the next slice, the engine has not */
    bool session_ahead; /* so has the session's own input */
    bool snapshot_wanted;
    u8 *reconcile;      /* [desks] after a resume: entries wait until the account agrees with the broker */
    i64 *broker_qty;    /* [desks][instruments] positions as the broker has told them, fill by fill */
    runner_result_t result;
} runner_t;

/* One input through the engine, journal and door; the answers join the queue. */
MUST_USE err_t runner_take(runner_t *r, event_t *e, const slice_t *slice, i32 slot);
/* Feeds the broker's words one by one until none is left, and a TIMER wherever a loop has something to do
 * before the next of them. */
MUST_USE err_t runner_drain(runner_t *r);
/* Answers a loop's question to the broker or to the door (runner_answers.c). */
MUST_USE err_t runner_answer(runner_t *r, const ask_t *ask);
/* The next slice that is not history, or NULL at the end of the source; history passes into the broker's
 * context. */
MUST_USE err_t runner_peek(runner_t *r, const slice_t **out, i32 *slot);
/* The broker learns of a halt. */
void runner_halt(runner_t *r, const ev_HALT_t *h);
/* The broker's positions after the corporate actions of a slice. */
void runner_actions(runner_t *r, const slice_t *s);
/* A new session: its times for the broker. True if the slice begins one. */
bool runner_session(runner_t *r, const slice_t *s);
/* What is kept of a slice once the engine has seen it. */
void runner_passed(runner_t *r, const slice_t *s, i32 slot, u64 hash);
/* The engine's state into the journal, if the run is durable. */
MUST_USE err_t runner_snapshot(runner_t *r);
/* What the broker has told of one desk's positions, by instrument. */
i64 *runner_broker_qty(const runner_t *r, u32 desk);
/* An execution that the broker tells counts there, before the engine hears of it. */
void runner_broker_count(runner_t *r, const ev_BROKER_t *m);
/* An engine of this run as it was before its first input. */
MUST_USE err_t runner_engine(runner_t *r, engine_t **out);

#endif
