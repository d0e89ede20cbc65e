/* Digests and checksums.
 *
 * digest_t (BLAKE2b-256) is for everything that proves: ids, chains, decision_hash, chunk names. hash64
 * (XXH3) is for checksums and tables only. All are functions of the bytes alone. hash.c is the one file that
 * names libsodium and xxHash. */
#ifndef VITRINE_BASE_HASH_H
#define VITRINE_BASE_HASH_H

#include <string.h>

#include "base/err.h"
#include "base/types.h"

typedef struct {
    u8 b[32];
} digest_t;

typedef struct {
    u8 b[16];
} id128_t;

u64 hash64(const void *p, size_t n);
u64 hash64_seed(const void *p, size_t n, u64 seed);

/* BLAKE2b-256 of one buffer. */
digest_t digest_of(const void *p, size_t n);
/* Chain step: BLAKE2b-256(previous || bytes). */
digest_t digest_chain(const digest_t *previous, const void *p, size_t n);
/* First 128 bits of BLAKE2b over a buffer, as an identifier. */
id128_t id128_of(const void *p, size_t n);
bool digest_eq(const digest_t *a, const digest_t *b);
static inline bool id128_eq(id128_t a, id128_t b)
{
    u64 x[2];
    u64 y[2];
    memcpy(x, a.b, sizeof x);
    memcpy(y, b.b, sizeof y);
    return x[0] == y[0] && x[1] == y[1];
}

/* Incremental BLAKE2b-256; the state is opaque and lives in the caller's memory. */
typedef struct {
    _Alignas(64) u8 opaque[384];
} digest_state_t;
void digest_begin(digest_state_t *s);
void digest_add(digest_state_t *s, const void *p, size_t n);
digest_t digest_end(digest_state_t *s);

/* SHA-256 (FIPS 180-4), for what strangers check with their own tools: the published ledger. */
typedef struct {
    _Alignas(64) u8 opaque[128];
} sha256_state_t;
void sha256_begin(sha256_state_t *s);
void sha256_add(sha256_state_t *s, const void *p, size_t n);
digest_t sha256_end(sha256_state_t *s);
/* Of one buffer. */
digest_t sha256_of(const void *p, size_t n);

/* Lower-case hex, NUL-ended: out holds 2n + 1 bytes. */
void hex_print(char *out, const u8 *p, size_t n);
/* Exactly n bytes from 2n hex digits. ERR_SYNTAX. */
MUST_USE err_t hex_parse(const char *text, size_t text_size, u8 *out, size_t n);
/* Crockford base32 of the first 110 bits: 22 characters and a NUL (client order ids). */
void id128_base32(char out[23], id128_t id);

#endif
