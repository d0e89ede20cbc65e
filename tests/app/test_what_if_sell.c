/* `what-if sell` on trades that a demo made: the lot is the trade's own entry, the gain is what the price
 * makes of it, a part is a part, and before the entry and behind the exit nothing is held. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/faces/line.h"
#include "tests/store/home.h"

typedef struct {
    char open[24], close[24], symbol[16], side[8];
    f64 qty, rate, fee;
} trade_t;

/* The first long trade, of more shares than one, that lasted over the minute of its fill. */
static bool long_trade(const char *path, trade_t *t)
{
    char line[512];
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    bool found = false;
    while (!found && fgets(line, sizeof line, f) != NULL) {
        f64 close = 0;
        i32 n = sscanf(line, "%23[^,],%23[^,],%15[^,],%7[^,],%lf,%lf,%lf,%lf", t->open, t->close, t->symbol,
                       t->side, &t->qty, &t->rate, &close, &t->fee);
        found = n == 8 && strcmp(t->side, "long") == 0 && t->qty > 2 && strncmp(t->open, t->close, 15) != 0;
    }
    CHECK_EQ(fclose(f), 0);
    return found;
}

/* The number behind a key of the JSON line. */
static f64 number(const char *json, const char *key)
{
    const char *at = strstr(json, key);
    CHECK(at != NULL);
    return strtod(at + strlen(key), NULL);
}

static bool near_cent(f64 a, f64 b)
{
    return a - b < 0.02 && b - a < 0.02;
}

TEST(what_closing_a_trade_would_leave)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char line[512];
    char *out = NULL;
    char *err = NULL;
    trade_t t;
    home_make(home);
    CHECK_EQ(line_run(home, "demo --headless --sessions 3 --seed 5 --quiet", &out, &err), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "report --csv %s/t.csv", home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "%s/t.csv", home);
    CHECK(long_trade(line, &t));
    f64 price = t.rate + 1.0;
    t.open[15]++; /* the minute's tens: the fill is booked, the exit is not */
    (void)snprintf(line, sizeof line, "what-if sell all %s --price %.4f --at %.19s --tax 30,15 --json",
                   t.symbol, price, t.open);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    f64 gain = number(out, "\"gain_short_term\":");
    CHECK(near_cent(number(out, "\"proceeds\":"), t.qty * price));
    CHECK(gain > t.qty - 0.02 && gain < t.qty + 0.02); /* a dollar a share */
    CHECK(near_cent(number(out, "\"tax\":"), 0.30 * gain));
    CHECK(near_cent(number(out, "\"after_tax\":"), t.qty * price - 0.30 * gain));
    CHECK(number(out, "\"deferred\":") == 0 && strstr(out, "\"wash_until\":null") != NULL);
    (void)snprintf(line, sizeof line, "what-if sell 2 %s --price %.4f --at %.19s --tax 30,15", t.symbol,
                   t.rate - 1.0, t.open);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    CHECK(strstr(out, ": close 2 ") != NULL && strstr(out, "  lot of 2025-01-") != NULL);
    CHECK(strstr(out, "  gain     short-term -2.00, long-term +0.00") != NULL);
    CHECK(strstr(out, "2.00 of the loss deferred if it is bought back by 2025-02-") != NULL);
    CHECK(strstr(out, "  tax      -0.60; ") != NULL);
    (void)snprintf(line, sizeof line, "what-if sell 100000 %s --at %.19s", t.symbol, t.open);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_USAGE);
    CHECK(strstr(err, "are held\n  do: name so many or fewer") != NULL);
    (void)snprintf(line, sizeof line, "what-if sell all %s", t.symbol); /* a demo ends flat */
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_NOT_FOUND);
    home_remove(home);
    free(out);
    free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_closing_a_trade_would_leave),
    };
    return RUN_TESTS(tests);
}
