/* See hash.h. The only file that names libsodium (BLAKE2b, SHA-256) and xxHash. */
#include "base/hash.h"

#include <sodium.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/assert.h"

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(((digest_state_t *)0)->opaque),
               "BLAKE2b state must fit");
_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((sha256_state_t *)0)->opaque),
               "SHA-256 state must fit");

u64 hash64(const void *p, size_t n)
{
    return XXH3_64bits(p, n);
}

u64 hash64_seed(const void *p, size_t n, u64 seed)
{
    return XXH3_64bits_withSeed(p, n, seed);
}

digest_t digest_of(const void *p, size_t n)
{
    digest_t d;
    int rc = crypto_generichash(d.b, sizeof d.b, p, n, NULL, 0);
    ASSERT(rc == 0);
    return d;
}

digest_t digest_chain(const digest_t *previous, const void *p, size_t n)
{
    ASSERT(previous != NULL);
    digest_state_t s;
    digest_begin(&s);
    digest_add(&s, previous->b, sizeof previous->b);
    digest_add(&s, p, n);
    return digest_end(&s);
}

id128_t id128_of(const void *p, size_t n)
{
    id128_t id;
    int rc = crypto_generichash(id.b, sizeof id.b, p, n, NULL, 0);
    ASSERT(rc == 0);
    return id;
}

bool digest_eq(const digest_t *a, const digest_t *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

void digest_begin(digest_state_t *s)
{
    ASSERT(s != NULL);
    int rc =
        crypto_generichash_init((crypto_generichash_state *)(void *)s->opaque, NULL, 0, sizeof(digest_t));
    ASSERT(rc == 0);
}

void digest_add(digest_state_t *s, const void *p, size_t n)
{
    int rc = crypto_generichash_update((crypto_generichash_state *)(void *)s->opaque, p, n);
    ASSERT(rc == 0);
}

digest_t digest_end(digest_state_t *s)
{
    digest_t d;
    int rc = crypto_generichash_final((crypto_generichash_state *)(void *)s->opaque, d.b, sizeof d.b);
    ASSERT(rc == 0);
    return d;
}

void sha256_begin(sha256_state_t *s)
{
    ASSERT(s != NULL);
    int rc = crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)s->opaque);
    ASSERT(rc == 0);
}

void sha256_add(sha256_state_t *s, const void *p, size_t n)
{
    int rc = crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)s->opaque, p, n);
    ASSERT(rc == 0);
}

digest_t sha256_end(sha256_state_t *s)
{
    digest_t d;
    int rc = crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)s->opaque, d.b);
    ASSERT(rc == 0);
    return d;
}

digest_t sha256_of(const void *p, size_t n)
{
    sha256_state_t s;
    sha256_begin(&s);
    sha256_add(&s, p, n);
    return sha256_end(&s);
}

void hex_print(char *out, const u8 *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}

err_t hex_parse(const char *text, size_t text_size, u8 *out, size_t n)
{
    ASSERT(text != NULL && out != NULL);
    if (text_size != 2 * n) {
        return ERR_SYNTAX;
    }
    for (size_t i = 0; i < n; i++) {
        int hi = hex_digit(text[2 * i]);
        int lo = hex_digit(text[2 * i + 1]);
        if (hi < 0 || lo < 0) {
            return ERR_SYNTAX;
        }
        out[i] = (u8)(hi * 16 + lo);
    }
    return ERR_OK;
}

void id128_base32(char out[23], id128_t id)
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    u32 bit = 0;
    for (u32 i = 0; i < 22; i++, bit += 5) {
        u32 pair = ((u32)id.b[bit / 8] << 8) | (u32)id.b[MIN_OF(bit / 8 + 1, 15U)];
        out[i] = alphabet[(pair >> (11 - bit % 8)) & 31];
    }
    out[22] = '\0';
}
