/* What an exported event calls its numbers: the words of the program's pages, and nothing for what is none.
 */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "engine/engine.h"
#include "faces/cli/event_names.h"
#include "model/bulletin.h"
#include "model/halt.h"
#include "model/order.h"
#include "trade/portfolio/account.h"

static bool prints(const event_t *e, const char *want)
{
    char json[4096];
    writer_t w = writer_of(json, sizeof json - 1);
    CHECK_OK(event_print_json(e, event_value_name, &w));
    json[w.used] = '\0';
    bool found = strstr(json, want) != NULL;
    if (!found) {
        print_message("%s\nhas no %s\n", json, want);
    }
    return found;
}

TEST(numbers_that_stand_for_something_are_named)
{
    UNUSED_STATE;
    event_t e = {.head = {.kind = EV_BULLETIN}};
    e.as.BULLETIN = (ev_BULLETIN_t){.kind = BULLETIN_CALENDAR, .value = BULLETIN_NO_VALUE};
    CHECK(prints(&e, ",\"what\":7,\"t_known\":0,\"t_event\":0,\"value\":null,\"text\":\"\","
                     "\"names\":{\"what\":\"calendar\"}}"));
    e.as.BULLETIN = (ev_BULLETIN_t){.kind = BULLETIN_COVERS, .value = -BULLETIN_NEWS};
    CHECK(prints(&e, "\"value\":-2,\"text\":\"\",\"names\":{\"what\":\"coverage\",\"value\":\"news\"}}"));
    e = (event_t){.head = {.kind = EV_HALT}};
    e.as.HALT.kind = HALT_NEWS;
    CHECK(prints(&e, "\"names\":{\"what\":\"news halt\"}}"));
    e = (event_t){.head = {.kind = EV_CASH}};
    e.as.CASH.kind = CASH_DIVIDEND;
    CHECK(prints(&e, "\"names\":{\"what\":\"dividend\"}}"));
    e = (event_t){.head = {.kind = EV_BROKER}};
    e.as.BROKER.kind = BROKER_BUST;
    CHECK(prints(&e, "\"names\":{\"what\":\"execution taken back\"}}"));
    e = (event_t){.head = {.kind = EV_INTENT}};
    e.as.INTENT =
        (ev_INTENT_t){.side = SIDE_SELL_SHORT, .type = ORDER_STOP, .tif = TIF_FOK, .role = ROLE_ENTRY};
    CHECK(prints(&e,
                 "\"names\":{\"side\":\"sell_short\",\"type\":\"stop\",\"tif\":\"fok\",\"role\":\"entry\""));
    e = (event_t){.head = {.kind = EV_ORDER_STATE}};
    e.as.ORDER_STATE = (ev_ORDER_STATE_t){.from = ORDER_INTENT, .to = ORDER_EXPIRED, .proof = BROKER_SILENT};
    CHECK(prints(&e, "\"names\":{\"from\":\"intent\",\"to\":\"expired\",\"proof\":\"silent\"}}"));
    e = (event_t){.head = {.kind = EV_COMMAND}};
    e.as.COMMAND.code = COMMAND_ISOLATE;
    CHECK(prints(&e, "\"names\":{\"code\":\"isolate\"}}"));
    e = (event_t){.head = {.kind = EV_SCAN_STOPPED}};
    e.as.SCAN_STOPPED.stage = 4;
    CHECK(prints(&e, "\"names\":{\"stage\":\"monk\"}}"));
    e = (event_t){.head = {.kind = EV_NOTICE}};
    e.as.NOTICE = (ev_NOTICE_t){.loop = 1, .value = I64_MIN};
    CHECK(prints(&e, "\"value\":null,\"limit\":0,\"text\":\"\",\"names\":{\"loop\":\""));
    e = (event_t){.head = {.kind = EV_EQUITY}};
    CHECK(prints(&e, "\"low\":0}"));
}

/* A record of another version, or a damaged one, may hold any number. */
TEST(any_number_is_survived)
{
    UNUSED_STATE;
    static const char *const fields[] = {"kind",      "side", "role", "type",   "tif",   "strategy",
                                         "from",      "to",   "code", "reason", "proof", "stage",
                                         "timeframe", "algo", "loop", "value"};
    static const i64 bounds[] = {I64_MIN, -1, 0, 1, 255, 65535, I64_MAX};
    u64 named = 0;
    for (u32 kind = 0; kind < 128; kind++) {
        for (u32 f = 0; f < COUNT_OF(fields); f++) {
            event_t e = {.head = {.kind = (u16)kind}};
            e.as.BULLETIN.kind = kind == EV_BULLETIN ? BULLETIN_COVERS : 0;
            for (i64 v = -300; v < 1300; v++) {
                named += event_value_name(&e, fields[f], v) != NULL ? 1 : 0;
            }
            for (u32 b = 0; b < COUNT_OF(bounds); b++) {
                named += event_value_name(&e, fields[f], bounds[b]) != NULL ? 1 : 0;
            }
        }
    }
    CHECK(named > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_that_stand_for_something_are_named),
                                       cmocka_unit_test(any_number_is_survived)};
    return RUN_TESTS(tests);
}
