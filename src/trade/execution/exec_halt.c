/* Halts: what an account does when trading stops and when it goes on. See execution.h. */
#include "base/assert.h"
#include "trade/execution/exec_steps.h"

static bool concerns(const halt_t *h, inst_t inst)
{
    return h->inst == INST_NONE || h->inst == inst;
}

/* Entries that may still fill. The sliced order itself never left: it waits for the next price. */
static void entries_cancel(exec_t *x, const halt_t *h)
{
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *o = &x->a->orders[i];
        bool entry = order_is_live(o) && o->intent.role == ROLE_ENTRY && !order_is_sliced(o);
        if (entry && concerns(h, o->intent.inst) && o->state != ORDER_PENDING_CANCEL) {
            exec_want_cancel(x, o);
        }
    }
}

/* An exit whose cancels came through in the halt is sent now; what lost its stop gets one. */
static void positions_go_on(exec_t *x, const halt_t *h)
{
    for (u32 i = 0; i < x->a->positions_used; i++) {
        position_t *p = &x->a->positions[i];
        if (p->inst == INST_NONE || p->qty.v == 0 || !concerns(h, p->inst) ||
            account_is_halted(x->a, p->inst)) {
            continue;
        }
        exec_exit_advance(x, p);
        exec_protect(x, p);
    }
}

void exec_on_halt(account_t *a, const halt_t *h, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && h != NULL && out != NULL);
    exec_t x = {.a = a, .out = out, .now = now};
    account_halt_note(a, h);
    if (h->halted != 0) {
        entries_cancel(&x, h);
    } else {
        positions_go_on(&x, h);
    }
    ASSERT_SLOW(exec_check(a));
}
