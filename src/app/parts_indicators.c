/* Indicators, each with a worked example that its own kernel computes (see parts.h). */
#include "app/parts.h"

#include <stdlib.h>
#include <string.h>

#include "alpha/strategies/strategy.h"
#include "base/assert.h"
#include "faces/cli/part_doc.h"
#include "quant/indicators/indicators.h"
#include "quant/math/qmath.h"

enum { BARS = 64, SHOWN = 10, INPUTS = 7 };

static const char *const input_names[INPUTS] = {"open",   "high",    "low",      "close",
                                                "volume", "session", "reference"};

/* Bars small enough to follow by hand: a walk in quarters up and down about 100, four bars a session. */
typedef struct {
    f64 column[INPUTS][BARS * INDICATOR_LANES];
    f64 out[INDICATOR_OUTPUTS_MAX][BARS * INDICATOR_LANES];
} example_t;

static void example_bars(example_t *e)
{
    static const f64 step[] = {0.50, -0.25, 1.00, 0.75, -1.25, 0.25, -0.50, 1.50, -0.75, 0.50, -1.00};
    f64 before = 100.0;
    for (u32 i = 0; i < BARS; i++) {
        f64 close = before + step[i % COUNT_OF(step)];
        f64 bar[INPUTS] = {before,
                           q_max(before, close) + 0.25 * (f64)(1 + i % 3),
                           q_min(before, close) - 0.25 * (f64)(1 + i % 2),
                           close,
                           1000.0 + 100.0 * (f64)(i * 5 % 7),
                           i % 4 == 0 ? 1.0 : 0.0,
                           50.0 + 0.5 * (f64)(i * 3 % 8)};
        for (u32 k = 0; k < INPUTS; k++) {
            for (u32 lane = 0; lane < INDICATOR_LANES; lane++) {
                e->column[k][i * INDICATOR_LANES + lane] = bar[k];
            }
        }
        before = close;
    }
}

static void example_params(const indicator_desc_t *s, f64 params[INDICATOR_PARAMS_MAX])
{
    for (u32 i = 0; i < s->param_count; i++) {
        const indicator_param_t *p = &s->params[i];
        params[i] = p->shown != 0 ? p->shown : p->real ? p->dflt : q_max(p->lo, q_min(p->hi, 3.0));
    }
}

/* The lane of the first symbol. Returns false without memory. */
static bool example_run(const indicator_desc_t *s, const f64 *params, u32 count, example_t *e)
{
    f64 *out[INDICATOR_OUTPUTS_MAX];
    void *state = aligned_alloc(64, s->state_size(params));
    if (state == NULL) {
        return false;
    }
    example_bars(e);
    for (u32 i = 0; i < INDICATOR_OUTPUTS_MAX; i++) {
        out[i] = e->out[i];
    }
    indicator_cols_t in = {.open = e->column[0],
                           .high = e->column[1],
                           .low = e->column[2],
                           .close = e->column[3],
                           .volume = e->column[4],
                           .session = e->column[5],
                           .reference = e->column[6],
                           .count = count};
    s->reset(state, params);
    s->run(state, params, &in, out, INDICATOR_SSE2);
    free(state);
    return true;
}

static void example_table(const indicator_desc_t *s, const example_t *e, u32 count, u32 first, part_doc_t *d)
{
    const char *head[DOC_COLUMNS] = {"bar"};
    u32 columns = 1;
    for (u32 k = 0; k < INPUTS; k++) {
        if ((s->inputs & (1U << k)) != 0) {
            head[columns++] = input_names[k];
        }
    }
    u32 outputs = MIN_OF(s->output_count, DOC_COLUMNS - columns);
    for (u32 k = 0; k < outputs; k++) {
        head[columns++] = s->outputs[k];
    }
    doc_table(d, "example", head, columns);
    for (u32 i = count > SHOWN ? count - SHOWN : 0; i < count; i++) {
        doc_cell_number(d, (f64)i + 1.0, 0);
        for (u32 k = 0; k < INPUTS; k++) {
            if ((s->inputs & (1U << k)) != 0) {
                doc_cell_number(d, e->column[k][i * INDICATOR_LANES], -1);
            }
        }
        for (u32 k = 0; k < outputs; k++) {
            i < first ? doc_cell_none(d) : doc_cell_number(d, e->out[k][i * INDICATOR_LANES], 4);
        }
    }
    doc_table_end(d);
}

static void example(const indicator_desc_t *s, part_doc_t *d)
{
    f64 params[INDICATOR_PARAMS_MAX] = {0};
    char text[160] = "";
    size_t used = 0;
    example_params(s, params);
    u32 first = s->lookback(params);
    u32 count = MIN_OF(MAX_OF(first + 3, 8U), (u32)BARS);
    example_t *e = calloc(1, sizeof *e);
    if (e == NULL || !example_run(s, params, count, e)) {
        free(e);
        return; /* without memory the rest is still told */
    }
    for (u32 i = 0; i < s->param_count && used < sizeof text; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %g", i == 0 ? "With " : ", ",
                                 s->params[i].name, params[i]);
    }
    if (used < sizeof text && count > SHOWN) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %u of %u bars",
                                 used > 0 ? "; the last" : "The last", SHOWN, count);
    }
    if (used + 1 < sizeof text) {
        (void)snprintf(text + used, sizeof text - used, "%s", used > 0 ? "." : "It has no parameters.");
        doc_para(d, "worked_example", text);
    }
    example_table(s, e, count, first, d);
    free(e);
}

static void inputs_print(const indicator_desc_t *s, char out[96])
{
    size_t used = 0;
    out[0] = 0;
    for (u32 k = 0; k < INPUTS; k++) {
        if ((s->inputs & (1U << k)) != 0 && used < 96) {
            used += (size_t)snprintf(out + used, 96 - used, "%s%s", used == 0 ? "" : ", ", input_names[k]);
        }
    }
}

static u32 warm_up(const indicator_desc_t *s)
{
    f64 params[INDICATOR_PARAMS_MAX] = {0};
    indicator_params_default(s, params);
    return s->lookback(params) + 1;
}

static void outputs_print(const indicator_desc_t *s, char out[160])
{
    size_t used = 0;
    out[0] = 0;
    for (u32 k = 0; k < s->output_count && used < 160; k++) {
        used += (size_t)snprintf(out + used, 160 - used, "%s`%s`", k == 0 ? "" : ", ", s->outputs[k]);
    }
    if (used < 160) {
        (void)snprintf(out + used, 160 - used, ": %s", s->range);
    }
}

void indicator_doc(u32 index, part_doc_t *d)
{
    static const char *const head[] = {"parameter", "default", "from", "to"};
    const indicator_desc_t *s = indicator_at(index);
    char text[160];
    char inputs[96];
    ASSERT(s->text.does != NULL && s->text.wrong != NULL && s->range != NULL);
    doc_lead(d, s->text.does);
    inputs_print(s, inputs);
    outputs_print(s, text);
    doc_fact(d, "inputs", "%s", inputs);
    doc_fact(d, "outputs", "%s", text);
    doc_fact(d, "warm_up", "the first value at bar %u with the defaults; 0 before it", warm_up(s));
    doc_list(d, "strategies");
    for (u32 i = 0; i < strategy_count(); i++) {
        const strategy_desc_t *st = strategy_at(i);
        for (u32 k = 0; k < STRATEGY_NAMES && st->indicators[k] != NULL; k++) {
            if (strcmp(st->indicators[k], s->name) == 0) {
                doc_name(d, "strategies", st->name);
            }
        }
    }
    doc_list_end(d);
    doc_table(d, "parameters", head, COUNT_OF(head));
    for (u32 i = 0; i < s->param_count; i++) {
        const indicator_param_t *p = &s->params[i];
        doc_cell_code(d, p->name);
        doc_cell_number(d, p->dflt, -1);
        doc_cell_number(d, p->lo, -1);
        doc_cell_number(d, p->hi, -1);
    }
    doc_table_end(d);
    doc_part_text(d, &s->text, "formula");
    example(s, d);
}

const char *const indicator_head[] = {"indicator", "what it is", "inputs", "values", "first at bar", NULL};

void indicator_summary(u32 index, part_doc_t *d)
{
    const indicator_desc_t *s = indicator_at(index);
    char inputs[96];
    inputs_print(s, inputs);
    doc_cell_name(d, "indicators", s->name);
    doc_cell(d, "%s", s->title);
    doc_cell(d, "%s", inputs);
    doc_cell(d, "%s", s->range);
    doc_cell(d, "%u", warm_up(s));
}

part_page_t indicator_page(u32 index)
{
    static const part_page_t pages[INDICATOR_FAMILIES] = {
        {.file = "trend",
         .title = "Trend and persistence",
         .lead = "Where price goes, how straight, and whether it remembers."},
        {.file = "oscillators",
         .title = "Oscillators",
         .lead = "How far price has been stretched, on a scale that comes back to its middle."},
        {.file = "channels",
         .title = "Channels and extremes",
         .lead = "Lines about price that say what is far and what is near."},
        {.file = "volatility",
         .title = "Volatility",
         .lead = "How much price moves, whichever way: in price for a bar, or per year."},
        {.file = "volume", .title = "Volume", .lead = "How much was traded, when, and at which prices."},
        {.file = "levels", .title = "Levels", .lead = "Prices that the session before leaves behind."},
        {.file = "relation",
         .title = "Relation to a reference",
         .lead = "How a symbol moves with another, such as the market."},
    };
    indicator_family_t family = indicator_at(index)->family;
    ASSERT(family >= 1 && family <= INDICATOR_FAMILIES);
    return pages[family - 1];
}
