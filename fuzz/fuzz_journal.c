/* The decoder of journal blocks on arbitrary bytes: an error, or events that encode to the same bytes again.
 *
 * The first byte chooses: unpacking by a codec, or scanning. As a checksum stands before every payload and
 * chance will not find one, every other input is sealed first: headers keep their fields and get the checksum
 * they should have. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/hash.h"
#include "store/journal_block.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

enum { ROOM = 1 << 16 };

/* Makes the event at p valid as far as checksums go. Returns its size, or 0 if it does not fit. */
static size_t seal_one(u8 *p, size_t n)
{
    event_head_t head;
    if (n < sizeof head) {
        return 0;
    }
    memcpy(&head, p, sizeof head);
    head.version = EVENT_VERSION;
    head.length = (u32)(head.length % (n - sizeof head + 1));
    head.checksum = 0;
    head.checksum = hash64_seed(p + sizeof head, head.length, hash64(&head, sizeof head));
    memcpy(p, &head, sizeof head);
    return sizeof head + head.length;
}

static void check_same(const u8 *raw, size_t n, u64 events)
{
    static u8 again[ROOM];
    static u8 text[8 * ROOM];
    reader_t r = reader_of(raw, n);
    writer_t w = writer_of(again, sizeof again);
    while (reader_left(&r) > 0) {
        event_t e;
        err_t err = event_decode(&r, &e);
        ASSERT(err == ERR_OK);
        writer_t json = writer_of(text, sizeof text);
        err = event_print_json(&e, NULL, &json);
        ASSERT(err == ERR_OK || err == ERR_BUFFER_FULL);
        err = event_encode(&e, &w);
        ASSERT(err == ERR_OK);
        events--;
    }
    ASSERT(events == 0);
    ASSERT(w.used == n && memcmp(raw, again, n) == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static u8 raw[ROOM];
    if (size < 2 || size > ROOM) {
        return 0;
    }
    u8 choice = data[0];
    const u8 *body = data + 1;
    size_t n = size - 1;
    if (choice % 4 == 0) {
        err_t err = block_unpack(choice / 4 % 4, body, n, raw, (size_t)(data[1] | (choice << 8)) % ROOM);
        (void)err; /* any answer is fine, touching other memory is not */
        return 0;
    }
    memcpy(raw, body, n);
    for (size_t at = 0; choice % 2 == 0 && at < n;) {
        size_t step = seal_one(raw + at, n - at);
        at += step == 0 ? n : step;
    }
    block_summary_t sum;
    size_t offset = 0;
    event_head_t first = {0};
    memcpy(&first, raw, MIN_OF(n, sizeof first));
    err_t err = block_scan(raw, n, first.seq, &sum, &offset);
    ASSERT(offset <= n);
    if (err == ERR_OK) {
        ASSERT(sum.last_seq - sum.first_seq + 1 == sum.events);
        check_same(raw, n, sum.events);
    }
    return 0;
}
