/* Every maximum of the program, with the reason for the number. Raising one is a code review, not a setting.
 */
#ifndef VITRINE_BASE_LIMITS_H
#define VITRINE_BASE_LIMITS_H

enum {
    LIMIT_INSTRUMENTS = 16384, /* all US listings (12,000) and room; an index fits in u16 */
    LIMIT_UNIVERSE = 8192,     /* symbols in one run: us_all_2016 has 5,268 */
    LIMIT_SYMBOL = 32,         /* CCXT option names reach 31 characters (OCC symbols have 21), plus NUL */
    LIMIT_CANDIDATES = 10,     /* screen.max_results, fixed by the brief */
    LIMIT_POSITIONS = 64,      /* aggressive preset holds 10; user-raised caps up to this */
    LIMIT_ORDERS = 1024,  /* live orders of one account: positions x (entry, stop, target, exit) and room */
    LIMIT_STRATEGIES = 8, /* six named strategies and two spare ids */
    LIMIT_GATES = 160,    /* gates of the widest stage: all strategies, both sides */
    LIMIT_EVIDENCE = 24,  /* rows of the built-in analyst's table */
    LIMIT_EVENT_BYTES = 1 << 20, /* one encoded event */
    LIMIT_SLICE_ROWS = LIMIT_UNIVERSE,
    LIMIT_CSV_LINE = 1 << 16, /* longest line of any known data set is under 1 KiB */
    LIMIT_PATH = 4096
};

#endif
