/* How many names go along: advancers against decliners, told when nearly all go one way; with the day's last
 * bar the whole picture, its best and its worst sector. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "model/sector.h"

enum { FEWEST = 20 };
#define NEARLY_ALL 80.0

typedef struct {
    u32 up, down, known;
    u32 above, mean_known; /* above their twenty-day mean */
    f64 sum[SECTOR_COUNT];
    u32 names[SECTOR_COUNT];
} breadth_t;

static void count_name(const scan_shared_t *s, u32 i, bool whole, breadth_t *b)
{
    const market_view_t *v = &s->view;
    f64 close = view_get(v, FEATURE_CLOSE, i);
    f64 before = view_get(v, FEATURE_DAY_CLOSE, i);
    if (view_get(v, FEATURE_PRESENT, i) == 0.0 || before <= 0) {
        return;
    }
    b->known++;
    b->up += close > before ? 1 : 0;
    b->down += close < before ? 1 : 0;
    if (whole) {
        u16 sector = s->market->instruments[i].sector;
        sector = sector < SECTOR_COUNT ? sector : SECTOR_UNKNOWN;
        f64 mean = view_get(v, FEATURE_SMA20, i);
        b->mean_known += mean > 0 ? 1 : 0;
        b->above += mean > 0 && close > mean ? 1 : 0;
        b->sum[sector] += 100.0 * (close / before - 1.0);
        b->names[sector]++;
    }
}

static f64 mean_of(const breadth_t *b, u16 sector)
{
    return b->names[sector] > 0 ? b->sum[sector] / (f64)b->names[sector] : 0.0;
}

/* The sector whose names moved furthest on average in direction d; SECTOR_UNKNOWN if none is known. */
static u16 far_sector(const breadth_t *b, f64 d)
{
    u16 best = SECTOR_UNKNOWN;
    for (u16 k = 1; k < SECTOR_COUNT; k++) {
        bool further = best == SECTOR_UNKNOWN || d * mean_of(b, k) > d * mean_of(b, best);
        best = b->names[k] > 0 && further ? k : best;
    }
    return best;
}

static void say_day(loop_env_t *env, const breadth_t *b)
{
    u16 best = far_sector(b, 1.0);
    u16 worst = far_sector(b, -1.0);
    f64 above = b->mean_known > 0 ? 100.0 * b->above / b->mean_known : 0.0;
    notice_t n = {.row = PLAN_BREADTH_HEATMAP, .state = LOOP_SAID, .value = 100.0 * b->up / b->known};
    if (best == SECTOR_UNKNOWN) {
        loop_say(env, &n, "%u up, %u down; %.0f %% above their twenty-day mean", b->up, b->down, above);
        return;
    }
    loop_say(env, &n, "%u up, %u down; %.0f %% above their twenty-day mean; %s %+.1f %%, %s %+.1f %%", b->up,
             b->down, above, sector_name(best), mean_of(b, best), sector_name(worst), mean_of(b, worst));
}

static bool breadth_heatmap_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->slice != NULL);
    breadth_t b = {0};
    bool whole = env->slice->session_last;
    for (u32 i = 0; i < env->shared->market->count; i++) {
        count_name(env->shared, i, whole, &b);
    }
    if (b.known < FEWEST) {
        return false;
    }
    if (whole) {
        say_day(env, &b);
        return false;
    }
    f64 up = 100.0 * b.up / b.known;
    f64 down = 100.0 * b.down / b.known;
    notice_t n = {.row = PLAN_BREADTH_HEATMAP, .state = up >= NEARLY_ALL ? 1 : 2,
                  .since = env->shared->session, .value = MAX_OF(up, down), .limit = NEARLY_ALL};
    if (n.value >= NEARLY_ALL) {
        (void)loop_tell(env, &n, "nearly all go one way: %u up, %u down of %u", b.up, b.down, b.known);
    }
    return false;
}

const loop_desc_t loop_breadth_heatmap = {
    .name = "breadth_heatmap",
    .text = {.does = "Counts advancers against decliners, tells when nearly all go one way, and gives "
                     "the whole picture with the day's last bar.",
             .wrong = "It knows the names of this run alone; a list of forty is not the market."},
    .group = LOOP_MONITORING, .lease = LEASE_CLUSTER, .order = 320,
    .owner = "market",
    .why = "whether the market moves or a few names do is a figure", .budget_ms = 20,
    .inputs = LOOP_IN_DECISION | LOOP_IN_DAY, .wakes = LOOP_IN_DECISION, .run = breadth_heatmap_run,
};
