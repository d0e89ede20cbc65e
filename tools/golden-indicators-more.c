/* TA-Lib's values of the indicators outside W1 for a file of bars (open,high,low,close,volume a line), "-"
 * where it has none. Correlation and beta are taken against the opens. Built and run by
 * tools/golden-indicators. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ta_libc.h"

enum { BARS_MAX = 20000, COLUMNS = 13 };

static double in[5][BARS_MAX],
    moves[2][BARS_MAX]; /* open, high, low, close, volume; returns of open and close */
static double want[COLUMNS][BARS_MAX], raw[2][BARS_MAX];
static int bars, failures;

static void keep(TA_RetCode rc, int column, int begin, int count)
{
    failures += rc != TA_SUCCESS;
    for (int i = 0; i < bars; i++) {
        want[column][i] = i >= begin && i < begin + count ? raw[0][i - begin] : NAN;
    }
}

static void run(void)
{
    int e = bars - 1, b = 0, n = 0;
    const double *h = in[1], *l = in[2], *c = in[3];
    double *o = raw[0];
    TA_RetCode rc = TA_Initialize();
#define ONE(column, call) rc = call, keep(rc, column, b, n)
    ONE(0, TA_WMA(0, e, c, 20, &b, &n, o));
    ONE(1, TA_ROC(0, e, c, 10, &b, &n, o));
    ONE(2, TA_WILLR(0, e, h, l, c, 14, &b, &n, o));
    ONE(3, TA_MAX(0, e, h, 20, &b, &n, o));
    ONE(4, TA_MIN(0, e, l, 20, &b, &n, o));
    ONE(5, TA_CCI(0, e, h, l, c, 20, &b, &n, o));
    ONE(6, TA_MFI(0, e, h, l, c, in[4], 14, &b, &n, o));
    ONE(7, TA_SAR(0, e, h, l, 0.02, 0.2, &b, &n, o));
    ONE(8, TA_SMA(0, e, c, 20, &b, &n, o));
    ONE(9, TA_STDDEV(0, e, c, 20, 1, &b, &n, o));
    for (int i = 0; i < bars; i++) {
        want[8][i] = (c[i] - want[8][i]) / want[9][i]; /* the z-score from its parts */
    }
    ONE(9, TA_EMA(0, e, c, 20, &b, &n, o));
    ONE(10, TA_ATR(0, e, h, l, c, 10, &b, &n, o));
    for (int i = 0; i < bars; i++) {
        double middle = want[9][i], half = 2 * want[10][i];
        want[9][i] = middle + half;
        want[10][i] = middle - half;
    }
    ONE(11, TA_BETA(0, e, in[0], c, 20, &b, &n, o));
    for (int k = 0; k < 2; k++) {
        for (int i = 1; i < bars; i++) {
            moves[k][i] = in[3 * k][i] / in[3 * k][i - 1] - 1;
        }
    }
    ONE(12, TA_CORREL(1, e, moves[0], moves[1], 20, &b, &n, o));
    for (int i = 0; i < 20; i++) {
        want[12][i] = NAN;
    }
    TA_Shutdown();
}

int main(int argc, char **argv)
{
    FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
    while (f != NULL && bars < BARS_MAX &&
           fscanf(f, "%lf,%lf,%lf,%lf,%lf", &in[0][bars], &in[1][bars], &in[2][bars], &in[3][bars],
                  &in[4][bars]) == 5) {
        bars++;
    }
    if (bars == 0) {
        fprintf(stderr, "usage: golden-indicators-more FILE\n");
        return 2;
    }
    fclose(f);
    run();
    for (int i = 0; i < bars; i++) {
        for (int k = 0; k < COLUMNS; k++) {
            printf(isnan(want[k][i]) ? "%s-" : "%s%.17g", k ? " " : "", want[k][i]);
        }
        printf("\n");
    }
    return failures != 0;
}
