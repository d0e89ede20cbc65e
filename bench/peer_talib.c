/* TA-Lib's C functions over the bench's daily series: nanoseconds a bar for the set of 15 (it has no VWAP).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/bench/gen.h"
#include "ta_libc.h"

/* Processor time: on a shared machine the wall clock measures the neighbours. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double sink;

static void averages(const gen_series_t *s, int last, double *const out[3])
{
    int begin = 0;
    int count = 0;
    TA_SMA(0, last, s->close, 20, &begin, &count, out[0]);
    TA_SMA(0, last, s->close, 50, &begin, &count, out[0]);
    TA_SMA(0, last, s->close, 200, &begin, &count, out[0]);
    TA_EMA(0, last, s->close, 12, &begin, &count, out[0]);
    TA_EMA(0, last, s->close, 26, &begin, &count, out[0]);
    TA_MACD(0, last, s->close, 12, 26, 9, &begin, &count, out[0], out[1], out[2]);
    TA_BBANDS(0, last, s->close, 20, 2, 2, TA_MAType_SMA, &begin, &count, out[0], out[1], out[2]);
    sink += out[0][0];
}

static void others(const gen_series_t *s, int last, double *const out[3])
{
    int begin = 0;
    int count = 0;
    TA_RSI(0, last, s->close, 14, &begin, &count, out[0]);
    TA_ATR(0, last, s->high, s->low, s->close, 14, &begin, &count, out[0]);
    TA_ADX(0, last, s->high, s->low, s->close, 14, &begin, &count, out[0]);
    TA_OBV(0, last, s->close, s->volume, &begin, &count, out[0]);
    TA_STOCH(0, last, s->high, s->low, s->close, 14, 3, TA_MAType_SMA, 3, TA_MAType_SMA, &begin, &count,
             out[0], out[1]);
    TA_MAX(0, last, s->high, 252, &begin, &count, out[0]);
    TA_MIN(0, last, s->low, 252, &begin, &count, out[0]);
    TA_SMA(0, last, s->volume, 20, &begin, &count, out[0]);
    TA_DIV(0, count - 1, s->volume + begin, out[0], &begin, &count, out[1]);
    sink += out[1][0];
}

/* The daily set one symbol after another, or one long series. */
int main(int argc, char **argv)
{
    int minute = argc == 2 && argv[1][0] == 'm';
    int count = minute ? 1 : GEN_SYMBOLS;
    int each = minute ? GEN_MINUTES : GEN_DAYS;
    size_t bars = (size_t)count * (size_t)each;
    double *memory = calloc(5 * bars, sizeof *memory);
    double *rows = calloc(3U * (size_t)each, sizeof *rows);
    gen_series_t *s = calloc((size_t)count, sizeof *s);
    if (memory == NULL || rows == NULL || s == NULL || TA_Initialize() != TA_SUCCESS) {
        return 1;
    }
    double *const out[3] = {rows, rows + each, rows + 2 * each};
    uint64_t random = 42;
    for (int k = 0; k < count; k++) {
        double *at = memory + 5U * (size_t)each * (size_t)k;
        s[k] = (gen_series_t){at, at + each, at + 2 * each, at + 3 * each, at + 4 * each};
        if (minute) {
            gen_series(&random, GEN_MINUTES, 400.0, 0.0006, &s[k]);
        } else {
            gen_daily(&random, &s[k]);
        }
    }
    double start = 0.0;
    for (int k = 0; k < 2 * count; k++) { /* once for the caches, once for the clock */
        start = k == count ? now() : start;
        averages(&s[k % count], each - 1, out);
        others(&s[k % count], each - 1, out);
    }
    printf("%.4f\n# TA-Lib %s, sum %.6g\n", (now() - start) * 1e9 / (double)bars, TA_GetVersionString(),
           sink);
    free(memory);
    free(rows);
    free(s);
    return 0;
}
