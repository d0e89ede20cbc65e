/* See figures.h. */
#include "faces/report/figures.h"

#include "base/assert.h"

static const figure_desc_t figures[FIGURES] = {
    [FIGURE_CAGR] = {.name = "cagr",
                     .label = "CAGR",
                     .text = {.does =
                                  "The yearly rate at which the equity would have grown evenly to its end.",
                              .formula = "(end / start)^(365.25 / calendar days) - 1",
                              .edge = "It does not exist where the equity falls to nothing.",
                              .wrong =
                                  "It forgets the way: a curve that halved and came back has the same one as "
                                  "a calm one."}},
    [FIGURE_SHARPE] =
        {.name = "sharpe",
         .label = "Sharpe",
         .text = {.does = "Mean daily return over its own deviation, by the year.",
                  .formula = "sqrt(Y) x (mean of daily returns - rate / Y) / deviation      "
                             "deviation: divisor n - 1; Y: 252 of shares, 365 of coins",
                  .edge = "Days without a position count, with a return of zero. Under 30 closed "
                          "trades no ratio is shown.",
                  .wrong = "It takes good days for risk, and a strategy that sells insurance looks "
                           "best until the day it pays.",
                  .source = "W. Sharpe, Journal of Portfolio Management 21, 1994."}},
    [FIGURE_SHARPE_ERROR] =
        {.name = "sharpe_error",
         .label = "Sharpe, std error",
         .text = {.does = "How far the Sharpe of these days may lie from the true one.",
                  .formula = "sqrt(Y x (1 - skew x SR + (kurtosis - 1) / 4 x SR^2) / days)      SR: "
                             "of a day; Y: 252 of shares, 365 of coins",
                  .wrong = "It takes days as independent. Two years of daily returns give about 0.7: a "
                           "Sharpe of 1 is then hardly more than none.",
                  .source = "A. Lo, Financial Analysts Journal 58, 2002; with skew and kurtosis after "
                            "E. Mertens, 2002."}},
    [FIGURE_SORTINO] =
        {.name = "sortino",
         .label = "Sortino",
         .text = {.does = "The Sharpe that takes only falls for risk.",
                  .formula = "sqrt(Y) x mean excess return / sqrt(mean of min(excess return, 0)^2)      "
                             "Y: 252 of shares, 365 of coins",
                  .edge = "It does not exist without a losing day.",
                  .wrong = "With few losing days it is huge and means nothing; it is the ratio that a "
                           "short lucky run flatters most.",
                  .source = "F. Sortino and R. van der Meer, Journal of Portfolio Management 17, 1991."}},
    [FIGURE_CALMAR] =
        {.name = "calmar",
         .label = "Calmar",
         .text = {.does = "Yearly growth over the deepest fall.",
                  .formula = "CAGR / largest drawdown",
                  .edge = "It does not exist without a fall.",
                  .wrong = "One event decides it, and the longer a run, the deeper its deepest fall: "
                           "runs of other lengths cannot be compared.",
                  .source = "T. Young, Futures, 1991."}},
    [FIGURE_PSR] = {.name = "psr",
                    .label = "PSR",
                    .text = {.does = "The probability that the true Sharpe is above zero.",
                             .formula =
                                 "N((SR - 0) x sqrt(days - 1) / sqrt(1 - skew x SR + (kurtosis - 1) / 4 x "
                                 "SR^2))      N: normal distribution",
                             .wrong =
                                 "It knows one run. Of twenty worthless ones the best has a PSR of 0.95: see "
                                 "`dsr`.",
                             .source = "D. Bailey and M. Lopez de Prado, Journal of Risk 15, 2012."}},
    [FIGURE_DSR] =
        {.name = "dsr",
         .label = "DSR",
         .text = {.does = "The probability that the true Sharpe is above what the best of all tries on "
                          "these days would show by luck.",
                  .formula = "PSR against the Sharpe expected of the best of N worthless tries, N: the "
                             "trials the store has counted",
                  .wrong = "It counts the back-tests of this store and the tries of its optimize, "
                           "walk-forward and court, on some of the same days of the same source and bar, "
                           "whatever their names. What was tried in another home, on another source, or "
                           "thought of because a chart was seen, it does not know. What is repeated counts "
                           "again.",
                  .source = "D. Bailey and M. Lopez de Prado, Journal of Portfolio Management 40, "
                            "2014."}},
    [FIGURE_VOLATILITY] =
        {.name = "volatility",
         .label = "Volatility",
         .text = {.does = "How much the equity moves, by the year.",
                  .formula = "sqrt(Y) x deviation of daily returns      Y: 252 of shares, 365 "
                             "of coins",
                  .wrong = "Days without a position make it small: it says more of how often something "
                           "was held than of how risky it was."}},
    [FIGURE_DRAWDOWN] =
        {.name = "max_drawdown",
         .label = "Max drawdown",
         .text = {.does = "The deepest fall of the equity from a peak, in percent and in money.",
                  .formula = "max over days of (peak so far - equity) / peak so far",
                  .wrong = "It is of the last marks of each session: a fall within a day is not in it. "
                           "The next one may be deeper; it is a figure of the past only."}},
    [FIGURE_ULCER] = {.name = "ulcer_index",
                      .label = "Ulcer index",
                      .text = {.does = "How deep and how long the equity stood below its peak.",
                               .formula = "sqrt(mean of (drawdown in percent)^2)",
                               .wrong =
                                   "It has no scale of its own: it serves to compare curves of equal length.",
                               .source =
                                   "P. Martin and B. McCann, The Investor's Guide to Fidelity Funds, 1989."}},
    [FIGURE_VAR] = {.name = "value_at_risk",
                    .label = "Value at risk 95 %",
                    .text = {.does = "The loss that one day in twenty exceeds.",
                             .formula = "minus the 5 % quantile of daily returns",
                             .edge = "Below zero: even that day gained.",
                             .wrong =
                                 "It says nothing of how bad the twentieth day is, and is about zero where "
                                 "most days hold nothing."}},
    [FIGURE_PER_TRADE] =
        {.name = "per_trade",
         .label = "per trade",
         .text = {.does = "What a trade made on the mean, in what it risked.",
                  .formula = "mean of net result / (distance to the first stop x shares), with the "
                             "interval of 2,000 resamples of days (--resamples)",
                  .edge = "Days are resampled, not trades: those of one day share its luck.",
                  .wrong = "A wide stop makes a small R of a large loss. Trades of other stops are "
                           "other units."}},
    [FIGURE_HIT_RATE] =
        {.name = "hit_rate",
         .label = "Hit rate",
         .text = {.does = "How many trades gained, with the interval of the true share.",
                  .formula = "won / (won + lost), interval after Wilson",
                  .edge = "Results under one cent are in neither.",
                  .wrong = "It says nothing without the sizes: near targets and far stops win often "
                           "and lose.",
                  .source = "E. Wilson, Journal of the American Statistical Association 22, 1927."}},
    [FIGURE_PROFIT_FACTOR] =
        {.name = "profit_factor",
         .label = "Profit factor",
         .text = {.does = "Money won for each dollar lost.",
                  .formula = "sum of gains / sum of losses",
                  .edge = "It does not exist without a loser.",
                  .wrong = "One large winner makes it: see in the report what is left without the best "
                           "five trades."}},
    [FIGURE_SQN] = {.name = "sqn",
                    .label = "SQN",
                    .text = {.does = "How clearly the mean trade differs from zero.",
                             .formula = "sqrt(trades) x mean R / deviation of R",
                             .wrong =
                                 "It is a t statistic in other clothes, and takes trades as independent: "
                                 "those of one day are not.",
                             .source = "V. Tharp, Definitive Guide to Position Sizing, 2008."}},
    [FIGURE_KELLY] =
        {.name = "kelly",
         .label = "Kelly criterion",
         .text = {.does = "The share of equity that would have grown fastest, had the past been known.",
                  .formula = "p - (1 - p) / (mean gain / mean loss)      p: hit rate",
                  .edge = "Below zero there is nothing to bet on.",
                  .wrong = "It is the answer to known odds. With odds guessed from these trades, half "
                           "of it is bold.",
                  .source = "J. Kelly, Bell System Technical Journal 35, 1956."}},
    [FIGURE_BREAK_EVEN] =
        {.name = "break_even",
         .label = "costs that eat it all",
         .text = {.does = "How dear trading may be before nothing is left.",
                  .formula = "10,000 x (gross + dividends) / value traded, in basis points",
                  .edge = "Not shown where gross is not above zero.",
                  .wrong = "Decisions stay as they were; at such costs the engine would have refused "
                           "many of these trades."}},
    [FIGURE_TURNOVER] = {.name = "turnover",
                         .label = "turnover",
                         .text = {.does = "How often the equity was traded over in a year.",
                                  .formula = "value traded / mean equity / years",
                                  .wrong = "Entries and exits both count: a position in and out is two."}},
    [FIGURE_CAPACITY] =
        {.name = "capacity",
         .label = "impact takes half at",
         .text = {.does = "The equity at which market impact alone would take half of what the trades "
                          "gained.",
                  .formula = "start equity x (0.5 x gross / impact paid)^2, since impact grows with "
                             "the square root of size",
                  .edge = "Not shown where there is no gain.",
                  .wrong = "It scales one run by one law. Liquidity that is not there on a bad day is "
                           "not in it.",
                  .source = "Square-root law of impact (B. Toth and others, Physical Review X 1, "
                            "2011)."}},
    [FIGURE_TWIN] =
        {.name = "random_twins",
         .label = "random twins",
         .text = {.does = "How many of a thousand runs with the same trades, each entered at a random "
                          "moment, did worse.",
                  .formula = "part of the twins whose mean net R is below the run's: same names, days, "
                             "stops, targets, holding times and costs, sides drawn in the same mix; a day "
                             "trade enters with any bar of its session, a swing trade on any of the 21 "
                             "sessions from its own on",
                  .edge = "Near 50 %: the moment of entry added nothing. Above 95 %: it is hard to call "
                          "luck.",
                  .wrong = "Twins know the day that was chosen, so in day trading it judges hour and side "
                           "alone. They have no ratchets and leave at no flip, so a run's exits count as "
                           "its moment: what its own entries bring when they are left as twins leave is "
                           "told beside it, and tells the two apart. They walk on stored bars, or on a "
                           "demo's market made again; where neither is at hand there are none.",
                  .source = "The idea of a random benchmark; the windows are this program's."}},
};

const figure_desc_t *figure_at(figure_t f)
{
    ASSERT((u32)f < FIGURES);
    return &figures[f];
}
