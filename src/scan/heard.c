/* See heard.h. */
#include "scan/heard.h"

#include <string.h>

#include "base/assert.h"
#include "model/calendar.h"
#include "model/state_io.h"
#include "quant/math/qmath.h"

/* A date that has come this near (calendar days) is what a report fulfils, also one a little ahead of it. */
enum { DUE_SLACK_DAYS = 5, DUE_MOVES_DAYS = 45, HEARD_WEEK = 7, NAME_BYTES = 800, HEAD_BYTES = 256 };

err_t heard_init(heard_t *h, arena_t *arena, u32 instruments)
{
    ASSERT(h != NULL && arena != NULL);
    *h = (heard_t){.name = arena_array(arena, heard_name_t, instruments), .count = instruments};
    return h->name == NULL ? ERR_ARENA_FULL : ERR_OK;
}

static f64 faded(const heard_name_t *n, i64 now)
{
    f64 age = (f64)MAX_OF(now - n->t_mood, (i64)0) / (f64)HEARD_HALF_LIFE;
    return n->mood * q_exp(-Q_LN2 * age);
}

/* The last of the kept ones is the weakest. One that is as weak as a later one says nothing any more; where
 * there is no room the weakest two become one, as strong as the stronger and as young as the younger. */
static void strong_add(heard_name_t *n, i64 t, f64 size)
{
    while (n->strong_count > 0 && n->strong[n->strong_count - 1].size <= size) {
        n->strong_count--;
    }
    u32 from = 0;
    while (from < n->strong_count && n->strong[from].t <= t - NS_PER_DAY) {
        from++;
    }
    memmove(n->strong, n->strong + from, (n->strong_count - from) * sizeof *n->strong);
    n->strong_count -= from;
    if (n->strong_count == HEARD_STRONG) {
        n->strong[HEARD_STRONG - 1].t = t;
        return;
    }
    n->strong[n->strong_count++] = (heard_strong_t){t, size};
}

static void sentiment_add(heard_name_t *n, const bulletin_t *b)
{
    if (b->value == BULLETIN_NO_VALUE) {
        return;
    }
    f64 s = bulletin_value(b);
    n->mood = q_clamp(faded(n, b->t_known) + s, -1.0, 1.0);
    n->t_mood = MAX_OF(n->t_mood, b->t_known);
    strong_add(n, b->t_known, q_abs(s));
}

static void number_take(heard_number_t *x, const bulletin_t *b)
{
    x->before = x->last;
    x->last = bulletin_value(b);
    x->count += x->count < 2 ? 1 : 0;
}

static void covers(heard_t *h, const bulletin_t *b)
{
    bool on = b->value > 0;
    u32 bit = 1U << (u32)(on ? b->value : -b->value);
    for (u32 i = 0; b->inst == INST_NONE && !on && i < h->count; i++) {
        h->name[i].covered &= ~bit;
    }
    u32 *of = b->inst == INST_NONE ? &h->covered : &h->name[b->inst].covered;
    *of = on ? *of | bit : *of & ~bit;
}

void heard_due_take(date_t due[HEARD_DUE], const bulletin_t *b)
{
    ASSERT(due != NULL && b != NULL);
    date_t on = calendar_date_at(CAL_NYSE, b->t_event);
    date_t day = calendar_date_at(CAL_NYSE, b->t_known);
    u32 at = HEARD_DUE - 1;
    for (u32 k = HEARD_DUE; k-- > 0;) {
        at = due[k] == 0 || due[k] < day ? k : at;
    }
    for (u32 k = 0; k < HEARD_DUE; k++) {
        bool moves = due[k] != 0 && due[k] <= on + DUE_MOVES_DAYS && on <= due[k] + DUE_MOVES_DAYS;
        at = moves ? k : at;
    }
    due[at] = on;
    if (due[1] != 0 && due[1] < due[0]) {
        date_t nearer = due[1];
        due[1] = due[0];
        due[0] = nearer;
    }
}

static void report_take(heard_name_t *n, const bulletin_t *b)
{
    date_t day = calendar_date_at(CAL_NYSE, b->t_known);
    n->t_report = b->t_known;
    if (n->due[0] != 0 && n->due[0] <= day + DUE_SLACK_DAYS) {
        n->due[0] = n->due[1];
        n->due[1] = 0;
    }
    sentiment_add(n, b);
}

static void insider_take(heard_name_t *n, const bulletin_t *b)
{
    if (b->value > 0) {
        memmove(n->buys + 1, n->buys, (HEARD_BUYS - 1) * sizeof *n->buys);
        n->buys[0] = b->t_known;
    }
}

static date_t session_of(heard_t *h, const bulletin_t *b)
{
    if (h->last.t_event != b->t_event) {
        h->last.t_event = b->t_event;
        h->last.day = calendar_date_at(CAL_NYSE, b->t_event);
        h->last.from = 0;
    }
    return h->last.day;
}

/* Sessions from `from` to the one that session_of has just found. */
static i32 passed_since(heard_t *h, date_t from)
{
    if (h->last.from != from) {
        h->last.from = from;
        h->last.passed = calendar_count(CAL_NYSE, from, h->last.day);
    }
    return h->last.passed;
}

/* A word about a session that has one already replaces it, one about an older session finds its place. */
static void iv_take(heard_t *h, heard_name_t *n, const bulletin_t *b)
{
    date_t day = session_of(h, b);
    u32 at = 0;
    if (n->iv_day == 0 || day >= n->iv_day) {
        i32 passed = n->iv_day == 0 ? 0 : passed_since(h, n->iv_day);
        u32 by = (u32)MIN_OF(passed, (i32)HEARD_IV_SESSIONS);
        memmove(n->iv + by, n->iv, (HEARD_IV_SESSIONS - by) * sizeof *n->iv);
        memset(n->iv, 0, by * sizeof *n->iv);
        n->iv_day = day;
    } else {
        at = (u32)calendar_count(CAL_NYSE, day, n->iv_day);
    }
    if (at < HEARD_IV_SESSIONS) {
        f64 unit = q_clamp(bulletin_value(b) * HEARD_IV_UNIT + 0.5, 1.0, UINT16_MAX);
        n->iv[at] = (u16)unit;
    }
}

static void figure_take(heard_t *h, heard_figure_t *x, const bulletin_t *b)
{
    date_t day = session_of(h, b);
    if (day < x->day) {
        return;
    }
    if (day > x->day) {
        x->before = x->last;
        x->day_before = x->day;
        x->day = day;
    }
    x->last = bulletin_value(b);
}

void heard_take(heard_t *h, const bulletin_t *b)
{
    ASSERT(h != NULL && b != NULL && bulletin_is_sound(b, h->count));
    h->taken++;
    heard_name_t *n = b->inst == INST_NONE ? NULL : &h->name[b->inst];
    switch ((bulletin_kind_t)b->kind) {
    case BULLETIN_COVERS:
        covers(h, b);
        break;
    case BULLETIN_NEWS:
        sentiment_add(n, b);
        break;
    case BULLETIN_REPORT:
        report_take(n, b);
        break;
    case BULLETIN_INSIDER:
        insider_take(n, b);
        break;
    case BULLETIN_CALENDAR:
        heard_due_take(n->due, b);
        break;
    case BULLETIN_MEMBER:
        n->member = b->value > 0;
        break;
    case BULLETIN_IV:
        iv_take(h, n, b);
        break;
    case BULLETIN_GAMMA:
        figure_take(h, &n->gamma, b);
        break;
    case BULLETIN_FLIP:
        figure_take(h, &n->flip, b);
        break;
    case BULLETIN_MOOD:
        number_take(&h->mood, b);
        break;
    case BULLETIN_YIELD:
        number_take(&h->yield, b);
        break;
    case BULLETIN_DOLLAR:
        number_take(&h->dollar, b);
        break;
    default:
        break;
    }
}

static bool is_covered(const heard_t *h, inst_t inst, bulletin_kind_t kind)
{
    ASSERT(inst < h->count);
    return ((h->covered | h->name[inst].covered) & (1U << (u32)kind)) != 0;
}

setup_news_t heard_setup(const heard_t *h, inst_t inst, i64 now, i64 close)
{
    ASSERT(h != NULL);
    const heard_name_t *n = &h->name[inst];
    setup_news_t out = {.known = is_covered(h, inst, BULLETIN_NEWS),
                        .report_known = is_covered(h, inst, BULLETIN_REPORT)};
    for (u32 i = 0; out.known && i < n->strong_count; i++) {
        if (n->strong[i].t > now - NS_PER_DAY) {
            out.strongest = n->strong[i].size;
            break; /* later ones are weaker */
        }
    }
    if (out.report_known && n->t_report != 0) {
        out.report = n->t_report >= close;
    }
    return out;
}

bool heard_mood(const heard_t *h, inst_t inst, i64 now, f64 *mood)
{
    ASSERT(h != NULL && mood != NULL);
    *mood = faded(&h->name[inst], now);
    return is_covered(h, inst, BULLETIN_NEWS);
}

bool heard_earnings(const heard_t *h, inst_t inst, date_t day, f64 *days)
{
    ASSERT(h != NULL && days != NULL);
    const date_t *all = h->name[inst].due;
    date_t due = all[0] >= day ? all[0] : all[1];
    *days = 0.0;
    if (due < day || !is_covered(h, inst, BULLETIN_CALENDAR)) {
        return false;
    }
    *days = (f64)calendar_count(CAL_NYSE, day, due);
    return true;
}

u32 heard_buys(const heard_t *h, inst_t inst, i64 now)
{
    ASSERT(h != NULL && inst < h->count);
    u32 n = 0;
    for (u32 i = 0; i < HEARD_BUYS; i++) {
        i64 t = h->name[inst].buys[i];
        n += t != 0 && t > now - HEARD_BUYS_SPAN ? 1 : 0;
    }
    return n;
}

bool heard_iv(const heard_t *h, inst_t inst, date_t day, u32 back, heard_iv_t *out)
{
    ASSERT(h != NULL && out != NULL && inst < h->count && back < HEARD_IV_SESSIONS);
    const heard_name_t *n = &h->name[inst];
    u32 now = n->iv[back];
    u32 least = now, most = now, lower = 0, known = 0;
    bool old = n->iv_day > day || n->iv_day < day - 2 * HEARD_IV_OLD ||
               calendar_count(CAL_NYSE, n->iv_day, day) > HEARD_IV_OLD;
    *out = (heard_iv_t){0};
    if (now == 0 || old || !is_covered(h, inst, BULLETIN_IV)) {
        return false;
    }
    for (u32 i = back; i < HEARD_IV_SESSIONS; i++) {
        u32 v = n->iv[i];
        known += v != 0 ? 1 : 0;
        lower += v != 0 && v < now ? 1 : 0;
        least = v != 0 ? MIN_OF(least, v) : least;
        most = MAX_OF(most, v);
    }
    if (known < HEARD_IV_LEAST || most == least) {
        return false;
    }
    *out = (heard_iv_t){.iv = (f64)now / HEARD_IV_UNIT,
                        .rank = 100.0 * (f64)(now - least) / (f64)(most - least),
                        .percentile = 100.0 * (f64)lower / (f64)(known - 1),
                        .sessions = known};
    return true;
}

bool heard_figure(const heard_t *h, inst_t inst, bulletin_kind_t kind, heard_figure_t *out)
{
    ASSERT(h != NULL && out != NULL && inst < h->count && (kind == BULLETIN_GAMMA || kind == BULLETIN_FLIP));
    *out = kind == BULLETIN_GAMMA ? h->name[inst].gamma : h->name[inst].flip;
    return is_covered(h, inst, kind) && out->day_before != 0 && out->day - out->day_before < HEARD_WEEK;
}

bool heard_is_member(const heard_t *h, inst_t inst)
{
    ASSERT(h != NULL && inst < h->count);
    return h->name[inst].member || !is_covered(h, inst, BULLETIN_MEMBER);
}

/* ---- as bytes ---- */

static void io_number(state_io_t *io, heard_number_t *x)
{
    state_f64(io, &x->last);
    state_f64(io, &x->before);
    x->count = (u32)state_upto(io, x->count, 2);
}

static void io_figure(state_io_t *io, heard_figure_t *x)
{
    state_f64(io, &x->last);
    state_f64(io, &x->before);
    state_i32(io, &x->day);
    state_i32(io, &x->day_before);
}

static void io_iv(state_io_t *io, heard_name_t *n)
{
    u32 used = HEARD_IV_SESSIONS;
    while (used > 0 && n->iv[used - 1] == 0) {
        used--;
    }
    state_i32(io, &n->iv_day);
    state_bad(io, n->iv_day < 0 || n->iv_day > BULLETIN_LAST_DAY); /* days are counted from it */
    used = (u32)state_upto(io, used, HEARD_IV_SESSIONS);
    for (u32 i = 0; i < used && !state_is_bad(io); i++) {
        state_u16(io, &n->iv[i]);
    }
}

static void io_name(state_io_t *io, heard_name_t *n)
{
    state_u32(io, &n->covered);
    state_f64(io, &n->mood);
    state_bad(io, !(n->mood >= -1.0 && n->mood <= 1.0));
    state_i64(io, &n->t_mood);
    n->strong_count = (u32)state_upto(io, n->strong_count, HEARD_STRONG);
    for (u32 i = 0; i < n->strong_count; i++) {
        state_i64(io, &n->strong[i].t);
        state_f64(io, &n->strong[i].size);
    }
    state_i64(io, &n->t_report);
    state_i32(io, &n->due[0]);
    state_i32(io, &n->due[1]);
    state_bool(io, &n->member);
    for (u32 i = 0; i < HEARD_BUYS; i++) {
        state_i64(io, &n->buys[i]);
    }
    io_figure(io, &n->gamma);
    io_figure(io, &n->flip);
    io_iv(io, n);
}

static void io_all(state_io_t *io, heard_t *h)
{
    u32 count = h->count;
    state_u32(io, &count);
    state_bad(io, count != h->count);
    state_u32(io, &h->covered);
    state_u64(io, &h->taken);
    io_number(io, &h->mood);
    io_number(io, &h->yield);
    io_number(io, &h->dollar);
    for (u32 i = 0; i < h->count && !state_is_bad(io); i++) {
        io_name(io, &h->name[i]);
    }
}

size_t heard_bytes(u32 instruments)
{
    return HEAD_BYTES + (size_t)instruments * NAME_BYTES;
}

err_t heard_save(const heard_t *h, writer_t *w)
{
    ASSERT(h != NULL && w != NULL);
    heard_t same = *h; /* writing changes nothing */
    state_io_t io = {.w = w};
    io_all(&io, &same);
    return writer_done(w);
}

err_t heard_load(reader_t *r, u32 version, heard_t *spare)
{
    ASSERT(r != NULL && spare != NULL);
    if (version != HEARD_VERSION) {
        return ERR_VERSION;
    }
    state_io_t io = {.r = r};
    io_all(&io, spare);
    return reader_done(r);
}

void heard_copy(heard_t *to, const heard_t *from)
{
    ASSERT(to != NULL && from != NULL && to->count == from->count);
    heard_name_t *name = to->name;
    memcpy(name, from->name, from->count * sizeof *name);
    *to = *from;
    to->name = name;
}
