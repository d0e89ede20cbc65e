/* Replay: a run of a real home is decided again from its journal and the bar store alone; whatever bit is
 * changed on the way is found and named: in a stored chunk, in a slice on its way, in a block of the journal.
 */
#include "tests/engine/dataset.h"

#include <sys/stat.h>

#include "drivers/replay.h"
#include "drivers/run_table.h"
#include "store/home.h"
#include "store/sqlite.h"

enum { STOCKS = 40, DAYS = 700 };

typedef struct {
    char path[HOME_SIZE];
    char symbols[RUN_SPEC_SYMBOLS];
    run_spec_t spec;
    home_t home;
    store_t *store;
    run_id_t id;
    runner_result_t result;
} world_t;

static const char header[] =
    "symbol,timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n";

static void row_write(FILE *f, const char *symbol, date_t session, const bar_t *b)
{
    char day[11];
    date_print(day, session);
    CHECK(fprintf(f, "%s,%s,%.4f,%.4f,%.4f,%.4f,%.4f,%lld,0.0,1.0\n", symbol, day, price_to_f64(b->open),
                  price_to_f64(b->high), price_to_f64(b->low), price_to_f64(b->close), price_to_f64(b->close),
                  (long long)b->volume) > 0);
}

/* The regime proxy's own file: the days of `d` as bars of MKT. Day `other`, if any, closes a cent higher; day
 * `left_out` is not there. */
static void proxy_write(const char *path, const dataset_t *d, u32 other, u32 left_out)
{
    FILE *f = fopen(path, "wb");
    u32 day = 0;
    assert_non_null(f);
    CHECK(fputs(header, f) >= 0);
    for (u32 i = 0; i < d->count; i++) {
        if (d->own_slice[i].timeframe != TF_1D) {
            continue;
        }
        bar_t b = d->own_bar[d->own_rows[i]];
        b.close.v += day == other ? PRICE_SCALE / 100 : 0;
        b.high.v = MAX_OF(b.high.v, b.close.v);
        if (day++ != left_out) {
            row_write(f, "MKT", d->own_slice[i].session, &b);
        }
    }
    CHECK_EQ(fclose(f), 0);
}

/* Daily bars of a simulated market, as files that anybody could have. */
static void bars_write(const char *path, const char *proxy, u32 other, u32 left_out, date_t *trade_from)
{
    dataset_t d;
    sim_market_spec_t ms = sim_market_spec_default(3);
    sim_market_t *m = NULL;
    diag_t diag = {0};
    ms.stocks = STOCKS;
    ms.history_sessions = DAYS;
    ms.warmup_sessions = 0;
    ms.sessions = 1;
    CHECK_OK(sim_market_open(&ms, &diag, &m));
    source_t made = sim_market_source(m);
    dataset_read(&made, &d);
    sim_market_close(m);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    CHECK(fputs(header, f) >= 0);
    for (u32 who = 0; who < d.like.instrument_count; who++) {
        for (u32 i = 0; i < d.count; i++) {
            const slice_t *s = &d.own_slice[i];
            for (u32 k = 0; s->timeframe == TF_1D && k < s->count; k++) {
                if (d.own_inst[d.own_rows[i] + k] == who) {
                    row_write(f, d.own_instruments[who].symbol, s->session, &d.own_bar[d.own_rows[i] + k]);
                }
            }
        }
    }
    CHECK_EQ(fclose(f), 0);
    proxy_write(proxy, &d, other, left_out);
    *trade_from = d.own_slice[100].session;
    dataset_free(&d);
}

static void record_run(world_t *w, const source_t *source)
{
    diag_t diag = {0};
    char text[4096];
    config_t config = config_open(PROFILE_SWING);
    u8 config_text[32768];
    writer_t cw = writer_of(config_text, sizeof config_text);
    writer_t sw = writer_of(text, sizeof text);
    CHECK_OK(config_encode(&config, &cw));
    CHECK_OK(run_spec_encode(&w->spec, &sw));
    run_start_t start = {.kind = RUN_BACKTEST,
                         .incarnation = {{9, 9, 1}},
                         .seed = 7,
                         .logic = engine_logic_id(&config),
                         .input = source->content,
                         .config = {.p = config_text, .n = (u32)cw.used}};
    journal_options_t jo = {.batch_bytes = 1U << 14};
    journal_t *j = NULL;
    CHECK_OK(journal_create(w->store, &start, &jo, &diag, &j));
    w->id = journal_run_id(j);
    runner_spec_t rs = {.source = source,
                        .config = &config,
                        .journal = j,
                        .run_spec = {.p = (const u8 *)text, .n = (u32)sw.used},
                        .seed = 7,
                        .incarnation = start.incarnation,
                        .cash = w->spec.cash,
                        .profile = PROFILE_SWING,
                        .trade_from = w->spec.trade_from,
                        .lookahead = true,
                        .untradable_proxy = true};
    CHECK_OK(runner_run(&rs, &diag, &w->result));
    run_end_t end = {
        .status = RUN_ENDED, .t_ended = 1, .decisions = w->result.decisions, .counts = STR("{}")};
    CHECK_OK(journal_finish(j, &end, &diag));
    journal_close(j);
}

static void import_made(const char *home, const char *csv, const char *source)
{
    diag_t diag = {0};
    import_report_t report;
    import_spec_t is = {.home = home, .path = csv, .source = source, .now_ns = 1790000000LL * NS_PER_SEC};
    err_t err = import_file(&is, &diag, &report);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
}

/* Both files into the home; see proxy_write. */
static void world_import(world_t *w, u32 other, u32 left_out)
{
    char csv[512];
    char proxy[512];
    (void)snprintf(csv, sizeof csv, "%s/made_sp500.csv", w->path);
    (void)snprintf(proxy, sizeof proxy, "%s/proxy_sp500.csv", w->path);
    bars_write(csv, proxy, other, left_out, &w->spec.trade_from);
    import_made(w->path, csv, NULL);
    import_made(w->path, proxy, "proxy_days");
}

static world_t *world_make(void)
{
    world_t *w = calloc(1, sizeof *w);
    diag_t diag = {0};
    assert_non_null(w);
    home_make(w->path);
    w->spec = (run_spec_t){.kind = RUN_BACKTEST,
                           .timeframe = TF_1D,
                           .source = "sp500_daily",
                           .proxy = "MKT",
                           .proxy_source = "proxy_days",
                           .symbols = w->symbols,
                           .seed = 7,
                           .cash = {100000 * (i64)MONEY_SCALE}};
    world_import(w, UINT32_MAX, UINT32_MAX);
    CHECK_OK(home_open(w->path, HOME_CREATE, &diag, &w->home));
    CHECK_OK(store_open_home(&w->home, false, false, &diag, &w->store));
    feed_source_t *f = NULL;
    CHECK_OK(feed_source_open(&w->spec, w->path, &diag, &f));
    source_t source = feed_source_of(f);
    record_run(w, &source);
    feed_source_close(f);
    print_message("%llu cycles, %llu trades, %llu closed\n", (unsigned long long)w->result.counts.cycles,
                  (unsigned long long)w->result.counts.trades, (unsigned long long)w->result.counts.closed);
    CHECK(w->result.counts.trades > 0);
    return w;
}

static void world_drop(world_t *w)
{
    store_close(w->store);
    home_close(&w->home);
    home_remove(w->path);
    free(w);
}

/* A source that changes one bit of one slice on its way. */
typedef struct {
    source_t inner;
    u64 ordinal;
    bar_t bars[STOCKS + 8];
} flipper_t;

static err_t flipper_next(void *ctx, slice_t *out, diag_t *diag)
{
    flipper_t *f = ctx;
    TRY(f->inner.next(f->inner.ctx, out, diag));
    if (out->ordinal == f->ordinal && out->count > 0) {
        CHECK(out->count <= COUNT_OF(f->bars));
        memcpy(f->bars, out->bar, out->count * sizeof *out->bar);
        f->bars[0].close.v ^= 1LL << 20; /* a thousandth of a dollar */
        f->bars[0].high.v = MAX_OF(f->bars[0].high.v, f->bars[0].close.v);
        f->bars[0].low.v = MIN_OF(f->bars[0].low.v, f->bars[0].close.v);
        out->bar = f->bars;
    }
    return ERR_OK;
}

static err_t replay_with(world_t *w, u64 flip, const replay_job_t *how, diag_t *diag, replay_verdict_t *v)
{
    run_spec_t spec = {.symbols = calloc(1, RUN_SPEC_SYMBOLS)};
    config_t config;
    feed_source_t *f = NULL;
    replay_job_t job = *how;
    *v = (replay_verdict_t){0};
    CHECK_OK(replay_open_spec(w->store, str_from(w->id.text), diag, &spec, &config, NULL));
    CHECK_EQ(spec.trade_from, w->spec.trade_from);
    err_t err = feed_source_open(&spec, w->path, diag, &f);
    if (err == ERR_OK) {
        flipper_t flipper = {.inner = feed_source_of(f), .ordinal = flip};
        source_t source = flipper.inner;
        source.ctx = &flipper;
        source.next = flipper_next;
        job.source = &source;
        CHECK_OK(journal_reader_open(w->store, str_from(w->id.text), diag, &job.reader));
        err = replay_run(&job, &spec, diag, v);
        journal_reader_close(job.reader);
        feed_source_close(f);
    }
    free(spec.symbols);
    return err;
}

TEST(a_run_replays_however_it_is_computed)
{
    UNUSED_STATE;
    world_t *w = world_make();
    diag_t diag = {0};
    static const u32 threads[] = {1, 2, 8};
    for (u32 i = 0; i < COUNT_OF(threads) * 2; i++) {
        replay_verdict_t v;
        replay_job_t how = {.threads = threads[i / 2], .lookahead = i % 2 == 0};
        CHECK_OK(replay_with(w, UINT64_MAX, &how, &diag, &v));
        CHECK(v.matches && v.same_logic && !v.input_differs);
        CHECK_EQ(v.seq_fact, 0);
        CHECK(v.facts > 0 && v.slices > 100);
        CHECK(digest_eq(&v.decisions, &w->result.decisions));
        CHECK(digest_eq(&v.decisions, &v.recorded));
    }
    world_drop(w);
}

/* Where slice `ordinal` (its rows) stands in the journal. */
static u64 slice_seq(world_t *w, u64 ordinal, i64 *t_known)
{
    diag_t diag = {0};
    journal_reader_t *r = NULL;
    event_t e;
    bool more = true;
    u64 seq = 0;
    CHECK_OK(journal_reader_open(w->store, str_from(w->id.text), &diag, &r));
    for (;;) {
        CHECK_OK(journal_next(r, &diag, &e, &more));
        if (!more) {
            break;
        }
        if (e.head.kind == EV_SLICE && e.as.SLICE.ordinal == ordinal && e.as.SLICE.rows > 0) {
            seq = e.head.seq;
            *t_known = e.as.SLICE.t_known;
        }
    }
    journal_reader_close(r);
    return seq;
}

TEST(a_flipped_bit_of_an_input_is_located)
{
    UNUSED_STATE;
    world_t *w = world_make();
    static const u64 at[] = {101, 230, 400, DAYS - 2};
    for (u32 i = 0; i < COUNT_OF(at); i++) {
        diag_t diag = {0};
        replay_verdict_t v;
        i64 t = 0;
        u64 seq = slice_seq(w, at[i], &t);
        CHECK(seq > 0);
        replay_job_t how = {.lookahead = true};
        CHECK_OK(replay_with(w, at[i], &how, &diag, &v));
        CHECK(!v.matches && v.input_differs && v.same_logic);
        CHECK_EQ(v.seq_input, seq);
        CHECK_EQ(v.t_input, t);
        char begins[32];
        (void)snprintf(begins, sizeof begins, "input %llu:", (unsigned long long)seq);
        CHECK(strstr(v.what, begins) == v.what);
        if (v.seq_fact != 0) { /* the first decision that moved stands behind it */
            char then[48];
            (void)snprintf(then, sizeof then, "; then event %llu at", (unsigned long long)v.seq_fact);
            CHECK(v.seq_fact > seq);
            CHECK(strstr(v.what, then) != NULL);
        }
        print_message("%s\n", v.what);
        CHECK(i + 1 == COUNT_OF(at) || v.seq_fact != 0);
    }
    world_drop(w);
}

static char victim[512];
static char victim_hash[17]; /* with which its name begins */

static int first_chunk(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    size_t n = strlen(path);
    if (kind == FTW_F && n > 5 && strcmp(path + n - 5, ".bars") == 0 && victim[0] == '\0' &&
        strstr(path, victim_hash) != NULL) {
        (void)snprintf(victim, sizeof victim, "%s", path);
    }
    return 0;
}

/* The first chunk of a data set. */
static void victim_choose(world_t *w, const char *source)
{
    bars_query_t q = {.source = source, .timeframe = TF_1D, .from = I64_MIN};
    diag_t diag = {0};
    bars_t *store = NULL;
    bars_chunk_t *own = NULL;
    u32 n = 0;
    char hash[65];
    CHECK_OK(bars_open(w->path, true, &diag, &store));
    CHECK_OK(bars_chunks(store, &q, &diag, &own, &n));
    CHECK(n > 0);
    hex_print(hash, own[0].hash.b, sizeof own[0].hash.b);
    memcpy(victim_hash, hash, sizeof victim_hash - 1);
    free(own);
    bars_close(store);
    victim[0] = '\0';
    CHECK_EQ(nftw(w->path, first_chunk, 16, FTW_PHYS), 0);
    CHECK(victim[0] != '\0');
}

/* Of the shares as of the regime proxy. */
TEST(a_flipped_bit_of_a_stored_chunk_is_named)
{
    UNUSED_STATE;
    static const char *const sources[] = {"sp500_daily", "proxy_days"};
    for (u32 i = 0; i < COUNT_OF(sources); i++) {
        world_t *w = world_make();
        diag_t diag = {0};
        replay_verdict_t v;
        victim_choose(w, sources[i]);
        CHECK_EQ(chmod(victim, 0600), 0);
        FILE *f = fopen(victim, "r+b");
        assert_non_null(f);
        CHECK_EQ(fseek(f, -7, SEEK_END), 0);
        int c = fgetc(f);
        CHECK_EQ(fseek(f, -7, SEEK_END), 0);
        CHECK(fputc(c ^ 4, f) != EOF);
        CHECK_EQ(fclose(f), 0);
        replay_job_t how = {.lookahead = true};
        CHECK_EQ(replay_with(w, UINT64_MAX, &how, &diag, &v), ERR_CORRUPT);
        print_message("%s\n", diag.text);
        CHECK(strstr(diag.text, victim_hash) != NULL);
        world_drop(w);
    }
}

/* The t_known of the proxy's bar of day `day`, as time_print has it. */
static void proxy_known(world_t *w, u32 day, char out[36])
{
    diag_t diag = {0};
    feed_source_t *f = NULL;
    CHECK_OK(feed_source_open(&w->spec, w->path, &diag, &f));
    source_t s = feed_source_of(f);
    CHECK(day < s.proxy_bar_count);
    time_print(out, s.proxy_bars[day].t_known);
    feed_source_close(f);
}

static int remove_bars(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return strstr(path, "/bars/") != NULL ? remove(path) : 0;
}

/* As if the bar store had been lost and both files were imported again. */
static void world_import_anew(world_t *w, u32 other, u32 left_out)
{
    CHECK_EQ(nftw(w->path, remove_bars, 16, FTW_PHYS | FTW_DEPTH), 0);
    world_import(w, other, left_out);
}

/* The shares are the same, the regime proxy comes from another file: the bar is named, not what it led to. */
TEST(another_proxy_is_named)
{
    UNUSED_STATE;
    static const struct {
        u32 other, left_out;
        const char *how;
    } cases[] = {{20, UINT32_MAX, "is not the one recorded"},
                 {400, UINT32_MAX, "is not the one recorded"},
                 {DAYS - 1, UINT32_MAX, "is not the one recorded"},
                 {UINT32_MAX, 300, "is in the record and no longer here"}};
    world_t *w = world_make();
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        diag_t diag = {0};
        replay_verdict_t v;
        char at[36];
        char words[160];
        world_import_anew(w, UINT32_MAX, UINT32_MAX);
        proxy_known(w, MIN_OF(cases[i].other, cases[i].left_out), at);
        world_import_anew(w, cases[i].other, cases[i].left_out);
        replay_job_t how = {.lookahead = true};
        CHECK_OK(replay_with(w, UINT64_MAX, &how, &diag, &v));
        (void)snprintf(words, sizeof words, "the bar of the regime proxy MKT known at %s %s", at,
                       cases[i].how);
        print_message("%s\n", v.what);
        CHECK(!v.matches && v.input_differs);
        CHECK(strstr(v.what, words) != NULL);
        CHECK(strstr(v.what, "input ") == v.what);
    }
    world_drop(w);
}

/* A bar that nobody could know while the run lasted is no difference; an earlier one more is. */
TEST(bars_beyond_the_run_do_not_count)
{
    UNUSED_STATE;
    bar_t bar[4] = {{.t_known = 1 * NS_PER_SEC}, {.t_known = 2 * NS_PER_SEC}, {.t_known = 3 * NS_PER_SEC}};
    instrument_t inst[2] = {{.symbol = "A", .cls = CLASS_STOCK, .tick = {7}, .multiplier = 1},
                            {.symbol = "B", .cls = CLASS_ETF, .multiplier = 1}};
    source_t s = {.instruments = inst, .instrument_count = 2, .proxy_bars = bar, .proxy_bar_count = 3};
    u8 bytes[512];
    char what[128];
    bool differs = true;
    run_table_t t;
    writer_t w = writer_of(bytes, sizeof bytes);
    run_table_encode(&s, &w);
    CHECK(!w.full);
    blob_t table = {.p = bytes, .n = (u32)w.used};
    bar[2].close.v = 5;
    CHECK_OK(run_table_open(table, &s, &t, what, &differs));
    CHECK(!differs && !run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 2 * NS_PER_SEC}, what));
    CHECK(run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 3 * NS_PER_SEC},
                            what)); /* then it is named, once */
    CHECK(!run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 3 * NS_PER_SEC}, what));
    bar[2].close.v = 0;
    bar[3].t_known = 4 * NS_PER_SEC;
    s.proxy_bar_count = 4;
    CHECK_OK(run_table_open(table, &s, &t, what, &differs));
    CHECK(!run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 3 * NS_PER_SEC}, what));
    CHECK(run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 9 * NS_PER_SEC}, what));
    CHECK(strstr(what, "is not in the record") != NULL);
    s.proxy_bar_count = 2;
    CHECK_OK(run_table_open(table, &s, &t, what, &differs));
    CHECK(!run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 2 * NS_PER_SEC}, what));
    CHECK(run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 3 * NS_PER_SEC}, what));
    CHECK(strstr(what, "no longer here") != NULL);
    for (u32 n = 0; n < table.n; n++) { /* a torn table is an error or an older one, never a crash */
        blob_t torn = {.p = bytes, .n = n};
        err_t err = run_table_open(torn, &s, &t, what, &differs);
        CHECK(err == ERR_OK || err == ERR_CORRUPT);
        (void)run_table_outside(&t, &s, &(run_table_ask_t){"P", "V", 9 * NS_PER_SEC}, what);
    }
}

TEST(another_instrument_is_named)
{
    UNUSED_STATE;
    instrument_t base[2] = {{.symbol = "A", .cls = CLASS_STOCK, .tick = {7}, .multiplier = 1},
                            {.symbol = "B", .cls = CLASS_ETF, .multiplier = 1}};
    instrument_t now[2];
    source_t s = {.instruments = base, .instrument_count = 2};
    u8 bytes[512];
    writer_t w = writer_of(bytes, sizeof bytes);
    run_table_encode(&s, &w);
    blob_t table = {.p = bytes, .n = (u32)w.used};
    s.instruments = now;
    digest_t was;
    CHECK_OK(run_table_digest(&(source_t){.instruments = base, .instrument_count = 2}, &was));
    for (u32 i = 0; i < 10; i++) {
        char what[128] = "";
        bool differs = false;
        run_table_t t;
        digest_t is;
        memcpy(now, base, sizeof now);
        instrument_t *b = &now[1];
        b->tick.v += i == 1;
        b->flags |= i == 2 ? INST_LEVERAGED : 0;
        b->underlying[0] = i == 3 ? 'A' : '\0';
        b->calendar = i == 4 ? CAL_CME : CAL_NYSE;
        b->multiplier += i == 5;
        b->cls = i == 6 ? CLASS_STOCK : CLASS_ETF;
        b->symbol[0] = i == 7 ? 'C' : 'B';
        b->expiry += i == 8;
        b->sector = i == 9 ? 3 : 0;
        CHECK_OK(run_table_open(table, &s, &t, what, &differs));
        CHECK_OK(run_table_digest(&s, &is));
        CHECK_EQ(differs, i != 0);
        CHECK_EQ(digest_eq(&is, &was), i == 0);
        CHECK(i == 0 || strstr(what, now[1].symbol) != NULL);
    }
}

TEST(a_flipped_bit_of_the_journal_is_named)
{
    UNUSED_STATE;
    world_t *w = world_make();
    diag_t diag = {0};
    char path[LIMIT_PATH];
    sql_db_t *db = NULL;
    home_path(&w->home, HOME_DB, path);
    CHECK_OK(sql_open(&(sql_options_t){.path = path}, NULL, &db));
    CHECK_OK(sql_exec(db, "UPDATE journal_block SET raw_size = raw_size + 1 WHERE block = 2", &diag));
    sql_close(db);
    replay_verdict_t v;
    replay_job_t how = {.lookahead = true};
    CHECK_EQ(replay_with(w, UINT64_MAX, &how, &diag, &v), ERR_CORRUPT);
    print_message("%s\n", diag.text);
    CHECK(strstr(diag.text, "block 2") != NULL);
    world_drop(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_replays_however_it_is_computed),
        cmocka_unit_test(a_flipped_bit_of_an_input_is_located),
        cmocka_unit_test(a_flipped_bit_of_a_stored_chunk_is_named),
        cmocka_unit_test(another_proxy_is_named),
        cmocka_unit_test(bars_beyond_the_run_do_not_count),
        cmocka_unit_test(another_instrument_is_named),
        cmocka_unit_test(a_flipped_bit_of_the_journal_is_named),
    };
    return RUN_TESTS(tests);
}
