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

int main(void)
{
    size_t bars = (size_t)GEN_SYMBOLS * GEN_DAYS;
    double *memory = calloc(5 * bars, sizeof *memory);
    double *rows = calloc(3U * GEN_DAYS, sizeof *rows);
    if (memory == NULL || rows == NULL || TA_Initialize() != TA_SUCCESS) {
        return 1;
    }
    double *const out[3] = {rows, rows + GEN_DAYS, rows + 2 * GEN_DAYS};
    uint64_t random = 42;
    gen_series_t *s = calloc(GEN_SYMBOLS, sizeof *s);
    for (int k = 0; s != NULL && k < GEN_SYMBOLS; k++) {
        double *at = memory + 5U * GEN_DAYS * (size_t)k;
        s[k] = (gen_series_t){at, at + GEN_DAYS, at + 2 * GEN_DAYS, at + 3 * GEN_DAYS, at + 4 * GEN_DAYS};
        gen_daily(&random, &s[k]);
    }
    double start = 0.0;
    for (int k = 0; s != NULL && k < 2 * GEN_SYMBOLS; k++) { /* once for the caches, once for the clock */
        start = k == GEN_SYMBOLS ? now() : start;
        averages(&s[k % GEN_SYMBOLS], GEN_DAYS - 1, out);
        others(&s[k % GEN_SYMBOLS], GEN_DAYS - 1, out);
    }
    printf("%.4f\n# TA-Lib %s, sum %.6g\n", (now() - start) * 1e9 / (double)bars, TA_GetVersionString(),
           sink);
    free(memory);
    free(rows);
    free(s);
    return 0;
}
