/* `vitrine status` at a terminal: the loops are a table that fits eighty columns, with cadence, last and
 * next; what went wrong stands below it; --json is the answer itself. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/status_page.h"
#include "drivers/control.h"
#include "loops/loops.h"
#include "os/thread.h"
#include "tests/faces/line.h"

typedef struct {
    char home[64];
    char socket[96];
    control_t *server;
    _Atomic bool stop;
    os_thread_t *thread;
    status_page_t page;
    char *out, *err;
} world_t;

static const i64 noon = 1737556200LL * NS_PER_SEC; /* 2025-01-22T14:30:00Z */

static err_t answer(void *ctx, str_t ask, const json_t *in, jsonw_t *out, diag_t *diag)
{
    world_t *w = ctx;
    (void)in;
    (void)diag;
    CHECK(str_eq_c(ask, "status"));
    jsonw_put_text(out, "time", "2025-01-22T14:40:00Z");
    status_page_put(&w->page, out);
    return ERR_OK;
}

static void serve(void *arg)
{
    world_t *w = arg;
    while (!w->stop) {
        (void)control_wait(w->server, 10, answer, w);
    }
}

/* Every loop of the binary; the first has not run, the second missed, the third ran on another day. */
static void fill(status_page_t *p)
{
    const loop_desc_t *all[LOOPS_MAX];
    p->loop_count = loops_all(all);
    for (u32 i = 0; i < p->loop_count; i++) {
        bool timed = (all[i]->period_ms.open | all[i]->period_ms.overnight) != 0;
        p->loop[i] = (engine_loop_t){.loop = all[i], .last = noon, .counts = {.runs = 1},
                                     .next = timed ? noon + 601 * (i64)NS_PER_SEC : I64_MAX};
    }
    p->loop[0].last = 0;
    p->loop[1].counts.late = 3;
    p->loop[1].lag = 1500 * (i64)NS_PER_MS;
    p->loop[2].last = noon - NS_PER_DAY;
    static user_row_t rows[] = {{.account_id = 8, .name = "anna"}};
    static const run_users_t users = {.rows = rows, .count = 1};
    p->users = &users;
    p->account_count = 1;
    p->account[0].users = 3;
    p->account[0].live = 2;
    p->account[0].house.v = -12;
    (void)snprintf(p->account[0].name, USER_NAME, "main");
    p->stopped_count = 1;
    p->stopped[0].account = 8;
    p->stopped[0].why = STOPPED_KILLED | STOPPED_BROKER | STOPPED_CLOCK;
    p->notice_count = 2;
    p->notice[1] = (engine_notice_t){.t = noon, .row = 999, .account = 8, .text = "regime bear"};
    p->notice[0] = (engine_notice_t){.t = noon, .row = 999, .account = 7};
    (void)snprintf(p->notice[0].text, sizeof p->notice[0].text, "%s",
                   "regime sideways; SPY above 3 of 3 means; entries are free; 0 of 10 positions open, 15");
}

static void status(world_t *w, const char *line)
{
    memset(w, 0, sizeof *w);
    (void)snprintf(w->home, sizeof w->home, "/tmp/vitrine-test-XXXXXX");
    CHECK(mkdtemp(w->home) != NULL);
    (void)snprintf(w->socket, sizeof w->socket, "%s/control.sock", w->home);
    diag_t diag = {0};
    CHECK_OK(control_open(w->socket, &diag, &w->server));
    fill(&w->page);
    CHECK_OK(os_thread_start("control", serve, w, &w->thread));
    CHECK_EQ(line_run(w->home, line, &w->out, &w->err), EXIT_CODE_OK);
    w->stop = true;
    os_thread_join(w->thread);
    control_close(w->server);
    CHECK_EQ(rmdir(w->home), 0);
}

/* The line that begins with `name`, without its blanks at the left; "" if there is none. */
static const char *line_of(const char *text, const char *name, char out[256])
{
    size_t n = strlen(name);
    out[0] = 0;
    for (const char *at = text; *at != 0; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        size_t blanks = strspn(at, " ");
        if (strncmp(at + blanks, name, n) == 0 && at[blanks + n] == ' ') {
            (void)snprintf(out, 256, "%.*s", (int)(length - blanks), at + blanks);
            return out;
        }
        at += length;
    }
    return out;
}

TEST(loops_are_a_table_of_eighty_columns)
{
    UNUSED_STATE;
    world_t w;
    char line[256];
    status(&w, "status");
    for (const char *at = w.out; *at != 0; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        CHECK(length <= 80 && (length == 0 || at[length - 1] != ' '));
        at += length;
    }
    line_of(w.out, "loop", line);
    size_t every = (size_t)(strstr(line, "every") - line);
    size_t woken = (size_t)(strstr(line, "woken by") - line);
    size_t last = (size_t)(strstr(line, "last") - line);
    size_t next = (size_t)(strstr(line, "next") - line);
    for (u32 i = 0; i < w.page.loop_count; i++) {
        const loop_desc_t *l = w.page.loop[i].loop;
        line_of(w.out, l->name, line);
        CHECK(strlen(line) > next && line[every - 1] == ' ' && line[last - 1] == ' ' &&
              line[next - 1] == ' ');
        CHECK((line[every] == '-') == (l->period_ms.open == 0));
        CHECK((line[woken] == '-') == (l->wakes == 0));
        CHECK(strncmp(line + last, i == 0 ? "never" : i == 2 ? "01-21 14:30" : "14:30:00 ", 5) == 0);
        CHECK(strcmp(line + next, l->period_ms.open != 0 ? "14:40:01" : "when woken") == 0);
    }
    line_of(w.out, "account main:", line);
    CHECK_STR(line, "account main: shared by 3, 2 bunched orders at work, house -0.000012");
    line_of(w.out, "breaker_watch", line);
    CHECK(strstr(line, " 30s/2m/10m/20m ") != NULL && strstr(line, " decision bar ") != NULL);
    free(w.out);
    free(w.err);
}

TEST(what_was_missed_and_told_stands_below)
{
    UNUSED_STATE;
    world_t w;
    char want[128];
    status(&w, "status");
    (void)snprintf(want, sizeof want, "\n  %s: 3 late (by 1500 ms at most), 0 lost",
                   w.page.loop[1].loop->name);
    CHECK(strstr(w.out, want) != NULL);
    CHECK(strstr(w.out, " rested\n") != NULL);
    (void)snprintf(want, sizeof want, "\n  %s: ", w.page.loop[3].loop->name);
    CHECK(strstr(w.out, want) == NULL);
    CHECK(strstr(w.out, "  01-22 14:30  of another version  anna: regime bear\n") != NULL);
    CHECK(strstr(w.out, "\ntold:\n  01-22 14:30  of another version  account 7: regime sideways;") != NULL);
    CHECK(strstr(w.out, "open, 15\n") != NULL); /* wrapped, not cut */
    CHECK(strstr(w.out, "\nentries of anna are stopped: the kill switch is on (vitrine kill --off); its\n"));
    CHECK(strstr(w.out, " (vitrine clear clock)\n") != NULL);
    free(w.out);
    free(w.err);
}

TEST(json_is_the_answer_itself)
{
    UNUSED_STATE;
    world_t w;
    status(&w, "status --json");
    static const char head[] = "{\"time\":\"2025-01-22T14:40:00Z\",\"market_phase\":\"open\",\"stopped\":[{";
    CHECK(strncmp(w.out, head, strlen(head)) == 0);
    CHECK(strstr(w.out, "\"late\":3,\"lag_ms\":1500,\"lost\":0") != NULL);
    free(w.out);
    free(w.err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_are_a_table_of_eighty_columns),
        cmocka_unit_test(what_was_missed_and_told_stands_below),
        cmocka_unit_test(json_is_the_answer_itself),
    };
    return RUN_TESTS(tests);
}
