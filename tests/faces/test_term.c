/* The terminal face: golden screens, and for every size and every frame the promises of term_view.h. */
#include "tests/test.h"

#include <string.h>

#include "faces/cli/term_grid.h"
#include "tests/faces/term_frames.h"
#include "tests/faces/term_golden.h"

typedef struct {
    u32 rows;
    i32 columns_max;
    u32 colours;
    bool clean; /* nothing but text, known sequences and line ends */
    bool ascii;
    char text[TERM_BYTES_MAX]; /* without sequences, rows ended by \n, blanks at their ends cut */
    size_t size;
} seen_t;

static u8 bytes[TERM_BYTES_MAX];
static term_frame_t frame;
static seen_t seen[2];

/* Length of the sequence at p, 0 if it is none of those the face may use. */
static size_t sequence_at(const u8 *p, size_t left, u32 *colours)
{
    static const char *const known[] = {"\x1b[?2026h", "\x1b[?2026l", "\x1b[H", "\x1b[K"};
    for (size_t k = 0; k < COUNT_OF(known); k++) {
        size_t n = strlen(known[k]);
        if (left >= n && memcmp(p, known[k], n) == 0) {
            return n;
        }
    }
    size_t n = 2;
    if (left < 4 || p[1] != '[') {
        return 0;
    }
    while (n < left && ((p[n] >= '0' && p[n] <= '9') || p[n] == ';')) {
        n++;
    }
    ++*colours;
    return n < left && p[n] == 'm' ? n + 1 : 0;
}

static void row_end(seen_t *s, i32 columns)
{
    while (s->size > 0 && s->text[s->size - 1] == ' ') {
        s->size--;
    }
    s->text[s->size++] = '\n';
    s->rows++;
    s->columns_max = MAX_OF(s->columns_max, columns);
}

static void look(const u8 *p, size_t n, seen_t *s)
{
    i32 columns = 0;
    memset(s, 0, sizeof *s);
    s->clean = true;
    s->ascii = true;
    for (size_t k = 0; k < n;) {
        size_t skip = p[k] == 0x1B ? sequence_at(p + k, n - k, &s->colours) : 0;
        if (skip > 0) {
            k += skip;
            continue;
        }
        if (p[k] == '\r' && k + 1 < n && p[k + 1] == '\n') {
            row_end(s, columns);
            columns = 0;
            k += 2;
            continue;
        }
        s->clean = s->clean && p[k] >= 0x20 && p[k] != 0x7F;
        s->ascii = s->ascii && p[k] < 0x80;
        columns += (p[k] & 0xC0) != 0x80;
        s->text[s->size++] = (char)p[k++];
    }
    row_end(s, columns);
    s->text[s->size] = '\0';
}

static void draw(i32 width, i32 height, bool color, bool unicode, seen_t *s)
{
    term_screen_t screen = {.width = width, .height = height, .color = color, .unicode = unicode};
    writer_t w = writer_of(bytes, sizeof bytes);
    term_render(&frame, &screen, &w);
    CHECK(!w.full);
    CHECK(str_is_utf8((str_t){.p = bytes, .n = (u32)w.used}));
    look(bytes, w.used, s);
}

TEST(golden_screens)
{
    UNUSED_STATE;
    frame_busy(&frame);
    draw(80, 24, false, true, &seen[0]);
    CHECK_STR(seen[0].text, golden_80x24);
    CHECK_EQ(seen[0].colours, 0);
    draw(120, 36, false, true, &seen[0]);
    CHECK_STR(seen[0].text, golden_120x36);
    draw(60, 20, false, false, &seen[0]);
    CHECK_STR(seen[0].text, golden_60x20);
    frame.kill = TERM_KILL_ON;
    draw(80, 24, true, true, &seen[0]);
    CHECK(strstr(seen[0].text, " KILL ON") != NULL);
    CHECK(strstr(seen[0].text, "no stop") != NULL);
}

TEST(half_a_command_is_no_hint)
{
    UNUSED_STATE;
    static const char hint[] = "ctrl-c stops; `vitrine kill --home /a`";
    u32 wholes = 0;
    frame_busy(&frame);
    (void)snprintf(frame.hint, sizeof frame.hint, "%s", hint);
    for (i32 width = 60; width <= 120; width++) {
        draw(width, 24, false, true, &seen[0]);
        bool whole = strstr(seen[0].text, hint) != NULL;
        CHECK(whole || strstr(seen[0].text, "kill -") == NULL);
        CHECK(whole || width < 80 || strstr(seen[0].text, "ctrl-c stops\n") != NULL);
        wholes += whole ? 1 : 0;
    }
    CHECK(wholes > 10 && wholes < 30); /* each way was seen */
}

static void check_size(i32 width, i32 height, bool unicode)
{
    draw(width, height, false, unicode, &seen[0]);
    draw(width, height, true, unicode, &seen[1]);
    CHECK(seen[0].clean && seen[1].clean);
    CHECK_EQ(seen[0].rows, height);
    CHECK(seen[0].columns_max <= width);
    CHECK(unicode || seen[0].ascii);
    CHECK_STR(seen[0].text, seen[1].text); /* colour adds nothing that is not said otherwise */
    CHECK_EQ(seen[0].colours, 0);
    CHECK(seen[1].colours > 0);
}

TEST(every_size_keeps_its_promises)
{
    UNUSED_STATE;
    for (u32 kind = 0; kind < 3; kind++) {
        memset(&frame, 0, sizeof frame);
        if (kind == 1) {
            frame_busy(&frame);
        } else if (kind == 2) {
            frame_hostile(&frame);
        }
        for (i32 width = TERM_WIDTH_MIN; width <= TERM_WIDTH_MAX; width += width < 90 ? 1 : 7) {
            for (i32 height = TERM_HEIGHT_MIN; height <= TERM_HEIGHT_MAX; height += height < 36 ? 3 : 8) {
                check_size(width, height, (width + height) % 2 == 0);
            }
        }
    }
}

TEST(sizes_outside)
{
    UNUSED_STATE;
    frame_busy(&frame);
    draw(500, 300, true, true, &seen[0]);
    CHECK_EQ(seen[0].rows, TERM_HEIGHT_MAX);
    CHECK_EQ(seen[0].columns_max, TERM_WIDTH_MAX);
    u8 line[512];
    writer_t w = writer_of(line, sizeof line);
    term_screen_t screen = {.width = 39, .height = 50, .unicode = true};
    term_render(&frame, &screen, &w);
    size_t small = w.used;
    term_plain_line(&frame, &w);
    CHECK_EQ(w.used, 2 * small);
    CHECK_EQ(memcmp(line, line + small, small), 0);
}

TEST(plain_line)
{
    UNUSED_STATE;
    u8 line[512];
    frame_busy(&frame);
    writer_t w = writer_of(line, sizeof line);
    term_plain_line(&frame, &w);
    put_u8(&w, 0);
    CHECK_STR((const char *)line,
              "2025-02-10 10:42:00 ET open cycle=74 equity=100,562.90 day=+562.90 positions=6 "
              "trades=5 refusals=3391 kill off\n");
    frame_hostile(&frame);
    w = writer_of(line, sizeof line);
    term_plain_line(&frame, &w);
    CHECK(!w.full);
    for (size_t k = 0; k + 1 < w.used; k++) {
        CHECK(line[k] >= 0x20 && line[k] < 0x7F);
    }
}

TEST(money_cases)
{
    UNUSED_STATE;
    static const struct {
        f64 value;
        bool cents;
        bool sign;
        const char *text;
    } cases[] = {
        {0, true, true, "0.00"},
        {-0.001, true, true, "0.00"},
        {999.995, true, false, "1,000.00"},
        {1234567.891, true, true, "+1,234,567.89"},
        {-1000, false, true, "-1,000"},
        {999, false, false, "999"},
        {1e15, true, true, "?"},
        {999999999999999, true, true, "+999,999,999,999,999.00"},
    };
    for (size_t k = 0; k < COUNT_OF(cases); k++) {
        char text[32];
        CHECK_STR(term_money(text, cases[k].value, cases[k].cents, cases[k].sign), cases[k].text);
    }
    char text[32];
    CHECK_STR(term_money(text, __builtin_nan(""), true, true), "?");
}

TEST(enter_and_leave_mirror_each_other)
{
    UNUSED_STATE;
    CHECK(strstr(term_enter(), "\x1b[?1049h") != NULL && strstr(term_leave(), "\x1b[?1049l") != NULL);
    CHECK(strstr(term_enter(), "\x1b[?25l") != NULL && strstr(term_leave(), "\x1b[?25h") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_screens), cmocka_unit_test(every_size_keeps_its_promises),
        cmocka_unit_test(sizes_outside),  cmocka_unit_test(plain_line),
        cmocka_unit_test(half_a_command_is_no_hint),
        cmocka_unit_test(money_cases),    cmocka_unit_test(enter_and_leave_mirror_each_other),
    };
    return RUN_TESTS(tests);
}
