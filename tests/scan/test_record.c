/* Decision records of real cycles: read back and written again they are the same bytes; cut short or with a
 * bit flipped they are refused or give a record that again encodes to what it says, and never a crash. */
#include "tests/engine/dataset.h"

#include "base/rng.h"
#include "scan/record.h"

typedef struct {
    cycle_record_t record[2];
    screen_refusal_t refusal[2][LIMIT_UNIVERSE];
    u8 bytes[2][1 << 19];
} desk_t;

static bool same_again(desk_t *k, blob_t in)
{
    k->record[0].refusal = k->refusal[0];
    k->record[1].refusal = k->refusal[1];
    if (record_cycle_decode(in, &k->record[0]) != ERR_OK) {
        return false;
    }
    writer_t w = writer_of(k->bytes[0], sizeof k->bytes[0]);
    CHECK_OK(record_cycle_encode(&k->record[0], &w));
    CHECK_OK(record_cycle_decode((blob_t){.p = k->bytes[0], .n = (u32)w.used}, &k->record[1]));
    writer_t again = writer_of(k->bytes[1], sizeof k->bytes[1]);
    CHECK_OK(record_cycle_encode(&k->record[1], &again));
    CHECK_EQ(again.used, w.used);
    CHECK_EQ(memcmp(k->bytes[0], k->bytes[1], w.used), 0);
    return w.used == in.n && memcmp(k->bytes[0], in.p, in.n) == 0;
}

static void damage(desk_t *k, blob_t in, u64 n)
{
    static u8 copy[1 << 19];
    rng_key_t key = {.seed = 1, .purpose = RNG_TEST, .entity = 60, .cycle = n};
    CHECK(in.n <= sizeof copy);
    for (u64 i = 0; i < 20; i++) {
        memcpy(copy, in.p, in.n);
        u64 at = rng_below(key, 2 * i, in.n);
        copy[at] ^= (u8)(1U << rng_below(key, 2 * i + 1, 8));
        (void)same_again(k, (blob_t){.p = copy, .n = in.n});
        CHECK(!same_again(k, (blob_t){.p = in.p, .n = (u32)at})); /* cut short */
    }
}

/* In a record everything that entered is accounted for. */
static void conserved(const cycle_record_t *r)
{
    u64 refused = 0;
    u64 traded = 0;
    for (u64 i = 0; i < r->cand_count; i++) {
        CHECK((r->cand[i].refused_stage != 0) != (r->cand[i].traded != 0) || r->stopped_stage != 0);
        traded += r->cand[i].traded;
        refused += r->cand[i].refused_stage != 0 ? 1 : 0;
    }
    if (r->stopped_stage == 0) {
        CHECK_EQ(r->universe, r->refusal_count + refused + traded);
    }
}

TEST(records_of_a_run)
{
    UNUSED_STATE;
    dataset_t d;
    tape_t t;
    how_t how = {0};
    desk_t *k = calloc(1, sizeof *k);
    u64 cycles = 0;
    assert_non_null(k);
    dataset_simulated(11, 20, 25, 3, &d);
    (void)run_once(&d, &how, &t);
    reader_t r = reader_of(t.own_bytes, t.used);
    while (r.at < r.size) {
        event_t e;
        CHECK_OK(event_decode(&r, &e));
        if (e.head.kind != EV_DECISION || e.as.DECISION.form != RECORD_CYCLE) {
            continue;
        }
        CHECK(same_again(k, e.as.DECISION.record));
        conserved(&k->record[0]);
        if (cycles++ % 8 == 0) {
            damage(k, e.as.DECISION.record, cycles);
        }
    }
    print_message("# %llu cycles\n", (unsigned long long)cycles);
    CHECK(cycles > 100);
    tape_free(&t);
    dataset_free(&d);
    free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records_of_a_run)};
    return RUN_TESTS(tests);
}
