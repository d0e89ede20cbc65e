/* Option chains of any source at the close of sessions: what a person writes down, and what
 * `vitrine demo --chains` writes. */
#include "drivers/import_lean.h"
#include "drivers/import_records.h"

#include <stdio.h>

#include "base/assert.h"

enum { KEY_UNDERLYING, KEY_DATE, KEY_EXPIRY, KEY_STRIKE, KEY_RIGHT };

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    date_t expiry = 0;
    i64 strike = 0;
    char contract[64];
    str_t right = record_key(ri, KEY_RIGHT);
    bool call = str_eq_c(right, "C");
    TRY(record_date(ri, "date", record_key(ri, KEY_DATE), &day));
    TRY(record_date(ri, "expiry", record_key(ri, KEY_EXPIRY), &expiry));
    if (str_to_scaled(record_key(ri, KEY_STRIKE), 4, true, &strike) != ERR_OK || strike <= 0 ||
        (!call && !str_eq_c(right, "P"))) {
        return record_fault(ri, ERR_NUMBER, "strike",
                            "and right (C or P) do not name a contract\n"
                            "do: correct the file, or import with --lenient");
    }
    h->t_event = record_close(ri, day);
    h->t_known = h->t_event;
    (void)snprintf(contract, sizeof contract, "plain_%s_%lld_%lld", call ? "call" : "put", (long long)strike,
                   (long long)date_number(expiry));
    return lean_contract(ri, record_key(ri, KEY_UNDERLYING), str_from(contract), h);
}

/* A side that is absent is empty, or 0 for a bid. */
static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    i64 bid = cell[record_at(ri, "bid")];
    i64 ask = cell[record_at(ri, "ask")];
    i64 spot = cell[record_at(ri, "spot")];
    if ((bid != CELL_NONE && bid < 0) || (ask != CELL_NONE && ask <= 0) || (spot != CELL_NONE && spot <= 0)) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    if (bid == CELL_NONE || ask == CELL_NONE) {
        record_note(ri, RULE_ONE_SIDED, h);
    } else if (bid >= ask) {
        record_note(ri, bid > ask ? RULE_CROSSED_QUOTE : RULE_LOCKED_QUOTE, h);
    }
    return ERR_OK;
}

const record_format_desc_t format_plain_chain = {
    .name = "plain_chain",
    .about = "Option chains of any source at the close of sessions, one contract a line.",
    .known = "close of the session",
    .kind = "option_quote",
    .shape = RECORDS_CSV,
    .need = {"underlying", "date", "expiry", "strike", "right", "spot", "bid", "ask"},
    .key = {"underlying", "date", "expiry", "strike", "right"},
    .map = {{"underlying", "underlying"},
            {"expiry", "expiry"},
            {"right", "right"},
            {"strike", "strike"},
            {"spot", "spot"},
            {"close", "?close"},
            {"bid", "bid"},
            {"ask", "ask"},
            {"volume", "?volume"},
            {"open_interest", "?open_interest"},
            {"iv", "?iv"},
            {"delta", "?delta"},
            {"gamma", "?gamma"},
            {"vega", "?vega"},
            {"theta", "?theta"},
            {"rho", "?rho"}},
    .zone = ZONE_NEW_YORK,
    .round = true,
    .head = head,
    .row = row,
};
