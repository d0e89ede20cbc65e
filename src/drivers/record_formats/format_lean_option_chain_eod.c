/* Lean option chains of a day, with the underlying; its greeks are not to be used. */
#include "drivers/import_records.h"
#include "drivers/import_lean.h"

#include <stdio.h>

#include "base/assert.h"

enum { KEY_UNDERLYING, KEY_DATE, KEY_EXPIRY, KEY_STRIKE, KEY_RIGHT };

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    i64 strike = 0;
    char contract[64];
    TRY(record_date(ri, "file_date", record_key(ri, KEY_DATE), &day));
    h->t_event = record_close(ri, day);
    h->t_known = record_open_after(day);
    str_t expiry = record_key(ri, KEY_EXPIRY);
    str_t right = record_key(ri, KEY_RIGHT);
    if (expiry.n == 0) {
        return record_series(ri, record_key(ri, KEY_UNDERLYING), h);
    }
    bool call = str_eq_c(right, "C");
    if (str_to_scaled(record_key(ri, KEY_STRIKE), 4, true, &strike) != ERR_OK || strike <= 0 ||
        (!call && !str_eq_c(right, "P"))) {
        return record_fault(ri, ERR_NUMBER, "strike",
                            "and right do not name a contract\n"
                            "do: correct the file, or import with --lenient");
    }
    (void)snprintf(contract, sizeof contract, "american_%s_%lld_%.*s", call ? "call" : "put",
                   (long long)strike, (int)MIN_OF(expiry.n, 8u), (const char *)expiry.p);
    return lean_contract(ri, record_key(ri, KEY_UNDERLYING), str_from(contract), h);
}

const record_format_desc_t format_lean_option_chain_eod = {
    .name = "lean_option_chain_eod",
    .about = "Lean option chains of a day, with the underlying; its greeks are not to be used.",
    .known = "open of the next session",
    .kind = "option_quote",
    .shape = RECORDS_CSV,
    .need = {"underlying", "file_date", "expiry", "strike", "right", "open_interest", "implied_volatility"},
    .key = {"underlying", "file_date", "expiry", "strike", "right"},
    .map = {{"underlying", "underlying"},
            {"expiry", "expiry"},
            {"right", "right"},
            {"strike", "strike"},
            {"open", "open"},
            {"high", "high"},
            {"low", "low"},
            {"close", "close"},
            {"volume", "volume"},
            {"open_interest", "open_interest"},
            {"iv", "implied_volatility"},
            {"delta", "delta"},
            {"gamma", "gamma"},
            {"vega", "vega"},
            {"theta", "theta"},
            {"rho", "rho"}},
    .zone = ZONE_NEW_YORK,
    .round = true,
    .head = head,
    .row = lean_row_chain,
};
