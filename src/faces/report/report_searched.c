/* Whether a search of this home tried a run's settings: tries, days and overfitting. See report_parts.h. */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "faces/report/report_parts.h"
#include "store/trials.h"

err_t report_searched(store_t *s, diag_t *diag, report_facts_t *f)
{
    ASSERT(s != NULL && f != NULL);
    char market[TRIALS_MARKET];
    f->origin_known = false;
    if (!f->config_known) {
        return ERR_OK;
    }
    TRY(trials_market(s, &f->run.input, diag, market));
    if (market[0] == '\0') { /* of a simulated market, where nobody searches */
        return ERR_OK;
    }
    digest_t config = config_hash(&f->config);
    TRY(searches_origin(s, str_from(market), &config, diag, &f->searches));
    f->origin_known = true;
    return ERR_OK;
}

void report_origin_text(const search_origin_t *o, char *out, size_t size)
{
    ASSERT(o != NULL && out != NULL);
    char first[11];
    char last[11];
    char pbo[64] = "overfitting not known";
    if (o->spans == 0) {
        (void)snprintf(out, size, "no search of this home tried these settings");
        return;
    }
    if (o->pbo_known) {
        (void)snprintf(pbo, sizeof pbo, "overfitting %.2f, its best loses in %.2f", o->pbo, o->loss);
    }
    date_print(first, o->pbo_first);
    date_print(last, o->pbo_last);
    (void)snprintf(out, size, "%s: %u setting%s tried on %s to %s%s; %s",
                   o->walked == 0          ? "optimize"
                   : o->walked == o->spans ? "walk-forward"
                                           : "optimize and walk-forward",
                   o->tries, o->tries == 1 ? "" : "s", first, last,
                   o->spans > 1 ? ", the longest stretch" : "", pbo);
}

bool report_searched_text(const report_facts_t *f, char out[REPORT_SENTENCE])
{
    ASSERT(f != NULL && out != NULL);
    char last[11];
    const search_origin_t *o = &f->searches;
    if (!f->origin_known) {
        return false;
    }
    report_origin_text(o, out, REPORT_SENTENCE);
    bool within = o->spans > 0 && f->day_count > 0 && f->own_days[0].session <= o->last;
    if (within) { /* what was chosen by a day says nothing new on that day */
        date_print(last, o->last);
        size_t n = strlen(out);
        (void)snprintf(out + n, REPORT_SENTENCE - n, "; days up to %s chose them", last);
    }
    return true;
}

void report_json_searched(const report_facts_t *f, jsonw_t *w)
{
    ASSERT(f != NULL && w != NULL);
    const search_origin_t *o = &f->searches;
    char day[11];
    jsonw_key(w, "searches");
    if (!f->origin_known) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_put_u64(w, "stretches", o->spans);
    jsonw_put_u64(w, "walk_forward", o->walked);
    if (o->spans > 0) {
        date_print(day, o->last);
        jsonw_put_text(w, "searched_to", day);
        jsonw_put_u64(w, "settings_tried", o->tries);
    }
    if (o->pbo_known) {
        jsonw_put_f64(w, "pbo", o->pbo);
        jsonw_put_f64(w, "pbo_loss", o->loss);
    }
    jsonw_end(w);
}
