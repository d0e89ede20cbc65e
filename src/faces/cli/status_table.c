/* See status_table.h. */
#include "faces/cli/status_table.h"

#include <string.h>

#include "base/assert.h"
#include "faces/wrap.h"
#include "loops/loops.h"

enum { CELL = 24, TOLD_TEXT = 35 }; /* the column where a notice's words begin */

static str_t text_of(const json_t *row, const char *key)
{
    str_t s = {0};
    const json_t *m = json_get(row, key);
    return m != NULL && json_to_str(m, &s) == ERR_OK ? s : (str_t){0};
}

static u64 count_of(const json_t *row, const char *key)
{
    i64 v = 0;
    const json_t *m = json_get(row, key);
    return m != NULL && json_to_i64(m, &v) == ERR_OK && v > 0 ? (u64)v : 0;
}

static const loop_desc_t *loop_named(str_t name)
{
    for (u32 i = 0; i < loop_count(); i++) {
        if (str_eq_c(name, loop_at(i)->name)) {
            return loop_at(i);
        }
    }
    return NULL;
}

/* "30s", "2m", "100m". */
static size_t put_period(char *out, size_t size, u32 ms)
{
    int n = ms == 0              ? snprintf(out, size, "-")
            : ms % 60000 == 0    ? snprintf(out, size, "%um", ms / 60000)
                                 : snprintf(out, size, "%gs", ms / 1000.0);
    return MIN_OF((size_t)MAX_OF(n, 0), size - 1);
}

/* "1s/5s/1m/1m" by phase; "-" for a loop that time alone never fires. */
static void put_cadence(const loop_desc_t *l, char out[CELL])
{
    u32 any = 0;
    size_t used = 0;
    for (u32 k = 0; l != NULL && k < LOOP_PHASES; k++) {
        any |= loop_period_of(l, (loop_phase_t)k);
    }
    (void)snprintf(out, CELL, "%s", l == NULL ? "?" : "-");
    for (u32 k = 0; any != 0 && k < LOOP_PHASES; k++) {
        used += (size_t)snprintf(out + used, CELL - used, "%s", k == 0 ? "" : "/");
        used += put_period(out + used, CELL - used, loop_period_of(l, (loop_phase_t)k));
        ASSERT(used < CELL);
    }
}

/* "14:30:00" on the day of `now`, "01-21 20:00" on another; words ("never") as they are. */
static void put_moment(str_t t, str_t now, char out[CELL])
{
    bool time = t.n >= 20 && t.p[10] == 'T';
    const char *p = (const char *)t.p;
    if (time && now.n >= 10 && memcmp(t.p, now.p, 10) == 0) {
        (void)snprintf(out, CELL, "%.8s", p + 11);
    } else if (time) {
        (void)snprintf(out, CELL, "%.5s %.5s", p + 5, p + 11);
    } else {
        (void)snprintf(out, CELL, STR_FMT, STR_ARG(t));
    }
}

static void print_loop(app_t *app, const json_t *row, str_t now)
{
    char cadence[CELL];
    char last[CELL];
    char next[CELL];
    char name[CELL];
    const loop_desc_t *l = loop_named(text_of(row, "loop"));
    const char *wakes = l == NULL ? "?" : loop_wakes_name(l);
    put_cadence(l, cadence);
    put_moment(text_of(row, "last"), now, last);
    put_moment(text_of(row, "next"), now, next);
    (void)snprintf(name, sizeof name, STR_FMT, STR_ARG(text_of(row, "loop")));
    app_print(app, "  %-18.18s  %-16.16s  %-12.12s  %-11.11s  %.11s\n", name, cadence,
              wakes == NULL ? "-" : wakes, last, next);
}

/* What went wrong stands below the table: it is rare, and columns of noughts would hide it. */
static void print_missed(app_t *app, const json_t *row)
{
    u64 late = count_of(row, "late");
    u64 lost = count_of(row, "lost");
    u64 over = count_of(row, "over_budget");
    u64 rested = count_of(row, "rested");
    if ((late | lost | over | rested) != 0) {
        char text[256];
        (void)snprintf(text, sizeof text,
                       STR_FMT ": %llu late (by %llu ms at most), %llu lost to another process, "
                               "%llu over budget, %llu rested",
                       STR_ARG(text_of(row, "loop")), (unsigned long long)late,
                       (unsigned long long)count_of(row, "lag_ms"), (unsigned long long)lost,
                       (unsigned long long)over, (unsigned long long)rested);
        app_print(app, "  ");
        put_wrapped(app->out, text, 2, STATUS_COLUMNS);
    }
}

void status_print_loops(app_t *app, const json_t *loops, str_t now)
{
    ASSERT(app != NULL && loops != NULL);
    app_print(app, "loops, as they fire at one moment; times UTC\n"
                   "(every: open/extended hours/overnight/no session):\n");
    app_print(app, "  %-18s  %-16s  %-12s  %-11s  %s\n", "loop", "every", "woken by", "last", "next");
    for (const json_t *row = loops->first; row != NULL; row = row->next) {
        print_loop(app, row, now);
    }
    for (const json_t *row = loops->first; row != NULL; row = row->next) {
        print_missed(app, row);
    }
}

void status_print_accounts(app_t *app, const json_t *accounts)
{
    ASSERT(app != NULL && accounts != NULL);
    for (const json_t *row = accounts->first; row != NULL; row = row->next) {
        f64 house = 0;
        const json_t *m = json_get(row, "house");
        bool known = m != NULL && json_to_f64(m, &house) == ERR_OK;
        app_print(app, "account " STR_FMT ": shared by %llu, %llu bunched orders at work, house %.6f\n",
                  STR_ARG(text_of(row, "name")), (unsigned long long)count_of(row, "users"),
                  (unsigned long long)count_of(row, "bunched_orders_at_work"), known ? house : 0.0);
    }
}

void status_print_stopped(app_t *app, const json_t *stopped)
{
    ASSERT(app != NULL && stopped != NULL);
    for (const json_t *row = stopped->first; row != NULL; row = row->next) {
        str_t user = text_of(row, "user");
        char text[1024];
        (void)snprintf(text, sizeof text, "entries%s" STR_FMT " are stopped: " STR_FMT,
                       user.n > 0 ? " of " : "", STR_ARG(user), STR_ARG(text_of(row, "why")));
        put_wrapped(app->out, text, 0, STATUS_COLUMNS);
    }
}

void status_print_told(app_t *app, const json_t *told)
{
    ASSERT(app != NULL && told != NULL);
    if (told->first != NULL) {
        app_print(app, "told:\n");
    }
    for (const json_t *row = told->first; row != NULL; row = row->next) {
        char time[CELL];
        char loop[CELL];
        char text[512];
        u64 account = count_of(row, "account");
        size_t used = 0;
        put_moment(text_of(row, "time"), (str_t){0}, time);
        (void)snprintf(loop, sizeof loop, STR_FMT, STR_ARG(text_of(row, "loop")));
        str_t user = text_of(row, "user");
        if (user.n > 0) {
            used = (size_t)snprintf(text, sizeof text, STR_FMT ": ", STR_ARG(user));
        } else if (account != 0) {
            used = (size_t)snprintf(text, sizeof text, "account %llu: ", (unsigned long long)account);
        }
        (void)snprintf(text + used, sizeof text - used, STR_FMT, STR_ARG(text_of(row, "text")));
        app_print(app, "  %-11s  %-18.18s  ", time, loop);
        put_wrapped(app->out, text, TOLD_TEXT, STATUS_COLUMNS);
    }
}
