/* Second opinion on the W1 columns: makes the generated series, prints TA-Lib's values of a file, or compares
 * ours with TA-Lib's on a file. Built and run by tools/golden-indicators, never part of the engine. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ta_libc.h"

#include "quant/indicators/indicators.h"

enum { BARS_MAX = 20000, SERIES_BARS = 300 };

static const char *const NAMES[W1_COLUMNS] = {"sma20",    "sma50",    "sma200",  "ema12",       "ema26",
                                              "rsi14",    "atr14",    "macd",    "macd_signal", "macd_hist",
                                              "bb_upper", "bb_lower", "adx14",   "vwap",        "obv",
                                              "stoch_k",  "stoch_d",  "high252", "low252",      "rvol20"};

static double in[5][BARS_MAX]; /* open, high, low, close, volume */
static double want[W1_COLUMNS][BARS_MAX], raw[3][BARS_MAX];
static int bars, failures;

/* x <- x * 6364136223846793005 + 1442695040888963407 mod 2^64 (Knuth, TAOCP 2, MMIX), upper 53 bits as [0,
 * 1). */
static double chance(unsigned long long *x)
{
    *x = *x * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(*x >> 11) * 0x1p-53;
}

/* A walk on a grid of ticks, so that ties and repeated closes occur. */
static void print_series(unsigned long long seed, long price, long step)
{
    for (int i = 0; i < SERIES_BARS; i++) {
        long open = price + (long)(chance(&seed) * 3) - 1;
        long close = open + (long)(chance(&seed) * (double)(2 * step + 1)) - step;
        long high = (open > close ? open : close) + (long)(chance(&seed) * (double)step);
        long low = (open < close ? open : close) - (long)(chance(&seed) * (double)step);
        long volume = 1000 + (long)(chance(&seed) * chance(&seed) * 9000000);
        low = low < 1 ? 1 : low;
        close = close < low ? low : close;
        open = open < low ? low : open;
        printf("%ld.%02ld,%ld.%02ld,%ld.%02ld,%ld.%02ld,%ld\n", open / 100, open % 100, high / 100,
               high % 100, low / 100, low % 100, close / 100, close % 100, volume);
        price = close < 3 * step ? close + step : close;
    }
}

/* The last five fields of each line that ends in a number; scale divides prices. */
static void load(const char *path, double scale)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    while (f != NULL && bars < BARS_MAX && fgets(line, sizeof line, f) != NULL) {
        char *field[64];
        int n = 0;
        for (char *p = strtok_r(line, ",\r\n", &field[63]); p != NULL && n < 63;
             p = strtok_r(NULL, ",\r\n", &field[63])) {
            field[n++] = p;
        }
        char *end = NULL;
        if (n < 5 || (strtod(field[n - 1], &end), end == field[n - 1])) {
            continue;
        }
        for (int k = 0; k < 5; k++) {
            in[k][bars] = strtod(field[n - 5 + k], NULL) / (k < 4 ? scale : 1);
        }
        bars++;
    }
    if (f == NULL || bars == 0) {
        fprintf(stderr, "golden-indicators: no bars in %s\n", path);
        exit(1);
    }
    fclose(f);
}

static void keep(TA_RetCode rc, int column, int output, int begin, int count)
{
    failures += rc != TA_SUCCESS;
    for (int i = 0; i < bars; i++) {
        want[column][i] = i >= begin && i < begin + count ? raw[output][i - begin] : NAN;
    }
}

static void run_talib(void)
{
    int e = bars - 1, b = 0, n = 0;
    const double *h = in[1], *l = in[2], *c = in[3], *v = in[4];
    double *o = raw[0], *p = raw[1], *q = raw[2];
    TA_RetCode rc = TA_Initialize();
#define ONE(column, call) rc = call, keep(rc, column, 0, b, n)
    ONE(W1_SMA20, TA_SMA(0, e, c, 20, &b, &n, o));
    ONE(W1_SMA50, TA_SMA(0, e, c, 50, &b, &n, o));
    ONE(W1_SMA200, TA_SMA(0, e, c, 200, &b, &n, o));
    ONE(W1_EMA12, TA_EMA(0, e, c, 12, &b, &n, o));
    ONE(W1_EMA26, TA_EMA(0, e, c, 26, &b, &n, o));
    ONE(W1_RSI14, TA_RSI(0, e, c, 14, &b, &n, o));
    ONE(W1_ATR14, TA_ATR(0, e, h, l, c, 14, &b, &n, o));
    ONE(W1_MACD, TA_MACD(0, e, c, 12, 26, 9, &b, &n, o, p, q));
    keep(rc, W1_MACD_SIGNAL, 1, b, n);
    keep(rc, W1_MACD_HIST, 2, b, n);
    ONE(W1_BB_UPPER, TA_BBANDS(0, e, c, 20, 2, 2, TA_MAType_SMA, &b, &n, o, p, q));
    keep(rc, W1_BB_LOWER, 2, b, n);
    ONE(W1_ADX14, TA_ADX(0, e, h, l, c, 14, &b, &n, o));
    ONE(W1_OBV, TA_OBV(0, e, c, v, &b, &n, o));
    ONE(W1_STOCH_K, TA_STOCH(0, e, h, l, c, 14, 3, TA_MAType_SMA, 3, TA_MAType_SMA, &b, &n, o, p));
    keep(rc, W1_STOCH_D, 1, b, n);
    ONE(W1_HIGH252, TA_MAX(0, e, h, 252, &b, &n, o));
    ONE(W1_LOW252, TA_MIN(0, e, l, 252, &b, &n, o));
    rc = TA_SMA(0, e, v, 20, &b, &n, o);
    for (int i = 0; i + 1 < n; i++) { /* yesterday's mean under today's volume */
        p[i] = v[b + 1 + i] / o[i];
    }
    keep(rc, W1_RVOL20, 1, b + 1, n - 1);
    for (int i = 0; i < bars; i++) {
        want[W1_VWAP][i] = NAN; /* TA-Lib has none */
    }
    TA_Shutdown();
}

static void print_talib(void)
{
    for (int i = 0; i < bars; i++) {
        for (int k = 0; k < W1_COLUMNS; k++) {
            printf(isnan(want[k][i]) ? "%s-" : "%s%.17g", k ? " " : "", want[k][i]);
        }
        printf("\n");
    }
}

/* Runs the fused set with lane 0 holding the series. */
static double *run_ours(void)
{
    size_t size = (size_t)bars * INDICATOR_LANES;
    double *column[6], *out = aligned_alloc(64, size * W1_COLUMNS * sizeof(double));
    for (int k = 0; k < 6; k++) {
        column[k] = aligned_alloc(64, size * sizeof(double));
        for (size_t i = 0; i < size; i++) {
            column[k][i] = k < 5 ? in[k][i / INDICATOR_LANES] : i < INDICATOR_LANES;
        }
    }
    indicator_cols_t cols = {column[0], column[1], column[2], column[3], column[4], column[5], (u32)bars};
    w1_state_t *state = aligned_alloc(64, (sizeof *state + 63) / 64 * 64);
    indicator_w1_reset(state);
    indicator_w1_run(indicator_level_best(), state, &cols, (u32)bars, out);
    return out;
}

static void compare(void)
{
    double *ours = run_ours();
    printf("%-12s %8s %12s %12s\n", "column", "values", "max rel", "max abs");
    for (int k = 0; k < W1_COLUMNS; k++) {
        double rel = 0, abs = 0;
        int n = 0;
        for (int i = 0; i < bars; i++) {
            double w = want[k][i], d = fabs(ours[((size_t)i * W1_COLUMNS + (size_t)k) * INDICATOR_LANES] - w);
            if (!isnan(w)) {
                n++;
                abs = fmax(abs, d);
                rel = fmax(rel, d == 0 ? 0 : d / fmax(fabs(w), 1e-300));
            }
        }
        printf("%-12s %8d %12.3g %12.3g\n", NAMES[k], n, rel, abs);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "series") == 0) {
        print_series(20240101, 10000, 180);
        print_series(7, 310, 4);
        return 0;
    }
    if (argc < 3) {
        fprintf(stderr, "usage: golden-indicators series | talib FILE | compare FILE [PRICE_SCALE]\n");
        return 2;
    }
    load(argv[2], argc > 3 ? strtod(argv[3], NULL) : 1);
    run_talib();
    if (strcmp(argv[1], "talib") == 0) {
        print_talib();
    } else {
        compare();
    }
    return failures != 0;
}
