/* Folders and names of the Lean project's data to the joined table a file belongs to (see import_path.h).
 *
 * Layout after the project's own format notes (github.com/QuantConnect/Lean, Data/<class>/readme.md):
 *   CLASS/MARKET/RESOLUTION/SYMBOL/YYYYMMDD_KIND[_STYLE].zip    tick, second, minute; one member or one per
 * contract CLASS/MARKET/RESOLUTION/SYMBOL[_KIND].zip                   hour, daily
 *   CLASS/MARKET/{factor,map}_files/SYMBOL.csv */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_path.h"

enum { PARTS = 6, WORDS = 8 };

typedef struct {
    str_t v[WORDS];
    u32 n;
} words_t;

static words_t cut(str_t s, u8 sep)
{
    words_t w = {0};
    while (s.n > 0 && w.n < WORDS) {
        str_t rest;
        (void)str_cut(s, sep, &w.v[w.n++], &rest); /* the whole if there is none */
        s = rest;
    }
    return w;
}

/* Last parts of the path, the file name first. */
static u32 path_parts(const char *path, str_t out[PARTS])
{
    u32 n = 0;
    size_t end = strlen(path);
    while (n < PARTS) {
        size_t from = end;
        while (from > 0 && path[from - 1] != '/') {
            from--;
        }
        out[n++] = (str_t){.p = (const u8 *)path + from, .n = (u32)(end - from)};
        if (from == 0) {
            break;
        }
        end = from - 1;
    }
    return n;
}

static str_t stem(str_t name)
{
    str_t head;
    str_t rest;
    (void)str_cut(name, '.', &head, &rest);
    return head;
}

static bool is_one_of(str_t s, const char *const *all, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        if (str_eq_c(s, all[i])) {
            return true;
        }
    }
    return false;
}

static const char *class_of(str_t s)
{
    static const char *const all[][2] = {{"equity", "equity"}, {"forex", "forex"},       {"cfd", "forex"},
                                         {"crypto", "crypto"}, {"cryptofuture", "perp"}, {"future", "future"},
                                         {"option", "option"}};
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        if (str_eq_c(s, all[i][0])) {
            return all[i][1];
        }
    }
    return NULL;
}

/* "trade", "quote", "oi" out of the words of a name. */
static const char *kind_of(const words_t *w, const char *otherwise)
{
    for (u32 i = 0; i < w->n; i++) {
        if (str_eq_c(w->v[i], "trade")) {
            return "trade";
        }
        if (str_eq_c(w->v[i], "quote")) {
            return "quote";
        }
        if (str_eq_c(w->v[i], "openinterest")) {
            return "oi";
        }
    }
    return otherwise;
}

static const char *columns_of(const char *asset, bool tick, const char *kind)
{
    if (strcmp(kind, "oi") == 0) {
        return "open_interest";
    }
    bool trade = strcmp(kind, "trade") == 0;
    if (tick) {
        return strcmp(asset, "forex") == 0 ? "bid,ask"
               : trade                     ? "price,size,exchange,sale_condition,suspicious"
                                           : "bid,bid_size,ask,ask_size,exchange,quote_condition,suspicious";
    }
    return trade
               ? "open,high,low,close,volume"
               : "bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size";
}

/* Contract out of a member: what stands behind the kind, a style and right of an option or the month of a
 * future. */
static bool contract_of(str_t member, char out[64])
{
    words_t w = cut(stem(member), '_');
    u32 at = 0;
    while (at < w.n && !str_eq_c(w.v[at], "trade") && !str_eq_c(w.v[at], "quote") &&
           !str_eq_c(w.v[at], "openinterest")) {
        at++;
    }
    if (at + 1 >= w.n) {
        return false;
    }
    bool option = str_eq_c(w.v[at + 1], "american") || str_eq_c(w.v[at + 1], "european");
    if (!option) {
        (void)snprintf(out, 64, STR_FMT, (int)MIN_OF(w.v[at + 1].n, 6u), (const char *)w.v[at + 1].p);
        return w.v[at + 1].n >= 6;
    }
    if (at + 4 >= w.n) {
        return false;
    }
    int n = snprintf(out, 64, STR_FMT "_" STR_FMT "_" STR_FMT "_" STR_FMT, STR_ARG(w.v[at + 1]),
                     STR_ARG(w.v[at + 2]), STR_ARG(w.v[at + 3]), STR_ARG(w.v[at + 4]));
    return n > 0 && n < 64;
}

typedef struct {
    const char *asset;
    str_t market;
    str_t resolution;
    str_t symbol;
    str_t date; /* empty: in the lines */
    const char *kind;
    char contract[64];
} place_t;

static void place_write(const place_t *p, lean_place_t *out)
{
    bool daily = str_eq_c(p->resolution, "daily") || str_eq_c(p->resolution, "hour");
    bool tick = str_eq_c(p->resolution, "tick");
    (void)snprintf(out->name, sizeof out->name, "lean_%s_" STR_FMT "_%s", p->asset, STR_ARG(p->resolution),
                   p->kind);
    const char *columns = columns_of(p->asset, tick, p->kind);
    bool contract = p->contract[0] != '\0';
    (void)snprintf(out->header, sizeof out->header, "market,symbol,%s%s%s,%s", daily ? "" : "date,",
                   contract ? "contract," : "", daily ? "datetime" : "time_ms", columns);
    (void)snprintf(out->prefix, sizeof out->prefix, STR_FMT "," STR_FMT "," STR_FMT "%s%s%s",
                   STR_ARG(p->market), STR_ARG(p->symbol), STR_ARG(p->date), p->date.n > 0 ? "," : "",
                   p->contract, contract ? "," : "");
    memcpy(out->contract, p->contract, sizeof out->contract);
}

static bool reference_place(const str_t *part, u32 n, lean_place_t *out)
{
    bool factors = n > 1 && str_eq_c(part[1], "factor_files");
    bool maps = n > 1 && str_eq_c(part[1], "map_files");
    if ((!factors && !maps) || !str_ends(part[0], STR(".csv"))) {
        return false;
    }
    str_t symbol = stem(part[0]);
    (void)snprintf(out->name, sizeof out->name, factors ? "lean_factor_files" : "lean_map_files");
    (void)snprintf(out->header, sizeof out->header,
                   factors ? "file,date,price_factor,split_factor,reference_price"
                           : "file,date,ticker,exchange");
    (void)snprintf(out->prefix, sizeof out->prefix, "%.*s,", (int)MIN_OF(symbol.n, 100u),
                   (const char *)symbol.p);
    return true;
}

bool lean_place(const char *path, const char *member, lean_place_t *out)
{
    ASSERT(path != NULL);
    ASSERT(out != NULL);
    static const char *const resolutions[] = {"tick", "second", "minute", "hour", "daily"};
    str_t part[PARTS];
    lean_place_t place = {0};
    u32 n = path_parts(path, part);
    if (member == NULL) {
        bool found = reference_place(part, n, &place);
        *out = place;
        return found;
    }
    bool deep = n >= 5 && is_one_of(part[2], resolutions, 3); /* CLASS/MARKET/RESOLUTION/SYMBOL/DAY */
    bool flat = n >= 4 && is_one_of(part[1], resolutions + 3, 2);
    if (!str_ends(part[0], STR(".zip")) || (!deep && !flat)) {
        return false;
    }
    words_t w = cut(stem(part[0]), '_');
    place_t p = {.asset = class_of(deep ? part[4] : part[3]),
                 .market = deep ? part[3] : part[2],
                 .resolution = deep ? part[2] : part[1],
                 .symbol = deep ? part[1] : w.v[0],
                 .date = deep ? w.v[0] : STR("")};
    if (p.asset == NULL || w.n == 0 || p.market.n > 24 || p.symbol.n > 24 || p.date.n > 8) {
        return false;
    }
    p.kind = kind_of(&w, strcmp(p.asset, "forex") == 0 ? "quote" : "trade");
    bool many = strcmp(p.asset, "option") == 0 || strcmp(p.asset, "future") == 0;
    if (many && !contract_of(str_from(member), p.contract)) {
        return false;
    }
    place_write(&p, &place);
    *out = place;
    return true;
}
