/* The tear sheet as a page: its order, its words and its style. See html_parts.h. */
#include <string.h>

#include "base/assert.h"
#include "faces/report/html_parts.h"

enum { PAGE_ARENA = 2 << 20, PAGE_DAY = 128 };

/* Colours are for two things only: gained and lost. Figures stand in columns, so their digits are of one
 * width. */
static const char html_style[] =
    ":root{--paper:#fbfaf7;--ink:#1d2329;--soft:#6b7680;--line:#dcd9d1;--own:#0b6e75;--other:#a8a296;"
    "--won:#2c8a63;--lost:#bf4a3c;--pale:#e7e3d8}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#14181c;--ink:#e6e3db;--soft:#97a1aa;--line:#2c333a;"
    "--own:#4cc3c9;--other:#6d6a62;--won:#4fb58a;--lost:#e07a6c;--pale:#262d33}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',"
    "Roboto,'Helvetica Neue',Arial,sans-serif;font-variant-numeric:tabular-nums}\n"
    "main{max-width:1060px;margin:0 auto;padding:36px 28px 80px}\n"
    "h1{font-size:25px;margin:0 0 4px;letter-spacing:-.01em}\n"
    "h2{font-size:17px;margin:44px 0 10px;padding-top:14px;border-top:1px solid var(--line)}\n"
    "h3{font-size:13px;margin:18px 0 2px;color:var(--soft);font-weight:600}\n"
    "p{max-width:74ch;margin:6px 0 12px}p.soft,.soft{color:var(--soft);font-size:13.5px}\n"
    "code{font:12.5px ui-monospace,Menlo,Consolas,monospace;word-break:break-all}\n"
    ".verdict{background:var(--lost);color:#fff;padding:9px 14px;font-weight:600;max-width:none;margin:18px "
    "0}\n"
    "table{border-collapse:collapse;font-size:13.5px}th{font-weight:400;text-align:left;color:var(--soft)}\n"
    ".facts th,.facts td{padding:4px 22px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}\n"
    ".facts td{font-weight:600}.pair{display:flex;gap:0 48px;flex-wrap:wrap}"
    ".pair>.wide{flex:1;min-width:min(300px,100%)}.pair table{width:100%}\n"
    ".wide{overflow-x:auto;max-width:100%}\n"
    ".parts{width:100%}.parts td,.parts th{padding:3px 12px 3px 0;border-bottom:1px solid var(--line);"
    "text-align:right;white-space:nowrap}.parts th:first-child,.parts th.name,.parts .text{text-align:left}"
    ".parts th.name{color:var(--ink)}.parts .text{white-space:normal}.spark{width:150px}"
    ".spark svg{height:12px;width:140px}\n"
    ".heat{width:100%;table-layout:fixed}.heat th{padding:3px 4px;text-align:center;font-size:12px}"
    ".heat td{padding:4px 2px;text-align:center;font-size:12px;border:1px solid var(--paper)}\n"
    ".heat .n0{background:var(--pale)}\n"
    ".heat .g1{background:color-mix(in srgb,var(--won) 22%,var(--paper))}"
    ".heat .g2{background:color-mix(in srgb,var(--won) 45%,var(--paper))}"
    ".heat .g3{background:color-mix(in srgb,var(--won) 72%,var(--paper))}"
    ".heat .l1{background:color-mix(in srgb,var(--lost) 22%,var(--paper))}"
    ".heat .l2{background:color-mix(in srgb,var(--lost) 45%,var(--paper))}"
    ".heat .l3{background:color-mix(in srgb,var(--lost) 72%,var(--paper))}\n"
    "svg{display:block;width:100%;height:auto}svg text{font-size:12px;fill:var(--soft);font-family:inherit}\n"
    ".rule{stroke:var(--line);stroke-width:1}.zero{stroke:var(--soft);stroke-width:1}"
    ".line{fill:none;stroke-width:1.6;stroke-linejoin:round}.line.own{stroke:var(--own)}"
    ".line.other{stroke:var(--other)}.line.lost{stroke:var(--lost);stroke-width:1}.area{stroke:none}"
    ".area.loss{fill:var(--lost);opacity:.22}.area.wide{fill:var(--own);opacity:.13}"
    ".area.narrow{fill:var(--own);opacity:.2}rect.won,.dot.won{fill:var(--won)}rect.lost,.dot.lost{fill:var(-"
    "-lost)}"
    "rect.total,.dot.total{fill:var(--own)}rect.pale{fill:var(--pale)}.dot.won,.dot.lost{opacity:.55}"
    ".mean{stroke:var(--ink);stroke-width:1.4;stroke-dasharray:4 "
    "3}.whisker{stroke:var(--soft);stroke-width:1.4}\n"
    ".key i{display:inline-block;width:18px;height:3px;vertical-align:middle;margin:0 6px 0 14px}"
    ".key .a{background:var(--own);margin-left:0}.key .b{background:var(--other)}\n"
    "details{margin-top:8px}summary{cursor:pointer;color:var(--soft)}\n"
    "@media(max-width:700px){main{padding:20px 14px 60px}.wide>svg,.heat{min-width:640px}}\n"
    "@media print{main{max-width:none;padding:0}.wide{overflow:visible}h2{break-after:avoid}"
    "svg,table.facts{break-inside:avoid}"
    "details{display:none}}\n";

static void head(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    char a[11] = "";
    char b[11] = "";
    char usd[32];
    if (f->day_count > 0) {
        date_print(a, f->own_days[0].session);
        date_print(b, f->own_days[f->day_count - 1].session);
    }
    char whose[REPORT_TEXT];
    const report_user_t *user = report_facts_user(f, f->account);
    report_facts_whose(f, whose);
    (void)fprintf(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><title>Run %.8s%s%s</title>\n<style>\n%s</style>"
        "</head><body><main>\n",
        f->run.id.text, user != NULL ? ", " : "", user != NULL ? user->name : "", html_style);
    (void)fprintf(out, "<h1>%s%s%s</h1><p class=\"soft\">%s, %s. %u session%s, %u symbols",
                  f->day_count > 0 ? a : "No session has ended", f->day_count > 0 ? " to " : "", b,
                  run_kind_name(f->run.kind), report_status(f), f->day_count,
                  f->day_count == 1 ? "" : "s", f->inst_count);
    if (f->config_known) {
        (void)fprintf(out, ", profile %s, preset %s", profile_name(f->config.profile),
                      preset_name(f->config.preset));
    }
    (void)fprintf(out, ", start %s, seed %llu. Run <code>%s</code></p>\n",
                  dollars_text(usd, money_to_f64(f->start), DOLLARS_WHOLE), (unsigned long long)f->run.seed,
                  f->run.id.text);
    if (whose[0] != '\0') {
        (void)fputs("<p class=\"soft\">", out);
        html_text(out, whose);
        (void)fputs("</p>\n", out);
    }
    const char *line;
    for (u32 i = 0; (line = report_origin_line(&f->origin, i)) != NULL; i++) {
        (void)fprintf(out, "<p class=\"soft\">%s</p>\n", line);
    }
    char moments[REPORT_SENTENCE];
    if (report_facts_moments(f, moments)) {
        (void)fprintf(out, "<p class=\"soft\">%s</p>\n", moments);
    }
}

static void section(FILE *out, const char *title, const char *text)
{
    (void)fprintf(out, "<h2>%s</h2>\n", title);
    if (text != NULL) {
        (void)fprintf(out, "<p class=\"soft\">%s</p>\n", text);
    }
}

static void curves(const report_t *r, const curves_t *s, FILE *out)
{
    section(out, "Equity", NULL);
    (void)fputs("<p class=\"soft key\"><i class=\"a\"></i>this run", out);
    if (s->proxy != NULL && r->bench.proxy.known) {
        (void)fputs("<i class=\"b\"></i>", out);
        html_text(out, r->bench.proxy_symbol);
        (void)fputs(" held", out);
    }
    (void)fputs("</p>\n", out);
    html_chart_equity(r, s, out);
    (void)fputs("<h3>Below the highest so far</h3>", out);
    html_chart_under(s, out);
    section(out, "Months, %", "Equity at the month's last session against the month before.");
    html_heat_map(s, out);
    if (s->n > ROLLING_DAYS) {
        section(out, "Over time", NULL);
        html_chart_rolling(s, out);
    }
    if (s->fan_known) {
        section(out, "How else it might have gone",
                "500 histories drawn from this run's own days in blocks of five on average: half of them end "
                "in the "
                "dark band, nine in ten in the light one. It shows what the order of days did, not what "
                "other days "
                "would.");
        html_chart_fan(s, out);
    }
    section(out, "Bad times", "Falls of the whole market, by its closes.");
    html_windows(s, out);
}

static void trades(const report_t *r, FILE *out)
{
    section(out, "Trades",
            "Net of all costs, in R: the distance from entry to the first stop. The dashed line is the "
            "mean.");
    html_chart_results(r, out);
    (void)fputs("<h3>Worst point (right) and best point (up) while open; red ended below zero</h3>", out);
    html_chart_excursions(r, out);
    section(out, "From gross to net", "Gross is at mid prices.");
    html_chart_costs(r, out);
    html_costs_table(r, out);
    section(out, "What it hangs on", NULL);
    html_robust(r, out);
    section(out, "In parts", NULL);
    html_groups(r, out);
    section(
        out, "Confidence against results",
        "Confidence is the probability that the mean net result of this kind of trade is above zero, not the "
        "chance to win. If it means anything, the dots rise.");
    html_chart_calibration(r, out);
}

static void refusals(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    section(out, "What was refused, and why", "Bars are on a scale of powers of ten.");
    char sum[REPORT_SENTENCE];
    report_facts_funnel(f, sum);
    (void)fprintf(out, "<p>%llu cycles, %llu of them stopped. %s.</p>\n", (unsigned long long)f->cycles,
                  (unsigned long long)f->cycles_stopped, sum);
    html_chart_funnel(r, out);
    html_rules(r, out);
}

static void foot(const report_t *r, FILE *out)
{
    char hex[2 * sizeof r->facts.run.decisions.b + 1];
    section(out, "Conventions", NULL);
    (void)fprintf(
        out,
        "<p class=\"soft\">Daily equity returns with flat days, %u a year, risk-free rate %.1f %%. Drawdown "
        "on each session's last marks. Won and lost without results under one cent. No ratio under 30 "
        "trades. Intervals are of %u resamples of days in blocks of five on average.</p>\n",
        report_year(&r->facts), 100.0 * REPORT_RF, r->resamples > 0 ? r->resamples : (u32)BOOTSTRAP_DRAWS);
    hex_print(hex, r->facts.run.decisions.b, sizeof r->facts.run.decisions.b);
    (void)fprintf(out, "<p class=\"soft\">Decisions <code>%s</code><br>", hex);
    hex_print(hex, r->facts.run.input.b, sizeof r->facts.run.input.b);
    (void)fprintf(out, "Data <code>%s</code><br>", hex);
    hex_print(hex, r->facts.run.head.b, sizeof r->facts.run.head.b);
    (void)fprintf(out, "Journal <code>%s</code></p>\n</main></body></html>\n", hex);
}

err_t report_html(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    arena_t a;
    curves_t s;
    TRY(arena_open(&a, PAGE_ARENA + (size_t)r->facts.day_count * PAGE_DAY));
    err_t err = html_curves(r, &a, &s);
    if (err == ERR_OK) {
        head(r, out);
        html_first(r, out);
        if (r->facts.users.count > 1) {
            section(out, "Users", NULL);
            html_users(r, out);
        }
        section(out, "Figures", NULL);
        html_figures(r, out);
        html_more(r, out);
        if (s.n > 1) {
            curves(r, &s, out);
        }
        trades(r, out);
        if (r->facts.sliced.order_count > 0) {
            section(out, "Sliced orders",
                    "What they cost against having all of it at the price of the decision, in basis points; "
                    "the dearest in money. Delay is the wait until a slice was sent, impact the way from "
                    "there to its fill, unfilled what the rest went on to do.");
            html_slices(r, out);
        }
        if (r->facts.trade_count > 0) {
            section(out, "By share of bar volume",
                    "An entry's quantity, of the volume of the bar in which it began to fill.");
            html_share(r, out);
        }
        section(out, "Tax lots", NULL);
        html_tax(r, out);
        refusals(r, out);
        if (r->facts.told_count > 0) {
            section(out, "Told by loops", "What each told, how often, and the last of it.");
            html_told(r, out);
        }
        if (r->facts.time.count > 0) {
            section(out, "Time of decisions", "On the machine that ran them; nothing depends on it.");
            html_time(r, out);
        }
        html_trades(r, out);
        foot(r, out);
    }
    arena_close(&a);
    return err != ERR_OK ? err : ferror(out) ? ERR_IO : ERR_OK;
}
