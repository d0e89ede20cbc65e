/* Recounts the accounts of a run from its journal alone: reads facts as JSON lines on standard input, one
 * object a line, and prints cash, positions and result of each in plain integers. It shares no code with the engine on
 * purpose: two programs that agree to the cent are worth more than one that agrees with itself.
 *
 * usage: recount START_CASH_MICROS [ACCOUNT [INST=EXPONENT ...]] < facts.jsonl
 * Each account began with that money; `-` takes what its first movement left, less what it moved, so that
 * this one movement proves nothing. ACCOUNT -1, or none: all of them.
 * Reads lines whose "kind" (or "name", "event") is fill or cash, in either case, with the fields of
 * event.def either beside it or in a nested object. Quantities are whole units unless an instrument's
 * exponent is given as INST=E, or stands in the table of a line of kind run_start.
 * Exit 0 if every cash_after and position_after in the journal equals the recount, 1 if not, 2 on unusable
 * input. */
#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUMENTS = 65536, ACCOUNTS = 4096, LINE = 1 << 24 };
__extension__ typedef __int128 wide_t;

typedef struct {
    int64_t qty;
    int64_t cost; /* signed micros of the open quantity */
} holding_t;

typedef struct {
    int64_t id;
    holding_t *held; /* [INSTRUMENTS] */
    int64_t start, cash, fees, realised, other;
    uint64_t fills, moves;
    int started;
} account_t;

static account_t accounts[ACCOUNTS];
static size_t account_count;
static int exponents[INSTRUMENTS];
static uint64_t wrong;

/* NULL: out of memory, or too many. */
static account_t *account_of(int64_t id)
{
    for (size_t i = 0; i < account_count; i++) {
        if (accounts[i].id == id) {
            return &accounts[i];
        }
    }
    if (account_count == ACCOUNTS) {
        return NULL;
    }
    account_t *a = &accounts[account_count];
    a->id = id;
    a->held = calloc(INSTRUMENTS, sizeof *a->held);
    if (a->held == NULL) {
        return NULL;
    }
    account_count++;
    return a;
}

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

static void disagree(const account_t *a, const char *what, int64_t journal, int64_t mine)
{
    wrong++;
    printf("DISAGREES account %" PRId64 " %s journal=%" PRId64 " recount=%" PRId64 " at fact %" PRIu64 "\n",
           a->id, what, journal, mine, a->fills + a->moves);
}

/* After a movement of `amount`. */
static void check_cash(account_t *a, const char *line, int64_t amount)
{
    int64_t cash_after;
    if (!number(line, "cash_after", &cash_after)) {
        return;
    }
    if (!a->started) {
        a->start = cash_after - amount;
        a->cash = cash_after;
        a->started = 1;
    }
    if (cash_after != a->cash) {
        disagree(a, "cash", cash_after, a->cash);
    }
}

static int on_fill(account_t *a, const char *line)
{
    int64_t inst, side, qty, price, fee, position_after;
    if (!number(line, "inst", &inst) || !number(line, "side", &side) || !number(line, "qty", &qty) ||
        !number(line, "price", &price) || !number(line, "fee", &fee) || inst < 0 || inst >= INSTRUMENTS ||
        qty <= 0) {
        return 0;
    }
    holding_t *h = &a->held[inst];
    int64_t divisor = 1000;
    for (int i = 0; i > exponents[inst]; i--) {
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
    a->realised += flow_out - cost_out;
    a->cash += flow - fee;
    a->fees += fee;
    a->fills++;
    check_cash(a, line, flow - fee);
    if (number(line, "position_after", &position_after) && position_after != h->qty) {
        disagree(a, "position", position_after, h->qty);
    }
    return 1;
}

static int on_cash(account_t *a, const char *line)
{
    int64_t inst = 0xFFFF, amount, before = 0, after = 0;
    if (!number(line, "amount", &amount)) {
        return 0;
    }
    (void)number(line, "inst", &inst);
    (void)number(line, "qty_before", &before);
    (void)number(line, "qty_after", &after);
    a->cash += amount;
    a->moves++;
    if (inst >= 0 && inst < 0xFFFF && before != after) {
        holding_t *h = &a->held[inst];
        h->qty = after; /* a split: the cost stays, what the fraction brought is part of the result below */
        h->cost = after == 0 ? 0 : h->cost; /* paid out, or less than a share after a split */
    }
    a->other += amount;
    check_cash(a, line, amount);
    return 1;
}

static void report(const account_t *a)
{
    int64_t open_cost = 0;
    for (int i = 0; i < INSTRUMENTS; i++) {
        if (a->held[i].qty != 0) {
            printf("position %d qty=%" PRId64 " cost=%" PRId64 "\n", i, a->held[i].qty, a->held[i].cost);
            open_cost += a->held[i].cost;
        }
    }
    printf("fills=%" PRIu64 " cash_moves=%" PRIu64 "\n", a->fills, a->moves);
    printf("cash=%" PRId64 " fees=%" PRId64 " realised=%" PRId64 " other=%" PRId64 "\n", a->cash, a->fees,
           a->realised, a->other);
    printf("result_at_cost=%" PRId64 "\n", a->cash + open_cost - a->start);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next byte of a hexadecimal text; -1 at its end. */
static int byte(const char **at)
{
    int high = digit((*at)[0]);
    int low = high < 0 ? -1 : digit((*at)[1]);
    *at += low < 0 ? 0 : 2;
    return low < 0 ? -1 : high * 16 + low;
}

/* What the run says of its instruments: how many (seven bits a byte, the last below 128), then for each the
 * length of its name (four bytes), the name, class, sector, decimals of a quantity, and eight bytes more. */
static int on_start(const char *line)
{
    static const char key[] = "\"instrument_table\":\"";
    const char *at = strstr(line, key);
    if (at == NULL) {
        return 0;
    }
    at += sizeof key - 1;
    uint64_t count = 0;
    for (int shift = 0, b = 128; b >= 128 && shift < 35; shift += 7) {
        b = byte(&at);
        if (b < 0) {
            return 0;
        }
        count |= (uint64_t)(b & 127) << shift;
    }
    for (uint64_t i = 0; i < count && i < INSTRUMENTS; i++) {
        uint32_t name = 0;
        for (int k = 0; k < 4; k++) {
            name |= (uint32_t)(byte(&at) & 255) << (8 * k);
        }
        for (uint32_t k = 0; k < name + 2; k++) {
            if (byte(&at) < 0) {
                return 0;
            }
        }
        exponents[i] = -byte(&at);
        for (int k = 0; k < 8; k++) {
            if (byte(&at) < 0) {
                return 0;
            }
        }
    }
    return 1;
}

/* 0 if the line was taken, -1 if it cannot be read, -2 without memory. */
static int take(const char *line, int64_t only, const int64_t *start)
{
    int fill = is_kind(line, "fill");
    if (is_kind(line, "run_start")) {
        return on_start(line) ? 0 : -1;
    }
    if (!fill && !is_kind(line, "cash")) {
        return 0;
    }
    int64_t id = 0;
    (void)number(line, "account", &id);
    if (only >= 0 && id != only) {
        return 0;
    }
    account_t *a = account_of(id);
    if (a == NULL) {
        return -2;
    }
    if (!a->started && start != NULL) {
        a->start = *start;
        a->cash = *start;
        a->started = 1;
    }
    return (fill ? on_fill(a, line) : on_cash(a, line)) ? 0 : -1;
}

int main(int argc, char **argv)
{
    static char line[LINE];
    int64_t start = argc > 1 ? strtoll(argv[1], NULL, 10) : 0;
    int told = argc > 1 && strcmp(argv[1], "-") != 0;
    int64_t only = argc > 2 ? strtoll(argv[2], NULL, 10) : -1;
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        long inst = strtol(argv[i], NULL, 10);
        if (equals == NULL || inst < 0 || inst >= INSTRUMENTS) {
            fprintf(stderr, "recount: want INST=EXPONENT, not %s\n", argv[i]);
            return 2;
        }
        exponents[inst] = (int)strtol(equals + 1, NULL, 10);
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        int err = take(line, only, told ? &start : NULL);
        if (err != 0) {
            fprintf(stderr, "recount: %s: %.200s\n", err == -1 ? "cannot read" : "no room for", line);
            return 2;
        }
    }
    for (size_t i = 0; i < account_count; i++) {
        if (account_count > 1) {
            printf("account %" PRId64 " began with %" PRId64 "\n", accounts[i].id, accounts[i].start);
        }
        report(&accounts[i]);
    }
    if (account_count == 0) {
        printf("fills=0 cash_moves=0\n");
    }
    printf("%s\n", wrong == 0 ? "AGREES" : "DISAGREES");
    return wrong == 0 ? 0 : 1;
}
