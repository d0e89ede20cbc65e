/* A report on made facts, and what it prints. */
#ifndef VITRINE_TESTS_FACES_MADE_REPORT_H
#define VITRINE_TESTS_FACES_MADE_REPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faces/report/report.h"
#include "faces/report/report_parts.h"
#include "tests/test.h"

enum { DAY0 = 14610 /* 2010-01-01 */ };
#define NEAR(a, b) CHECK((a) - (b) < 1e-9 && (b) - (a) < 1e-9)

static inline i64 dollars(f64 v)
{
    return (i64)(v * 1e6 + (v < 0 ? -0.5 : 0.5));
}

/* `count` trades of 100 shares bought at $20 with a risk of $0.50 a share, one a day; net[i] in dollars. Each
 * paid spread 2, slippage 3, impact 1 and fees 0.5. */
static inline void make_facts(report_facts_t *f, const f64 *net, u32 count)
{
    memset(f, 0, sizeof *f);
    f->inst_count = 2;
    f->own_insts = calloc(2, sizeof *f->own_insts);
    f->own_trades = calloc((size_t)count + 1, sizeof *f->own_trades);
    f->own_days = calloc((size_t)count + 2, sizeof *f->own_days);
    assert_non_null(f->own_insts);
    assert_non_null(f->own_trades);
    assert_non_null(f->own_days);
    for (u32 i = 0; i < 2; i++) {
        f->own_insts[i] = (report_inst_t){.cls = CLASS_STOCK, .multiplier = 1};
        f->own_insts[i].symbol[0] = (char)('A' + (char)i);
    }
    f->run.seed = 1;
    f->trials = 1;
    f->start.v = dollars(100000);
    i64 equity = f->start.v;
    for (u32 i = 0; i < count; i++) {
        lesson_record_t *l = &f->own_trades[i].l;
        *l = (lesson_record_t){.version = 1,
                               .inst = i % 2,
                               .strategy = 2,
                               .reason = net[i] > 0 ? EXIT_TARGET : EXIT_STOP,
                               .direction = i % 3 == 0 ? -1 : 1,
                               .qty = 100,
                               .entry = 20 * PRICE_SCALE,
                               .exit = 20 * PRICE_SCALE + (i64)(net[i] * 1e7),
                               .t_entry = (DAY0 + (i64)i) * NS_PER_DAY,
                               .t_exit = (DAY0 + (i64)i) * NS_PER_DAY + NS_PER_HOUR,
                               .gross = dollars(net[i] + 0.5),
                               .fees = dollars(0.5),
                               .net = dollars(net[i]),
                               .spread_cost = dollars(2),
                               .slippage_cost = dollars(3),
                               .impact_cost = dollars(1),
                               .r = PRICE_SCALE / 2,
                               .net_r = (i64)(net[i] / 50.0 * 1e6),
                               .gross_r = (i64)((net[i] + 0.5) / 50.0 * 1e6),
                               .confidence = 7500,
                               .conviction = 55,
                               .regime = 3,
                               .exit_date = DAY0 + i,
                               .entry_date = DAY0 + i,
                               .flags = i == 0 ? TAG_PROBE : 0};
        equity += l->net;
        f->own_days[i] = (report_day_t){.session = DAY0 + (date_t)i, .cash = equity, .equity = equity};
    }
    f->trade_count = count;
    f->day_count = count;
}

/* Only the first `days` of their sessions; `equity` of the first of them, if it is not below zero. */
static inline report_t *report_of_days(const f64 *net, u32 count, u32 days, i64 equity)
{
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    make_facts(&r->facts, net, count);
    r->facts.day_count = days;
    if (equity >= 0) {
        r->facts.own_days[0].equity = equity;
    }
    CHECK_OK(report_compute(r));
    return r;
}

static inline report_t *report_of(const f64 *net, u32 count)
{
    return report_of_days(net, count, count, -1);
}

static inline void drop(report_t *r)
{
    report_free(r);
    free(r);
}

/* Sentences as they were before they were broken into lines; in place. */
static inline char *unwrapped(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        *to++ = *at;
        if (at[0] == '\n' && at[1] == ' ') {
            to[-1] = ' ';
            at += strspn(at + 1, " ");
        }
    }
    *to = '\0';
    return text;
}

static inline char *text_of(const report_t *r, bool first)
{
    static char *own;
    static size_t n;
    FILE *f = open_memstream(&own, &n);
    if (first) {
        report_print_first(r, f, false);
    } else {
        report_print(r, f, false);
    }
    CHECK_EQ(fclose(f), 0);
    return own;
}

static inline char *printed(const report_t *r, err_t (*print)(const report_t *, FILE *))
{
    static char *own;
    static size_t n;
    FILE *f = open_memstream(&own, &n);
    CHECK_OK(print(r, f));
    CHECK_EQ(fclose(f), 0);
    return own;
}

static inline char *json_of(const report_t *r)
{
    static u8 memory[1 << 16];
    jsonw_t w;
    jsonw_init(&w, memory, sizeof memory - 1);
    report_json(r, &w);
    CHECK_OK(jsonw_done(&w));
    memory[w.used] = 0;
    return (char *)memory;
}

#endif
