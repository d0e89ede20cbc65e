/* Figures of quarterly and yearly reports of US companies. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "end_date", record_key(ri, 0), &day));
    date_t file = 0;
    TRY(record_date(ri, "file", record_key(ri, 2), &file));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = record_close(ri, file);
    return record_series(ri, record_key(ri, 1), h);
}

const record_format_desc_t format_us_reports_2016 = {
    .name = "us_reports_2016",
    .about = "Figures of quarterly and yearly reports of US companies.",
    .known = "evening of the day of the file",
    .kind = "report",
    .shape = RECORDS_CSV,
    .need = {"symbol", "end_date", "period_focus", "doc_type", "revenues", "file"},
    .key = {"end_date", "symbol", "file"},
    .map = {{"amend", "amend"},
            {"period", "period_focus"},
            {"fiscal_year", "fiscal_year"},
            {"doc_type", "doc_type"},
            {"revenues", "revenues"},
            {"op_income", "op_income"},
            {"net_income", "net_income"},
            {"eps_basic", "eps_basic"},
            {"eps_diluted", "eps_diluted"},
            {"dividend", "dividend"},
            {"assets", "assets"},
            {"cur_assets", "cur_assets"},
            {"cur_liab", "cur_liab"},
            {"cash", "cash"},
            {"equity", "equity"},
            {"cash_flow_op", "cash_flow_op"},
            {"cash_flow_inv", "cash_flow_inv"},
            {"cash_flow_fin", "cash_flow_fin"}},
    .round = true,
    .head = head,
};
