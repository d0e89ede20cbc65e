/* See flight.h. */
#include "drivers/flight.h"

#include <string.h>

#include "base/assert.h"
#include "os/clock.h"

static u64 now(void)
{
    return (u64)os_mono();
}

probe_t *flight_open(flight_t *f)
{
    ASSERT(f != NULL);
    *f = (flight_t){.probe = {.now = now}};
    return &f->probe;
}

void flight_begin(flight_t *f)
{
    ASSERT(f != NULL);
    f->began = os_mono();
    memcpy(f->before, f->probe.cycles, sizeof f->before);
    f->whole = probe_begin(&f->probe);
}

void flight_end(flight_t *f, const slice_t *s, u8 bytes[FLIGHT_BYTES], event_t *out)
{
    ASSERT(f != NULL && s != NULL && bytes != NULL && out != NULL);
    writer_t w = writer_of(bytes, FLIGHT_BYTES);
    probe_end(&f->probe, PROBE_DRIVER, f->whole);
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        put_varint(&w, f->probe.cycles[i] - f->before[i]);
    }
    ASSERT(!w.full);
    *out = (event_t){.head = {.kind = EV_TIMING}};
    out->as.TIMING = (ev_TIMING_t){
        .ordinal = s->ordinal, .wall = os_mono() - f->began, .parts = {.p = bytes, .n = (u32)w.used}};
}

err_t flight_read(const ev_TIMING_t *t, flight_parts_t *out)
{
    ASSERT(t != NULL && out != NULL);
    reader_t r = reader_of(t->parts.p, t->parts.n);
    *out = (flight_parts_t){.wall = t->wall > 0 ? (u64)t->wall : 0};
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        out->place[i] = get_varint(&r);
    }
    TRY(reader_done(&r));
    return r.at == r.size ? ERR_OK : ERR_CORRUPT;
}

const char *flight_place_name(u32 place)
{
    static const char *const names[PROBE_PLACES] = {
        "?",
        "stage 1 lock",
        "stage 2 breaker",
        "stage 3 regime",
        "stage 4 monk",
        "stage 5 context",
        "stage 6 screen",
        "stage 7 evaluate",
        "stage 8 composite",
        "stage 9 conviction",
        "stage 10 debate",
        "stage 11 size",
        "stage 12 execute",
        "stage 13 exits",
        [PROBE_SOURCE] = "bars out of their source",
        [PROBE_APPEND] = "bars into series",
        [PROBE_COMPUTE] = "features of a block",
        [PROBE_REGIME] = "daily regime: fit and filter",
        [PROBE_SIGNALS] = "freshness of set-ups",
        [PROBE_SPREADS] = "spread of each symbol",
        [PROBE_RECORD] = "decision record of a cycle",
        [PROBE_JOURNAL] = "journal",
        [PROBE_ENGINE] = "loops, accounts, hashes",
        [PROBE_BROKER] = "door and simulated broker",
        [PROBE_DRIVER] = "driver",
    };
    return place < PROBE_PLACES ? names[place] : names[0];
}
