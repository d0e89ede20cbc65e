/* Symbols: every accepted family, every refusal with its message, and round trips over generated contracts.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/currency.h"
#include "model/sector.h"
#include "model/symbol.h"

typedef struct {
    const char *text;
    const char *canonical;
    asset_class_t cls;
    calendar_id_t cal;
    const char *underlying;
    i32 expiry; /* YYYYMMDD or 0 */
    i64 strike;
    char right;
    i64 multiplier;
    i64 tick;
} good_t;

static i32 number(date_t date)
{
    i32 y;
    i32 m;
    i32 d;
    date_to_ymd(date, &y, &m, &d);
    return y * 10000 + m * 100 + d;
}

static const good_t good_cases[] = {
    {"AAPL", "AAPL", CLASS_STOCK, CAL_NYSE, "", 0, 0, 0, 1, 10000000},
    {"A", "A", CLASS_STOCK, CAL_NYSE, "", 0, 0, 0, 1, 10000000},
    {"BRK.B", "BRK.B", CLASS_STOCK, CAL_NYSE, "", 0, 0, 0, 1, 10000000},
    {"BF-B", "BF.B", CLASS_STOCK, CAL_NYSE, "", 0, 0, 0, 1, 10000000},
    {"SPY", "SPY", CLASS_ETF, CAL_NYSE, "", 0, 0, 0, 1, 10000000},
    {"TQQQ", "TQQQ", CLASS_ETF, CAL_NYSE, "QQQ", 0, 0, 0, 1, 10000000},
    {"USD", "USD", CLASS_ETF, CAL_NYSE, "SOXX", 0, 0, 0, 1, 10000000},
    {"^VIX", "^VIX", CLASS_INDEX, CAL_NYSE, "", 0, 0, 0, 1, 10000000},
    {"AAPL250613C00200000", "AAPL250613C00200000", CLASS_OPTION, CAL_NYSE, "AAPL", 20250613, 200000000000,
     'C', 100, 10000000},
    {"AAPL  250613C00200000", "AAPL250613C00200000", CLASS_OPTION, CAL_NYSE, "AAPL", 20250613, 200000000000,
     'C', 100, 10000000},
    {"F     261218P00012500", "F261218P00012500", CLASS_OPTION, CAL_NYSE, "F", 20261218, 12500000000, 'P',
     100, 10000000},
    {"BRKB250620P00450000", "BRKB250620P00450000", CLASS_OPTION, CAL_NYSE, "BRK.B", 20250620, 450000000000,
     'P', 100, 10000000},
    {"SPXW250613C06000000", "SPXW250613C06000000", CLASS_OPTION, CAL_NYSE, "^SPX", 20250613, 6000000000000,
     'C', 100, 10000000},
    {"GOOGLE250613C00000001", "GOOGLE250613C00000001", CLASS_OPTION, CAL_NYSE, "GOOGLE", 20250613, 1000000,
     'C', 100, 10000000},
    {"ESZ25", "ESZ25", CLASS_FUTURE, CAL_CME, "ES", 20251219, 0, 0, 50, 250000000},
    {"ESZ2025", "ESZ25", CLASS_FUTURE, CAL_CME, "ES", 20251219, 0, 0, 50, 250000000},
    {"ESM26", "ESM26", CLASS_FUTURE, CAL_CME, "ES", 20260618, 0, 0, 50,
     250000000}, /* third Friday is Juneteenth */
    {"MNQH26", "MNQH26", CLASS_FUTURE, CAL_CME, "MNQ", 20260320, 0, 0, 2, 250000000},
    {"6JZ24", "6JZ24", CLASS_FUTURE, CAL_CME, "6J", 20241216, 0, 0, 12500000, 500},
    {"6CZ24", "6CZ24", CLASS_FUTURE, CAL_CME, "6C", 20241217, 0, 0, 100000, 50000},
    {"CLF25", "CLF25", CLASS_FUTURE, CAL_CME, "CL", 20241219, 0, 0, 1000, 10000000},
    {"MCLF25", "MCLF25", CLASS_FUTURE, CAL_CME, "MCL", 20241218, 0, 0, 100, 10000000},
    {"NGG25", "NGG25", CLASS_FUTURE, CAL_CME, "NG", 20250129, 0, 0, 10000, 1000000},
    {"RBF25", "RBF25", CLASS_FUTURE, CAL_CME, "RB", 20241231, 0, 0, 42000, 100000},
    {"GCZ24", "GCZ24", CLASS_FUTURE, CAL_CME, "GC", 20241227, 0, 0, 100, 100000000},
    {"ZNZ24", "ZNZ24", CLASS_FUTURE, CAL_CME, "ZN", 20241219, 0, 0, 1000, 15625000},
    {"ZTZ24", "ZTZ24", CLASS_FUTURE, CAL_CME, "ZT", 20241231, 0, 0, 2000, 3906250},
    {"BTCF25", "BTCF25", CLASS_FUTURE, CAL_CME, "BTC", 20250131, 0, 0, 5, 5000000000},
    {"EUR/USD", "EUR/USD", CLASS_FOREX, CAL_FOREX, "", 0, 0, 0, 1, 10000},
    {"USD/JPY", "USD/JPY", CLASS_FOREX, CAL_FOREX, "", 0, 0, 0, 1, 1000000},
    {"BTC/USDT", "BTC/USDT", CLASS_CRYPTO, CAL_CRYPTO, "", 0, 0, 0, 1, 10000000},
    {"EUR/USDT", "EUR/USDT", CLASS_CRYPTO, CAL_CRYPTO, "", 0, 0, 0, 1, 10000000},
    {"1INCH/BTC", "1INCH/BTC", CLASS_CRYPTO, CAL_CRYPTO, "", 0, 0, 0, 1, 10},
    {"BTC/USDT:USDT", "BTC/USDT:USDT", CLASS_CRYPTO, CAL_CRYPTO, "BTC/USDT", 0, 0, 0, 1, 10000000},
    {"BTC/USD:BTC-250627", "BTC/USD:BTC-250627", CLASS_CRYPTO, CAL_CRYPTO, "BTC/USD", 20250627, 0, 0, 1,
     10000000},
    {"BTC/USDT:USDT-250627-100000-C", "BTC/USDT:USDT-250627-100000-C", CLASS_CRYPTO, CAL_CRYPTO, "BTC/USDT",
     20250627, 100000000000000, 'C', 1, 10000000},
    {"XRP/USDC:USDC-250627-0.50-P", "XRP/USDC:USDC-250627-0.5-P", CLASS_CRYPTO, CAL_CRYPTO, "XRP/USDC",
     20250627, 500000000, 'P', 1, 10000000},
};

TEST(good_symbols)
{
    UNUSED_STATE;
    for (size_t i = 0; i < COUNT_OF(good_cases); i++) {
        const good_t *c = &good_cases[i];
        diag_t diag = {0};
        instrument_t x;
        instrument_t again;
        char text[LIMIT_SYMBOL];
        if (symbol_parse(str_from(c->text), &diag, &x) != ERR_OK) {
            fail_msg("%s: %s", c->text, diag.text);
        }
        CHECK_STR(x.symbol, c->canonical);
        CHECK_EQ(x.cls, c->cls);
        CHECK_EQ(x.calendar, c->cal);
        CHECK_STR(x.underlying, c->underlying);
        CHECK_EQ(x.expiry == 0 ? 0 : number(x.expiry), c->expiry);
        CHECK_EQ(x.strike.v, c->strike);
        CHECK_EQ(x.right, c->right);
        CHECK_EQ(x.multiplier, c->multiplier);
        CHECK_EQ(x.tick.v, c->tick);
        CHECK_EQ(x.qty_exponent, c->cls == CLASS_CRYPTO ? -8 : 0);
        symbol_print(text, &x);
        CHECK_STR(text, c->canonical);
        CHECK_OK(symbol_parse(str_from(text), NULL, &again));
        CHECK_EQ(memcmp(&x, &again, sizeof x), 0);
    }
}

typedef struct {
    const char *text, *message;
} refused_t;

static void check_refused(const refused_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        diag_t diag = {0};
        instrument_t x = {.multiplier = 77};
        CHECK_EQ(symbol_parse(str_from(cases[i].text), &diag, &x), ERR_SYNTAX);
        CHECK_EQ(x.multiplier, 77);
        if (strstr(diag.text, cases[i].message) == NULL) {
            fail_msg("\"%s\": \"%s\" does not say \"%s\"", cases[i].text, diag.text, cases[i].message);
        }
    }
}

TEST(bad_symbols)
{
    UNUSED_STATE;
    static const refused_t cases[] = {
        {"", "is empty"},
        {"aapl", "in capitals"},
        {"AAPL\n", "byte 0x0A at place 5"},
        {"a\x01", "byte 0x01 at place 2"},
        {"EURUSD=X", "write a pair as EUR/USD"},
        {"TOOLONGNAME", "is no symbol"},
        {".A", "is no symbol"},
        {"A.", "is no symbol"},
        {"A.B.C", "is no symbol"},
        {"9ABC", "is no symbol"},
        {"A:B", "is no symbol"},
        {"AA PL", "is no symbol"},
        {"^", "an index is ^"},
        {"^A.B", "an index is ^"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH", "has 34 characters"},
        {"ESZ5", "one-digit year"},
        {"ESZ125", "two or four digits"},
        {"ESZ1999", "outside 2000 to 2099"},
        {"ABCZ25", "\"ABC\" is not a contract"},
        {"ESAFGH25X", "is no symbol"},
        {"AAPL250631C00200000", "\"250631\" is no day"},
        {"AAPL250613X00200000", "'X' must be C or P"},
        {"AAPL250613C00000000", "strike is zero"},
        {"AAPL1250613C00200000", "adjusted contract"},
        {"AAPL 250613C00200000", "padded to exactly 21"},
        {"ABCDEFG250613C00200000", "1 to 6 letters"},
        {" AAPL 250613C00200000", "padded to exactly 21"},
        {"A.B250613C00200000", "1 to 6 letters"},
    };
    check_refused(cases, COUNT_OF(cases));
}

TEST(bad_pairs)
{
    UNUSED_STATE;
    static const refused_t cases[] = {
        {"EUR/EUR", "are the same"},
        {"/USD", "the base \"\""},
        {"BTC/", "the quote \"\""},
        {"BTC/USDT/X", "the quote"},
        {"EUR/USD:USD", "takes no settlement part"},
        {"XAU/USD", "metals"},
        {"BTC/USDT:", "settlement currency"},
        {"BTC/USDT:USDT-", "must be YYMMDD"},
        {"BTC/USDT:USDT-250631", "is no day"},
        {"BTC/USDT:USDT-250627-", "ends in -STRIKE-C"},
        {"BTC/USDT:USDT-250627-1", "ends in -STRIKE-C"},
        {"BTC/USDT:USDT-250627--", "positive decimal"},
        {"BTC/USDT:USDT-250627-0-C", "positive decimal"},
        {"BTC/USDT:USDT-250627-1E3-C", "positive decimal"},
        {"BTC/USDT:USDT-250627-1-X", "must be C or P"},
        {"BTC/USDT:USDT-250627-1-", "must be C or P"},
        {"BTC/USDT-250627", "the quote \"USDT-250627\""},
        {"ABCDEFGHIJKLM/USD", "1 to 12 capital"},
        {"ABCDEFGHIJKL/USDTUSDT:USDT-250627", "has 33"},
        {"ABCDEFGHIJ/USDTUS:USDT-2506270", "must be YYMMDD"},
    };
    check_refused(cases, COUNT_OF(cases));
}

TEST(generated_options_round_trip)
{
    UNUSED_STATE;
    static const char *const names[] = {"A", "SPY", "BRK.B", "GOOGL", "^SPX", "ABCDEF"};
    for (u32 i = 0; i < 20000; i++) {
        const char *name = names[i % COUNT_OF(names)];
        date_t expiry = date_from_ymd(2000, 1, 1) + (date_t)((i * 7919U) % 36500U);
        price_t strike = {(i64)(1 + ((u64)i * 104729U) % 99999999U) * 1000000};
        instrument_t x;
        instrument_t again;
        char text[LIMIT_SYMBOL];
        CHECK_OK(symbol_option(str_from(name), expiry, i % 2 == 0 ? 'C' : 'P', strike, &x));
        CHECK_STR(x.underlying, name);
        CHECK_EQ(x.expiry, expiry);
        CHECK_EQ(x.strike.v, strike.v);
        symbol_print(text, &x);
        CHECK_OK(symbol_parse(str_from(text), NULL, &again));
        CHECK_EQ(memcmp(&x, &again, sizeof x), 0);
    }
    instrument_t x;
    CHECK_EQ(symbol_option(STR("ABCDEFG"), 10000, 'C', (price_t){1000000000}, &x), ERR_SYNTAX);
    CHECK_EQ(symbol_option(STR("ABC"), 20000, 'C', (price_t){1000001}, &x), ERR_PARAM_RANGE);
    CHECK_EQ(symbol_option(STR("ABC"), 20000, 'C', (price_t){0}, &x), ERR_PARAM_RANGE);
    CHECK_EQ(symbol_option(STR("ABC"), 40, 'C', (price_t){1000000000}, &x), ERR_PARAM_RANGE);
}

/* Random text from the alphabet of symbols: what parses must read back to the same bytes. */
TEST(random_text_round_trips)
{
    UNUSED_STATE;
    static const char alphabet[] = "ABCEFGHUSDTZPC0123456789./:-^ ";
    u64 state = 0x9E3779B97F4A7C15ULL;
    u32 accepted = 0;
    for (u32 i = 0; i < 200000; i++) {
        u8 text[LIMIT_SYMBOL];
        char back[LIMIT_SYMBOL];
        instrument_t x;
        instrument_t again;
        u32 n = 0;
        u32 length = 1 + i % (LIMIT_SYMBOL - 1);
        for (; n < length; n++) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            text[n] = (u8)alphabet[(state >> 33) % (sizeof alphabet - 1)];
        }
        if (symbol_parse((str_t){text, n}, NULL, &x) == ERR_OK) {
            accepted++;
            symbol_print(back, &x);
            CHECK_OK(symbol_parse(str_from(back), NULL, &again));
            CHECK_EQ(memcmp(&x, &again, sizeof x), 0);
        }
    }
    CHECK(accepted > 5000);
}

TEST(currencies)
{
    UNUSED_STATE;
    u32 count = 0;
    const currency_t *all = currency_all(&count);
    CHECK(count > 150);
    for (u32 i = 0; i < count; i++) {
        CHECK(currency_find(str_from(all[i].code)) == &all[i]); /* no code twice */
        CHECK(currency_by_id(all[i].id) == &all[i]);            /* no id twice */
    }
    CHECK_EQ(currency_find(STR("USD"))->id, CURRENCY_USD);
    CHECK_EQ(currency_find(STR("JPY"))->decimals, 0);
    CHECK_EQ(currency_find(STR("KWD"))->decimals, 3);
    CHECK(currency_find(STR("usd")) == NULL);
    CHECK(currency_find(STR("")) == NULL);
    CHECK(currency_by_id(CURRENCY_NONE) == NULL);
}

TEST(sectors)
{
    UNUSED_STATE;
    static const struct {
        const char *symbol;
        asset_class_t cls;
        u16 sector;
        u16 flags;
        const char *underlying;
    } cases[] = {
        {"AAPL", CLASS_STOCK, SECTOR_TECHNOLOGY, 0, ""},
        {"XOM", CLASS_STOCK, SECTOR_ENERGY, 0, ""},
        {"BRK.B", CLASS_STOCK, SECTOR_FINANCIALS, 0, ""},
        {"TGT", CLASS_STOCK, SECTOR_STAPLES, 0, ""},
        {"QQQ", CLASS_ETF, 0, INST_OWN_SECTOR, ""},
        {"XLE", CLASS_ETF, SECTOR_ENERGY, INST_OWN_SECTOR, ""},
        {"SQQQ", CLASS_ETF, 0, INST_LEVERAGED, "QQQ"},
        {"SOXL", CLASS_ETF, SECTOR_TECHNOLOGY, INST_LEVERAGED, "SOXX"},
        {"TSLL", CLASS_ETF, SECTOR_DISCRETIONARY, INST_LEVERAGED, "TSLA"},
        {"KWEB", CLASS_ETF, 0, 0, ""},
        {"ZZZZ", CLASS_STOCK, 0, 0, ""},
        {"A", CLASS_STOCK, SECTOR_HEALTH, 0, ""},
        {"ZTS", CLASS_STOCK, SECTOR_HEALTH, 0, ""},
        {"AGG", CLASS_ETF, 0, 0, ""},
        {"ZSL", CLASS_ETF, 0, INST_LEVERAGED, "SLV"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        instrument_t x;
        CHECK_OK(symbol_parse(str_from(cases[i].symbol), NULL, &x));
        CHECK_EQ(x.cls, cases[i].cls);
        CHECK_EQ(x.sector, cases[i].sector);
        CHECK_EQ(x.flags, cases[i].flags);
        CHECK_STR(x.underlying, cases[i].underlying);
    }
    instrument_t option;
    CHECK_OK(symbol_parse(STR("XOM250613C00100000"), NULL, &option));
    CHECK_EQ(option.sector, SECTOR_ENERGY);
    CHECK_STR(sector_name(SECTOR_REAL_ESTATE), "Real Estate");
    CHECK_STR(sector_name(99), "unknown");
}

/* The binary search needs sorted tables, and a leveraged fund must not follow another leveraged fund. */
TEST(classification_tables)
{
    UNUSED_STATE;
    static const char *const shares[] = {
#define X(symbol, sector) symbol,
#include "model/sector.def"
#undef X
    };
    static const struct {
        const char *symbol;
        u32 flags;
        const char *underlying;
    } funds[] = {
#define X(symbol, sector, flags, underlying) {symbol, flags, underlying},
#include "model/funds.def"
#undef X
    };
    for (size_t i = 1; i < COUNT_OF(shares); i++) {
        CHECK(strcmp(shares[i - 1], shares[i]) < 0);
    }
    for (size_t i = 0; i < COUNT_OF(funds); i++) {
        CHECK(i == 0 || strcmp(funds[i - 1].symbol, funds[i].symbol) < 0);
        bool leveraged = (funds[i].flags & INST_LEVERAGED) != 0;
        CHECK_EQ(leveraged, funds[i].underlying[0] != '\0');
        for (size_t k = 0; k < COUNT_OF(funds); k++) {
            CHECK(strcmp(funds[k].symbol, funds[i].underlying) != 0 ||
                  (funds[k].flags & INST_LEVERAGED) == 0);
        }
    }
}

static FILE *data_open(const char *relative)
{
    char command[1024];
    char path[800];
    const char *root = getenv("VITRINE_TEST_ROOT");
    const char *data = getenv("VITRINE_DATA");
    if (data != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", data, relative);
    } else {
        (void)snprintf(path, sizeof path, "%s/../shared/data/%s", root != NULL ? root : ".", relative);
    }
    FILE *probe = fopen(path, "rb");
    if (probe == NULL) {
        return NULL;
    }
    (void)fclose(probe);
    (void)snprintf(command, sizeof command, "zstdcat '%s'", path);
    return popen(command, "r");
}

/* Multiplier and price step of each of our futures against the Lean symbol properties table. */
TEST(futures_against_lean)
{
    UNUSED_STATE;
    static const struct {
        const char *root;
        i64 multiplier;
        i64 tick;
    } ours[] = {
#define X(root, multiplier, tick, rule) {#root, multiplier, tick},
#include "model/futures.def"
#undef X
    };
    FILE *f = data_open("reference/lean_symbol_properties_database.csv.zst");
    if (f == NULL) {
        skip();
        return;
    }
    char line[1024];
    u32 met = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        str_t field[8] = {{0}};
        str_t rest = str_trim(str_from(line));
        for (u32 i = 0; i < 8; i++) {
            (void)str_cut(rest, ',', &field[i], &rest);
        }
        bool cme = str_eq_c(field[0], "cme") || str_eq_c(field[0], "cbot") || str_eq_c(field[0], "comex") ||
                   str_eq_c(field[0], "nymex");
        for (size_t i = 0; i < COUNT_OF(ours) && cme && str_eq_c(field[2], "future"); i++) {
            if (str_eq_c(field[1], ours[i].root)) {
                i64 multiplier = 0;
                i64 tick = 0;
                CHECK_OK(str_to_scaled(field[5], 0, true, &multiplier));
                CHECK_OK(str_to_scaled(field[6], 9, true, &tick));
                CHECK_EQ(multiplier, ours[i].multiplier);
                CHECK_EQ(tick, ours[i].tick);
                met++;
            }
        }
    }
    CHECK_EQ(pclose(f), 0);
    CHECK_EQ(met, COUNT_OF(ours));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_symbols),
        cmocka_unit_test(bad_symbols),
        cmocka_unit_test(bad_pairs),
        cmocka_unit_test(generated_options_round_trip),
        cmocka_unit_test(random_text_round_trips),
        cmocka_unit_test(currencies),
        cmocka_unit_test(sectors),
        cmocka_unit_test(classification_tables),
        cmocka_unit_test(futures_against_lean),
    };
    return RUN_TESTS(tests);
}
