/* Events: the envelope and the payloads, generated from event.def.
 *
 * The envelope is 64 bytes, little-endian. Payload structs hold borrowed blobs. Encoding is canonical: equal
 * values, equal bytes; NaN is a broken invariant on writing and ERR_TRUNCATED on reading. The checksum covers
 * header (with the checksum field zero) and payload. An unknown kind stops recovery (ERR_UNKNOWN_KIND). */
#ifndef VITRINE_MODEL_EVENT_H
#define VITRINE_MODEL_EVENT_H

#include "base/bytes.h"
#include "base/hash.h"
#include "model/bulletin.h"
#include "model/halt.h"

enum { EVENT_HEADER_SIZE = 64, EVENT_VERSION = 3 };

typedef str_t blob_t;
typedef id128_t ev_id128_t;
typedef digest_t ev_digest_t;
typedef blob_t ev_blob_t;
typedef blob_t ev_text_t; /* words for people: the same bytes, and a string in JSON */
typedef u8 ev_u8_t;
typedef u16 ev_u16_t;
typedef u32 ev_u32_t;
typedef u64 ev_u64_t;
typedef i64 ev_i64_t;
typedef f64 ev_f64_t;

typedef enum {
#define EV_BEGIN(NAME, id, class_, hashed) EV_##NAME = id,
#define F(type, field)
#define EV_END(NAME)
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    EV_NONE = 0
} event_kind_t;

#define EV_BEGIN(NAME, id, class_, hashed) typedef struct {
#define F(type, field) ev_##type##_t field;
#define EV_END(NAME)                                                                                         \
    }                                                                                                        \
    ev_##NAME##_t;
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END

typedef struct {
    u64 seq; /* given when taken from the queue; facts get the next numbers */
    i64 t_engine;
    i64 t_event;
    u64 cause_seq; /* for facts: the input that led to them */
    u32 shard;
    u16 kind; /* event_kind_t */
    u8 version;
    u8 flags;
    u32 length; /* payload bytes */
    u32 spare;
    u64 checksum;
    u64 spare2; /* header is 64 bytes on disk */
} event_head_t;
_Static_assert(sizeof(event_head_t) == EVENT_HEADER_SIZE, "the envelope is 64 bytes");

typedef struct {
    event_head_t head;
    union {
#define EV_BEGIN(NAME, id, class_, hashed) ev_##NAME##_t NAME;
#define F(type, field)
#define EV_END(NAME)
#include "model/event.def"
#undef EV_BEGIN
#undef F
#undef EV_END
    } as;
} event_t;

bool event_is_input(event_kind_t k);
bool event_is_hashed(event_kind_t k);
/* The account an event is of, by its field of that name; 0: of none, or of all. */
u64 event_account(const event_t *e);
/* The halt that an EV_HALT tells. False: it names no instrument of the run or is not sound, and is to be
 * dropped. */
bool event_halt(const event_t *e, u32 instruments, halt_t *out);
/* The same of an EV_BULLETIN. It may have been known long before the run began, never after the event's own
 * time. A longer text is cut. */
bool event_bulletin(const event_t *e, u32 instruments, bulletin_t *out);
/* "slice", "decision"... or NULL for an unknown kind. */
const char *event_name(event_kind_t k);

/* Appends header and payload; sets length and checksum in the bytes (and in e->head). ERR_BUFFER_FULL. */
MUST_USE err_t event_encode(event_t *e, writer_t *w);
/* Reads one event; blobs borrow the reader's memory. ERR_TRUNCATED, ERR_CORRUPT (checksum), ERR_VERSION,
 * ERR_UNKNOWN_KIND. */
MUST_USE err_t event_decode(reader_t *r, event_t *out);
/* The payload alone, canonical: what hashes are over. */
MUST_USE err_t event_encode_payload(const event_t *e, writer_t *w);
/* What a number of a field is called, for people; NULL: it is a number. */
typedef const char *(*event_namer_t)(const event_t *e, const char *field, i64 value);
/* One JSON object without newline, blobs as hex, texts as strings (what is not UTF-8 loses its bytes above
 * 0x7F); for people and independent scripts. No key stands twice: a field named kind is written as "what",
 * for "kind" is the event's. The least i64 is no number anywhere, and null here. With a namer (or NULL) a
 * last member `names` has the same keys once more, with what their numbers are called. */
MUST_USE err_t event_print_json(const event_t *e, event_namer_t name, writer_t *w);

#endif
