/* Relative Volume by Time of Day: volume of the bar over the mean of the same bar of the last `days`
 * sessions, and the same for the volume since the session began. Bars are counted from the session's first;
 * where bars are missing the count lags the clock.
 *
 * Edge: 0 without an earlier session that had this bar, and beyond `slots` bars.
 * Cost: O(days) a bar.
 * Ref:  Definition of the trading specification. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(rvol_time, 0, 3 + 2 * P(1) * (P(0) + 1))

const indicator_desc_t indicator_rvol_time = {
    .name = "rvol_time",
    .title = "Relative Volume by Time of Day",
    .family = INDICATOR_VOLUME,
    .range = "0 and above; 1 is usual",
    .text = {.does = "Volume of a bar against the same bar of earlier sessions, and the same for the "
                     "session so far.",
             .formula = "rvol = volume of bar k / mean volume of bar k over the last days sessions\n"
                        "rvol_running = volume of bars 1..k / mean of the same sum",
             .edge = "0 without an earlier session that had this bar, and beyond slots bars.",
             .wrong = "Bars are counted from the session's first: where bars are missing the count "
                      "lags the clock."},
    .inputs = IN_VOLUME | IN_SESSION,
    .outputs = {"rvol", "rvol_running"},
    .output_count = 2,
    .params = {{.name = "days", .lo = 1, .hi = 60, .dflt = 10, .shown = 2},
               {.name = "slots", .lo = 1, .hi = 960, .dflt = 78, .shown = 4}},
    .param_count = 2,
    .lookback = rvol_time_lookback,
    .state_size = rvol_time_state_size,
    .reset = rvol_time_reset,
    .run = rvol_time_run,
};
