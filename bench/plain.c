/* Plain C beside the engine: what one can write in an afternoon, no library, one thread. Prints one figure.
 *
 *   plain_w2 daily|minute   bars a second of an event-ordered backtest with one cash account, commission and
 * stops plain_w3 BARS FEATURES  milliseconds of a Baum-Welch fit, 3 states, 100 iterations Not checked
 * against anything but itself: a speed to stand beside, not a truth. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/bench/gen.h"

enum { STATES = 3, ITERATIONS = 100, FEATURES = 2, BARS_MOST = 6300 };

/* Processor time: on a shared machine the wall clock measures the neighbours. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- W2 ---- */

typedef struct {
    double quantity, stop, fast, slow, up, down, before;
    int order; /* for the next open: 1 buy, -1 sell */
    int above;
} place_t;

typedef struct {
    double cash;
    long fills;
} book_t;

static void fill(book_t *b, place_t *p, double quantity, double price)
{
    b->cash -= quantity * price + fabs(quantity * price) * 0.001;
    p->quantity += quantity;
    b->fills++;
}

/* Orders of yesterday at the open, then the stop inside the bar. */
static void meet(book_t *b, place_t *p, double open, double low, double size, double stop)
{
    if (p->order == 1 && p->quantity == 0) {
        double n = floor(size / open);
        if (n > 0 && n * open * 1.001 <= b->cash) {
            fill(b, p, n, open);
            p->stop = open * stop;
        }
    } else if (p->order == -1 && p->quantity > 0) {
        fill(b, p, -p->quantity, open);
    }
    p->order = 0;
    if (p->quantity > 0 && low <= p->stop) {
        fill(b, p, -p->quantity, open < p->stop ? open : p->stop);
    }
}

static void cross(place_t *p, const double *close, int i)
{
    p->fast += close[i] - (i >= 20 ? close[i - 20] : 0.0);
    p->slow += close[i] - (i >= 50 ? close[i - 50] : 0.0);
    if (i < 49) {
        return;
    }
    int above = p->fast * 0.05 > p->slow * 0.02;
    if (i > 49 && above != p->above) {
        p->order = above ? 1 : -1;
    }
    p->above = above;
}

static double daily(const gen_series_t *s, double *equity)
{
    place_t *places = calloc(GEN_SYMBOLS, sizeof *places);
    book_t b = {.cash = 1e6};
    for (int i = 0; places != NULL && i < GEN_DAYS; i++) {
        double value = 0.0;
        for (int k = 0; k < GEN_SYMBOLS; k++) {
            meet(&b, &places[k], s[k].open[i], s[k].low[i], 1e6 / GEN_SYMBOLS, 0.95);
            cross(&places[k], s[k].close, i);
            value += places[k].quantity * s[k].close[i];
        }
        equity[i] = b.cash + value;
    }
    free(places);
    return equity[GEN_DAYS - 1];
}

static double minute(const gen_series_t *s, double *equity)
{
    place_t p = {0};
    book_t b = {.cash = 1e6};
    for (int i = 0; i < GEN_MINUTES; i++) {
        meet(&b, &p, s->open[i], s->low[i], b.cash * 0.95, 0.99);
        double x = i > 0 ? s->close[i] - p.before : 0.0;
        p.before = s->close[i];
        p.up += ((x > 0 ? x : 0.0) - p.up) / 14.0;
        p.down += ((x < 0 ? -x : 0.0) - p.down) / 14.0;
        if (i >= 14) {
            double rsi = 100.0 * p.up / (p.up + p.down);
            p.order = rsi < 30.0 && p.quantity == 0 ? 1 : (rsi > 55.0 && p.quantity > 0 ? -1 : 0);
        }
        equity[i] = b.cash + p.quantity * s->close[i];
    }
    return equity[GEN_MINUTES - 1];
}

static gen_series_t series_at(double *memory, size_t n)
{
    return (gen_series_t){memory, memory + n, memory + 2 * n, memory + 3 * n, memory + 4 * n};
}

static int w2(const char *which)
{
    int days = strcmp(which, "daily") == 0;
    size_t bars = days ? (size_t)GEN_SYMBOLS * GEN_DAYS : GEN_MINUTES;
    double *memory = calloc(5 * bars, sizeof *memory);
    double *equity = calloc(GEN_MINUTES, sizeof *equity);
    gen_series_t *s = calloc(GEN_SYMBOLS, sizeof *s);
    uint64_t random = 42;
    if (memory == NULL || equity == NULL || s == NULL) {
        return 1;
    }
    for (int k = 0; days && k < GEN_SYMBOLS; k++) {
        s[k] = series_at(memory + 5U * GEN_DAYS * (size_t)k, GEN_DAYS);
        gen_daily(&random, &s[k]);
    }
    if (!days) {
        s[0] = series_at(memory, GEN_MINUTES);
        gen_series(&random, GEN_MINUTES, 400.0, 0.0006, &s[0]);
    }
    double end = days ? daily(s, equity) : minute(s, equity); /* once for the caches, once for the clock */
    double start = now();
    end = days ? daily(s, equity) : minute(s, equity);
    printf("%.0f\n# equity %.2f\n", (double)bars / (now() - start), end);
    free(memory);
    free(equity);
    free(s);
    return 0;
}

/* ---- W3 ---- */

typedef struct {
    double mean[STATES][FEATURES], var[STATES][FEATURES], trans[STATES][STATES], start[STATES];
} model_t;

typedef struct {
    double density[BARS_MOST][STATES], alpha[BARS_MOST][STATES], scale[BARS_MOST];
} scratch_t;

typedef struct {
    double moves[STATES][STATES], weight[STATES], sum[STATES][FEATURES], squares[STATES][FEATURES],
        first[STATES];
} sums_t;

static void densities(const model_t *m, double *const x[FEATURES], int n, int d, scratch_t *s)
{
    for (int k = 0; k < STATES; k++) {
        double norm = 1.0;
        for (int j = 0; j < d; j++) {
            norm /= sqrt(6.283185307179586 * m->var[k][j]);
        }
        for (int t = 0; t < n; t++) {
            double e = 0.0;
            for (int j = 0; j < d; j++) {
                double z = x[j][t] - m->mean[k][j];
                e -= 0.5 * z * z / m->var[k][j];
            }
            s->density[t][k] = norm * exp(fmax(e, -600.0)) + 1e-280;
        }
    }
}

static double forward(const model_t *m, int n, scratch_t *s)
{
    double a[STATES];
    double likelihood = 0.0;
    for (int k = 0; k < STATES; k++) {
        a[k] = m->start[k] * s->density[0][k];
    }
    for (int t = 0;; t++) {
        double total = a[0] + a[1] + a[2];
        likelihood += log(total);
        s->scale[t] = 1.0 / total;
        for (int k = 0; k < STATES; k++) {
            a[k] *= s->scale[t];
            s->alpha[t][k] = a[k];
        }
        if (t == n - 1) {
            return likelihood;
        }
        double b[STATES];
        for (int k = 0; k < STATES; k++) {
            b[k] = (a[0] * m->trans[0][k] + a[1] * m->trans[1][k] + a[2] * m->trans[2][k]) *
                   s->density[t + 1][k];
        }
        memcpy(a, b, sizeof a);
    }
}

static void backward(const model_t *m, double *const x[FEATURES], int n, int d, const scratch_t *s,
                     sums_t *out)
{
    double beta[STATES] = {1.0, 1.0, 1.0};
    memset(out, 0, sizeof *out);
    for (int t = n - 1; t >= 0; t--) {
        for (int k = 0; k < STATES; k++) {
            double g = s->alpha[t][k] * beta[k];
            out->weight[k] += g;
            out->first[k] = g;
            for (int j = 0; j < d; j++) {
                out->sum[k][j] += g * x[j][t];
                out->squares[k][j] += g * x[j][t] * x[j][t];
            }
        }
        if (t == 0) {
            return;
        }
        double w[STATES];
        double next[STATES];
        for (int k = 0; k < STATES; k++) {
            w[k] = s->density[t][k] * beta[k] * s->scale[t];
        }
        for (int i = 0; i < STATES; i++) {
            next[i] = 0.0;
            for (int k = 0; k < STATES; k++) {
                out->moves[i][k] += s->alpha[t - 1][i] * w[k];
                next[i] += m->trans[i][k] * w[k];
            }
        }
        memcpy(beta, next, sizeof beta);
    }
}

static void improve(model_t *m, int d, const sums_t *s)
{
    double firsts = s->first[0] + s->first[1] + s->first[2];
    for (int i = 0; i < STATES; i++) {
        double total = 0.0;
        for (int k = 0; k < STATES; k++) {
            total += m->trans[i][k] * s->moves[i][k];
        }
        for (int k = 0; k < STATES; k++) {
            m->trans[i][k] = m->trans[i][k] * s->moves[i][k] / total;
        }
        m->start[i] = s->first[i] / firsts;
        for (int j = 0; j < d; j++) {
            m->mean[i][j] = s->sum[i][j] / s->weight[i];
            m->var[i][j] = fmax(s->squares[i][j] / s->weight[i] - m->mean[i][j] * m->mean[i][j], 0.02);
        }
    }
}

static void days(double *const x[FEATURES], int n)
{
    static const double drift[STATES] = {0.08, 0.0, -0.12};
    static const double size[STATES] = {0.6, 1.0, 2.2};
    uint64_t random = 42;
    uint64_t state = 0;
    double wide = 1.0;
    for (int t = 0; t < n; t++) {
        state = gen_unit(&random) < 0.02 ? gen_next(&random) % STATES : state;
        x[0][t] = drift[state] + size[state] * gen_normal(&random);
        wide = 0.9 * wide + 0.1 * fabs(x[0][t]);
        x[1][t] = wide - 1.0;
    }
}

static double fit(double *const x[FEATURES], int n, int d, scratch_t *s)
{
    model_t m = {0};
    for (int i = 0; i < STATES; i++) {
        m.start[i] = 1.0 / STATES;
        for (int k = 0; k < STATES; k++) {
            m.trans[i][k] = i == k ? 0.9 : 0.05;
        }
        for (int j = 0; j < d; j++) {
            m.mean[i][j] = j == 0 ? 1.0 - i : 0.0;
            m.var[i][j] = 1.0;
        }
    }
    double likelihood = 0.0;
    for (int r = 0; r < ITERATIONS; r++) {
        sums_t sums;
        densities(&m, x, n, d, s);
        likelihood = forward(&m, n, s);
        backward(&m, x, n, d, s, &sums);
        improve(&m, d, &sums);
    }
    return likelihood;
}

static int w3(int n, int d)
{
    if (n < 20 || n > BARS_MOST || d < 1 || d > FEATURES) {
        return 2;
    }
    scratch_t *s = calloc(1, sizeof *s);
    double *memory = calloc(2U * (size_t)n, sizeof *memory);
    if (s == NULL || memory == NULL) {
        return 1;
    }
    double *const x[FEATURES] = {memory, memory + n};
    days(x, n);
    (void)fit(x, n, d, s);
    double start = now();
    double likelihood = fit(x, n, d, s);
    printf("%.6f\n# log-likelihood %.3f\n", (now() - start) * 1e3, likelihood);
    free(s);
    free(memory);
    return 0;
}
int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    name = name == NULL ? argv[0] : name + 1;
    if (strcmp(name, "plain_w2") == 0 && argc == 2) {
        return w2(argv[1]);
    }
    if (strcmp(name, "plain_w3") == 0 && argc == 3) {
        return w3((int)strtol(argv[1], NULL, 10), (int)strtol(argv[2], NULL, 10));
    }
    fprintf(stderr, "usage: plain_w2 daily|minute, plain_w3 BARS FEATURES\n");
    return 2;
}
