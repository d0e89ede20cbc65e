/* The JSON reader takes RFC 8259 and nothing else; the writer writes what the reader takes. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "wire/json.h"
#include "wire/jsonw.h"

static u8 memory[1 << 20];

static err_t parse(const char *text, const json_t **out)
{
    arena_t a;
    diag_t d = {0};
    arena_init(&a, memory, sizeof memory);
    return json_parse(&a, str_from(text), &d, out);
}

typedef struct {
    const char *text;
    err_t err;
} case_t;

TEST(grammar)
{
    UNUSED_STATE;
    static const case_t cases[] = {
        {"null", ERR_OK},
        {" true\n", ERR_OK},
        {"[]", ERR_OK},
        {"{}", ERR_OK},
        {"[1,2]", ERR_OK},
        {"-0.5e+10", ERR_OK},
        {"{\"a\":{\"b\":[{}]}}", ERR_OK},
        {"\"\\u00e9\\ud83d\\ude00\"", ERR_OK},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", ERR_OK},
        {"", ERR_SYNTAX},
        {"[1,]", ERR_SYNTAX},
        {"{\"a\":1,}", ERR_SYNTAX},
        {"[,1]", ERR_SYNTAX},
        {"[1 2]", ERR_SYNTAX},
        {"{a:1}", ERR_SYNTAX},
        {"{\"a\" 1}", ERR_SYNTAX},
        {"{\"a\":}", ERR_SYNTAX},
        {"01", ERR_SYNTAX},
        {"1.", ERR_SYNTAX},
        {".5", ERR_SYNTAX},
        {"+1", ERR_SYNTAX},
        {"1e", ERR_SYNTAX},
        {"NaN", ERR_SYNTAX},
        {"Infinity", ERR_SYNTAX},
        {"'a'", ERR_SYNTAX},
        {"\"a", ERR_SYNTAX},
        {"\"\\x\"", ERR_SYNTAX},
        {"\"\\u12\"", ERR_SYNTAX},
        {"tru", ERR_SYNTAX},
        {"1 1", ERR_SYNTAX},
        {"[", ERR_SYNTAX},
        {"]", ERR_SYNTAX},
        {"[}", ERR_SYNTAX},
        {"{]", ERR_SYNTAX},
        {"{\"a\"", ERR_SYNTAX},
        {"\"a\nb\"", ERR_SYNTAX},
        {"// c\n1", ERR_SYNTAX},
        {"\"\\ud800\"", ERR_UTF8},
        {"\"\\udc00\"", ERR_UTF8},
        {"\"\\ud800\\u0041\"", ERR_UTF8},
        {"\"\xff\"", ERR_UTF8},
        {"{\"a\":1,\"a\":2}", ERR_EXISTS},
        {"{\"a\":1,\"\\u0061\":2}", ERR_EXISTS},
        {"\"\\", ERR_SYNTAX},
        {"-", ERR_SYNTAX},
        {"\"\\\"", ERR_SYNTAX},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const json_t *j = NULL;
        err_t err = parse(cases[i].text, &j);
        if (err != cases[i].err) {
            print_message("# case %s gave %s\n", cases[i].text, err_name(err));
        }
        CHECK_EQ(err, cases[i].err);
        CHECK((j != NULL) == (err == ERR_OK));
    }
}

TEST(depth_is_bounded)
{
    UNUSED_STATE;
    char text[4096];
    const json_t *j = NULL;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    text[2 * JSON_DEPTH_MAX] = 0;
    CHECK_OK(parse(text, &j));
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    text[2 * JSON_DEPTH_MAX + 2] = 0;
    CHECK_EQ(parse(text, &j), ERR_DEPTH);
    memset(text, '[', sizeof text - 1);
    text[sizeof text - 1] = 0;
    CHECK_EQ(parse(text, &j), ERR_DEPTH);
}

TEST(members_are_bounded)
{
    UNUSED_STATE;
    static char text[32 * (JSON_MEMBERS_MAX + 2)];
    for (u32 want = JSON_MEMBERS_MAX; want <= JSON_MEMBERS_MAX + 1; want++) {
        size_t n = 0;
        for (u32 i = 0; i < want; i++) {
            n += (size_t)snprintf(text + n, sizeof text - n, "%s\"k%u\":%u", i == 0 ? "{" : ",", i, i);
        }
        (void)snprintf(text + n, sizeof text - n, "}");
        const json_t *j = NULL;
        CHECK_EQ(parse(text, &j), want > JSON_MEMBERS_MAX ? ERR_POOL_FULL : ERR_OK);
    }
}

TEST(values_come_out_exactly)
{
    UNUSED_STATE;
    const json_t *j = NULL;
    CHECK_OK(parse("{\"price\":29.106721421,\"n\":-9223372036854775807,\"f\":0.1,\"s\":\"a\\u0000b\",\"no\":"
                   "false,\"l\":[5,6]}",
                   &j));
    i64 v = 0;
    f64 f = 0;
    bool b = true;
    str_t s = {0};
    CHECK_OK(json_to_scaled(json_get(j, "price"), 9, &v));
    CHECK_EQ(v, 29106721421);
    CHECK_EQ(json_to_scaled(json_get(j, "price"), 2, &v), ERR_NUMBER);
    CHECK_OK(json_to_i64(json_get(j, "n"), &v));
    CHECK(v == -I64_MAX);
    CHECK_OK(json_to_f64(json_get(j, "f"), &f));
    CHECK(f == 0.1);
    CHECK_OK(json_to_str(json_get(j, "s"), &s));
    CHECK_EQ(s.n, 3);
    CHECK(memcmp(s.p, "a\0b", 3) == 0);
    CHECK_OK(json_to_bool(json_get(j, "no"), &b));
    CHECK(!b);
    CHECK_OK(json_to_i64(json_at(json_get(j, "l"), 1), &v));
    CHECK_EQ(v, 6);
    CHECK(json_at(json_get(j, "l"), 2) == NULL);
    CHECK_EQ(json_to_i64(json_get(j, "none"), &v), ERR_NOT_FOUND);
    CHECK_EQ(json_to_i64(json_get(j, "s"), &v), ERR_SYNTAX);
}

TEST(message_has_the_place)
{
    UNUSED_STATE;
    arena_t a;
    diag_t d = {0};
    const json_t *j = NULL;
    arena_init(&a, memory, sizeof memory);
    CHECK_EQ(json_parse(&a, STR("{\n  \"a\": 1,\n  \"a\": 2\n}"), &d, &j), ERR_EXISTS);
    CHECK(strstr(d.text, "line 3") != NULL);
}

TEST(a_small_arena_is_an_error)
{
    UNUSED_STATE;
    u8 small[256];
    for (size_t size = 0; size < sizeof small; size += 16) {
        arena_t a;
        const json_t *j = NULL;
        arena_init(&a, small, size);
        CHECK_EQ(json_parse(&a, STR("[1,2,3,4,5,6,\"\\n\"]"), NULL, &j), ERR_ARENA_FULL);
    }
}

TEST(writer_writes_what_the_reader_takes)
{
    UNUSED_STATE;
    u8 text[512];
    jsonw_t w;
    jsonw_init(&w, text, sizeof text);
    jsonw_object(&w);
    jsonw_put_text(&w, "s", "a\"b\\c\n\x01\xff\xe2\x82\xac\xc2\x9b\xc2\xa0");
    jsonw_put_f64(&w, "nan", 0.0 / 0.0);
    jsonw_put_f64(&w, "tenth", 0.1);
    jsonw_put_f64(&w, "third", 1.0 / 3.0);
    jsonw_put_i64(&w, "least", I64_MIN);
    jsonw_key(&w, "fixed");
    jsonw_fixed(&w, -1, 9);
    jsonw_key(&w, "list");
    jsonw_array(&w);
    jsonw_null(&w);
    jsonw_bool(&w, true);
    jsonw_object(&w);
    jsonw_end(&w);
    jsonw_end(&w);
    jsonw_end(&w);
    CHECK_OK(jsonw_done(&w));
    text[w.used] = 0;
    CHECK_STR((const char *)text,
              "{\"s\":\"a\\\"b\\\\c\\n\\u0001\xef\xbf\xbd\xe2\x82\xac\\u009b\xc2\xa0\","
              "\"nan\":null,\"tenth\":0.1,"
              "\"third\":0.3333333333333333,\"least\":-9223372036854775808,\"fixed\":-0.000000001,"
              "\"list\":[null,true,{}]}");
    const json_t *j = NULL;
    CHECK_OK(parse((const char *)text, &j));
    f64 third = 0;
    CHECK_OK(json_to_f64(json_get(j, "third"), &third));
    CHECK(third == 1.0 / 3.0);
}

static void collect(void *ctx, const u8 *p, size_t n)
{
    char *all = ctx;
    size_t used = strlen(all);
    memcpy(all + used, p, n);
    all[used + n] = 0;
}

TEST(sink_gets_every_byte_and_memory_tells_when_full)
{
    UNUSED_STATE;
    u8 buffer[64];
    char all[4096] = "";
    jsonw_t w;
    jsonw_init_sink(&w, buffer, sizeof buffer, collect, all);
    for (int line = 0; line < 2; line++) {
        jsonw_array(&w);
        for (int i = 0; i < 100; i++) {
            jsonw_i64(&w, i);
        }
        jsonw_end(&w);
        jsonw_line(&w);
    }
    CHECK_OK(jsonw_done(&w));
    CHECK_EQ(strlen(all), 2 * (2 + 190 + 99 + 1));
    CHECK_EQ(all[strlen(all) - 1], '\n');
    jsonw_init(&w, buffer, sizeof buffer);
    jsonw_array(&w);
    for (int i = 0; i < 100; i++) {
        jsonw_i64(&w, i);
    }
    jsonw_end(&w);
    CHECK_EQ(jsonw_done(&w), ERR_BUFFER_FULL);
    CHECK_EQ(w.used, sizeof buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(members_are_bounded),
        cmocka_unit_test(values_come_out_exactly),
        cmocka_unit_test(message_has_the_place),
        cmocka_unit_test(a_small_arena_is_an_error),
        cmocka_unit_test(writer_writes_what_the_reader_takes),
        cmocka_unit_test(sink_gets_every_byte_and_memory_tells_when_full),
    };
    return RUN_TESTS(tests);
}
