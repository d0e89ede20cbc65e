/* What is heard in the simulated market as lines of JSON, in the layout yahoo_headlines. Beside each its
 * `size`, which no importer reads: the ground truth, the overnight move as a logarithm; of a split the new
 * shares for one old. See demo_table.h. */
#include "app/demo_table.h"

#include "base/units.h"
#include "wire/jsonw.h"

enum { LINE = 512, WORDS = 160 };

typedef struct {
    date_t session; /* the last that was written */
} headlines_t;

static bool line_print(const run_source_t *market, const sim_news_t *n, FILE *f)
{
    u8 memory[LINE];
    char at[36];
    char words[WORDS];
    jsonw_t w;
    time_print(at, n->t_known);
    (void)sim_market_headline(market->own_market, n, words, sizeof words);
    jsonw_init(&w, memory, sizeof memory);
    jsonw_object(&w);
    jsonw_put_text(&w, "date_publish", at);
    jsonw_put_text(&w, "title", words);
    jsonw_put_text(&w, "news_outlet", "simulated");
    jsonw_key(&w, "mentioned_companies");
    jsonw_array(&w);
    jsonw_text(&w, market->source.instruments[n->inst].symbol);
    jsonw_end(&w);
    jsonw_put_f64(&w, "size", n->size);
    jsonw_end(&w);
    if (jsonw_done(&w) != ERR_OK) {
        return false;
    }
    (void)fprintf(f, "%.*s\n", (int)w.used, (const char *)memory);
    return true;
}

static u32 slice_print(const run_source_t *market, const slice_t *s, void *memory, FILE *f)
{
    headlines_t *h = memory;
    const sim_news_t *news = NULL;
    u32 rows = 0;
    if (s->timeframe == TF_1D || s->session == h->session) {
        return 0;
    }
    h->session = s->session;
    u32 n = sim_market_news(market->own_market, &news);
    for (u32 i = 0; i < n; i++) {
        rows += line_print(market, &news[i], f) ? 1 : 0;
    }
    return rows;
}

const demo_table_t demo_headlines = {
    .option = "headlines", .rows = "headlines", .memory = sizeof(headlines_t), .slice = slice_print};
