/* The walk itself: order of stages, begin, step, refusal. See scan.h. */
#include "scan/scan.h"

#include <string.h>

#include "base/assert.h"
#include "scan/adopt.h"
#include "scan/record.h"

#define X(kind, name) extern const kind##_desc_t name;
#include "scan/list.def"
#undef X

static const stage_desc_t *const table[] = {
#define X(kind, name) &name,
#include "scan/list.def"
#undef X
};

_Static_assert(COUNT_OF(table) == SCAN_STAGES, "thirteen stages");

enum { SCAN_RECORD_BYTES = 1 << 19 };

const stage_desc_t *stage_at(u32 number)
{
    ASSERT(number >= 1 && number <= SCAN_STAGES);
    for (u32 i = 0; i < SCAN_STAGES; i++) {
        if (table[i]->number == number) {
            return table[i];
        }
    }
    ASSERT(!"every stage number is in the table");
    return NULL;
}

err_t scan_scratch_init(scan_scratch_t *s, arena_t *arena, u32 instruments)
{
    ASSERT(s != NULL && arena != NULL);
    *s = (scan_scratch_t){.record_size = SCAN_RECORD_BYTES};
    s->record = arena_array(arena, u8, SCAN_RECORD_BYTES);
    s->cycle_record = arena_array(arena, cycle_record_t, 1);
    screen_refusal_t *refusal = arena_array(arena, screen_refusal_t, instruments);
    if (s->record == NULL || s->cycle_record == NULL || refusal == NULL) {
        return ERR_ARENA_FULL;
    }
    s->cycle_record->refusal = refusal;
    return ERR_OK;
}

err_t scan_init(scan_t *s, arena_t *arena, u32 slot, u32 instruments, const scan_scratch_t *scratch)
{
    ASSERT(s != NULL && arena != NULL && scratch != NULL);
    *s = (scan_t){.slot = slot, .scratch = scratch};
    s->mask = arena_array(arena, u16, instruments);
    s->value = arena_array(arena, i64, instruments);
    s->score = arena_array(arena, f64, instruments);
    s->side = arena_array(arena, i8, instruments);
    s->cand = arena_array(arena, candidate_t, LIMIT_CANDIDATES);
    return s->mask && s->value && s->score && s->side && s->cand ? ERR_OK : ERR_ARENA_FULL;
}

void user_configure(user_t *u, const config_t *config)
{
    ASSERT(u != NULL && config != NULL);
    digest_t h = config_hash(config);
    u->config = *config;
    memcpy(&u->config_tag, h.b, sizeof u->config_tag);
}

/* A stage that reads the copy outside stages 5 to 13 finds nothing that it could take for a setting. */
static void config_poison(scan_t *s)
{
    memset(&s->config, 0xFF, sizeof s->config);
}

err_t user_init(user_t *u, arena_t *arena, u32 instruments, const config_t *config, account_t *account)
{
    ASSERT(u != NULL && config != NULL && account != NULL);
    *u = (user_t){.user_id = 1, .account = account};
    user_configure(u, config);
    u->signal = arena_array(arena, signal_t, (size_t)instruments * LIMIT_STRATEGIES * 2);
    u->backoff_from = arena_array(arena, i64, instruments);
    u->level = arena_array(arena, f64, instruments);
    u->entered = arena_array(arena, measure_t, instruments);
    u->held_bars = arena_array(arena, i32, instruments);
    u->shadowed = arena_array(arena, u16, instruments);
    u->watched = arena_array(arena, u8, instruments);
    u->excluded = arena_array(arena, u8, instruments);
    if (u->signal == NULL || u->backoff_from == NULL || u->level == NULL || u->excluded == NULL) {
        return ERR_ARENA_FULL;
    }
    for (size_t i = 0; i < (size_t)instruments * LIMIT_STRATEGIES * 2; i++) {
        u->signal[i].idle = UINT8_MAX;
    }
    confidence_params_t p = {.tau = config->confidence_tau,
                             .sigma = config->confidence_sigma,
                             .pool = (f64)config->confidence_pool,
                             .kind = (f64)config->confidence_kind,
                             .half_life = (f64)config->confidence_half_life,
                             .c0_max = config->confidence_c0_max};
    confidence_init(&u->confidence, &p);
    for (u32 i = 0; i < LIMIT_STRATEGIES; i++) {
        health_init(&u->health[i]);
    }
    return ERR_OK;
}

void scan_begin(scan_t *s, user_t *u, const scan_shared_t *shared, outbox_t *out, u64 cycle)
{
    ASSERT(s != NULL && u != NULL && shared != NULL && out != NULL);
    ASSERT(!s->active);
    s->generation = (u32)cycle;
    s->cycle = cycle;
    s->user = u;
    s->shared = shared;
    s->out = out;
    s->stage = 1;
    s->active = true;
    s->is_house = false;
    s->house = NULL;
    s->stopped_stage = 0;
    s->universe = 0;
    s->cand_count = 0;
    s->asks_out = 0;
    s->asked = 0;
    memset(s->pending, 0, sizeof s->pending);
    config_poison(s);
    s->config_tag = u->config_tag;
    s->micro = false;
    s->lock_token = 0;
    s->rank_cut = 0;
    memset(&s->stop_gates, 0, sizeof s->stop_gates);
    memset(s->count, 0, sizeof s->count);
    memset(s->mask, 0, shared->market->count * sizeof *s->mask);
    u->entries_cycle = 0;
}

void scan_for_house(scan_t *s)
{
    ASSERT(s != NULL && s->active && s->stage == 1);
    s->is_house = true;
}

void scan_after_house(scan_t *s, const scan_t *house)
{
    ASSERT(s != NULL && s->active && s->stage == 1);
    ASSERT(house != NULL && !house->active && house->is_house && house->stopped_stage == 0);
    s->house = house;
}

static void scan_end(scan_t *s)
{
    s->active = false;
    if (s->lock_token != 0 && s->lock_token == s->user->lock_token) { /* never another scan's lock */
        s->user->lock_held = false;
        s->user->lock_until = 0;
    }
    probe_mark_t mark = probe_begin(s->shared->probe);
    record_cycle(s);
    config_poison(s);
    s->house = NULL;
    probe_end(s->shared->probe, PROBE_RECORD, mark);
}

bool scan_step(scan_t *s, const answer_t *answer)
{
    ASSERT(s != NULL && s->active);
    u32 last = s->is_house ? (u32)SCAN_HOUSE_LAST : (u32)SCAN_STAGES;
    while (s->stage <= last) {
        if (s->house != NULL && s->stage >= SCAN_HOUSE_FIRST && s->stage <= SCAN_HOUSE_LAST) {
            scan_adopt(s);
            s->stage++;
            continue;
        }
        const stage_desc_t *stage = stage_at(s->stage);
        probe_mark_t mark = probe_begin(s->shared->probe);
        stage_result_t r = stage->step(s, answer);
        probe_end(s->shared->probe, s->stage, mark);
        answer = NULL;
        if (r == STAGE_WAITING) {
            return false;
        }
        if (r == STAGE_STOPPED) {
            s->stopped_stage = (u8)s->stage;
            break;
        }
        s->stage++;
    }
    if (s->is_house && s->stopped_stage == 0) {
        scan_hand_on(s);
    }
    scan_end(s);
    return true;
}

void scan_refuse(scan_t *s, candidate_t *c, u32 stage)
{
    ASSERT(s != NULL && c != NULL);
    ASSERT(c->refused_stage == 0 && !c->traded);
    c->refused_stage = (u8)stage;
    s->count[stage].refused++;
}

u32 scan_alive(const scan_t *s)
{
    u32 n = 0;
    for (u32 i = 0; i < s->cand_count; i++) {
        n += s->cand[i].refused_stage == 0 ? 1 : 0;
    }
    return n;
}
