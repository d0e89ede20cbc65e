/* Recounts an account from its journal alone: reads facts as JSON lines on standard input, one object a
 * line, and prints cash, positions and result in plain integers. It shares no code with the engine on
 * purpose: two programs that agree to the cent are worth more than one that agrees with itself.
 *
 * usage: recount START_CASH_MICROS [ACCOUNT [EXPONENT_INST=E ...]] < facts.jsonl
 * Reads lines whose "kind" (or "name", "event") is fill or cash, in either case, with the fields of
 * event.def either beside it or in a nested object. Quantities are whole units unless an instrument's
 * exponent is given as INST=E.
 * Exit 0 if every cash_after and position_after in the journal equals the recount, 1 if not, 2 on unusable
 * input. */
#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUMENTS = 65536, LINE = 1 << 16 };
__extension__ typedef __int128 wide_t;

typedef struct {
    int64_t qty;
    int64_t cost; /* signed micros of the open quantity */
    int exponent;
} holding_t;

static holding_t held[INSTRUMENTS];
static int64_t cash, fees, realised, other;
static uint64_t fills, moves, wrong;

/* Finds "name": value as an integer; fields are unique within one fact. */
static int number(const char *line, const char *name, int64_t *out)
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\"", name);
    const char *at = strstr(line, key);
    if (at == NULL) {
        return 0;
    }
    at += strlen(key);
    while (*at == ' ' || *at == ':' || *at == '"') {
        at++;
    }
    char *end = NULL;
    *out = strtoll(at, &end, 10);
    return end != at;
}

static int is_kind(const char *line, const char *kind)
{
    static const char *const keys[] = {"\"kind\"", "\"name\"", "\"event\"", "\"type\""};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *at = strstr(line, keys[k]);
        if (at == NULL) {
            continue;
        }
        at += strlen(keys[k]);
        while (*at == ' ' || *at == ':' || *at == '"') {
            at++;
        }
        size_t i = 0;
        while (kind[i] != '\0' && tolower((unsigned char)at[i]) == kind[i]) {
            i++;
        }
        if (kind[i] == '\0' && !isalnum((unsigned char)at[i]) && at[i] != '_') {
            return 1;
        }
    }
    return 0;
}

/* a x b / c, half away from zero. */
static int64_t scaled(int64_t a, int64_t b, int64_t c)
{
    wide_t p = (wide_t)a * b;
    wide_t q = p / c;
    wide_t r = p % c;
    wide_t twice = (r < 0 ? -r : r) * 2;
    if (twice >= (c < 0 ? -(wide_t)c : (wide_t)c)) {
        q += (p < 0) == (c < 0) ? 1 : -1;
    }
    return (int64_t)q;
}

static void disagree(const char *what, int64_t journal, int64_t mine)
{
    wrong++;
    printf("DISAGREES %s journal=%" PRId64 " recount=%" PRId64 " at fact %" PRIu64 "\n", what, journal, mine,
           fills + moves);
}

static int on_fill(const char *line)
{
    int64_t inst, side, qty, price, fee, cash_after, position_after;
    if (!number(line, "inst", &inst) || !number(line, "side", &side) || !number(line, "qty", &qty) ||
        !number(line, "price", &price) || !number(line, "fee", &fee) || inst < 0 || inst >= INSTRUMENTS ||
        qty <= 0) {
        return 0;
    }
    holding_t *h = &held[inst];
    int64_t divisor = 1000;
    for (int i = 0; i > h->exponent; i--) {
        divisor *= 10;
    }
    int buy = side == 1 || side == 4;
    int64_t value = scaled(price, qty, divisor);
    int64_t flow = buy ? -value : value;
    int64_t size = h->qty < 0 ? -h->qty : h->qty;
    int64_t closing = h->qty != 0 && (h->qty > 0) != buy ? (size < qty ? size : qty) : 0;
    int64_t flow_out = closing == qty ? flow : closing == 0 ? 0 : scaled(flow, closing, qty);
    int64_t cost_out = closing == 0 ? 0 : closing == size ? h->cost : scaled(h->cost, closing, size);
    h->qty += buy ? qty : -qty;
    h->cost += -cost_out - (flow - flow_out);
    realised += flow_out - cost_out;
    cash += flow - fee;
    fees += fee;
    fills++;
    if (number(line, "cash_after", &cash_after) && cash_after != cash) {
        disagree("cash", cash_after, cash);
    }
    if (number(line, "position_after", &position_after) && position_after != h->qty) {
        disagree("position", position_after, h->qty);
    }
    return 1;
}

static int on_cash(const char *line)
{
    int64_t inst = 0xFFFF, amount, before = 0, after = 0, cash_after;
    if (!number(line, "amount", &amount)) {
        return 0;
    }
    (void)number(line, "inst", &inst);
    (void)number(line, "qty_before", &before);
    (void)number(line, "qty_after", &after);
    cash += amount;
    moves++;
    if (inst >= 0 && inst < 0xFFFF && before != after) {
        held[inst].qty =
            after; /* a split: the cost stays, what the fraction brought is part of the result below */
        held[inst].cost = after == 0 ? 0 : held[inst].cost; /* paid out, or less than a share after a split */
    }
    other += amount;
    if (number(line, "cash_after", &cash_after) && cash_after != cash) {
        disagree("cash", cash_after, cash);
    }
    return 1;
}

static int report(int64_t start)
{
    int64_t open_cost = 0;
    for (int i = 0; i < INSTRUMENTS; i++) {
        if (held[i].qty != 0) {
            printf("position %d qty=%" PRId64 " cost=%" PRId64 "\n", i, held[i].qty, held[i].cost);
            open_cost += held[i].cost;
        }
    }
    printf("fills=%" PRIu64 " cash_moves=%" PRIu64 "\n", fills, moves);
    printf("cash=%" PRId64 " fees=%" PRId64 " realised=%" PRId64 " other=%" PRId64 "\n", cash, fees, realised,
           other);
    printf("result_at_cost=%" PRId64 "\n", cash + open_cost - start);
    printf("%s\n", wrong == 0 ? "AGREES" : "DISAGREES");
    return wrong == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    static char line[LINE];
    int64_t start = argc > 1 ? strtoll(argv[1], NULL, 10) : 0;
    int64_t only = argc > 2 ? strtoll(argv[2], NULL, 10) : -1;
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        long inst = strtol(argv[i], NULL, 10);
        if (equals == NULL || inst < 0 || inst >= INSTRUMENTS) {
            fprintf(stderr, "recount: want INST=EXPONENT, not %s\n", argv[i]);
            return 2;
        }
        held[inst].exponent = (int)strtol(equals + 1, NULL, 10);
    }
    cash = start;
    while (fgets(line, sizeof line, stdin) != NULL) {
        int64_t account;
        if (only >= 0 && number(line, "account", &account) && account != only) {
            continue;
        }
        int known = is_kind(line, "fill") ? on_fill(line) : is_kind(line, "cash") ? on_cash(line) : 1;
        if (!known) {
            fprintf(stderr, "recount: cannot read: %.200s\n", line);
            return 2;
        }
    }
    return report(start);
}
