/* Counter-based chance: a number is a pure function of (seed, purpose, entity, cycle, n).
 *
 * There is no stream to share and none to disturb: adding a draw somewhere changes no other draw. The mixer
 * is SplitMix64 finalisation over the XXH3 hash of the key. Not for secrets: those come from os_entropy. */
#ifndef VITRINE_BASE_RNG_H
#define VITRINE_BASE_RNG_H

#include "base/types.h"

typedef struct {
    u64 seed;
    u32 purpose; /* one constant per use, RNG_* below */
    u32 entity;  /* instrument, account, order... */
    u64 cycle;
} rng_key_t;

/* Purposes are explicit and never used twice. 1..99 engine, 100..199 simulated market, 200..299 faults,
 * 300..399 tests, 400..499 statistics. */
enum {
    RNG_EXEC_JITTER = 1,
    RNG_HMM_START = 2,
    RNG_MARKET_FACTOR = 100,
    RNG_MARKET_STOCK = 101,
    RNG_MARKET_VOLUME = 102,
    RNG_MARKET_JUMP = 103,
    RNG_MARKET_SETUP = 104,
    RNG_MARKET_QUOTE = 105,
    RNG_MARKET_OPEN = 106,
    RNG_FAULT = 200,
    RNG_DISK = 201,
    RNG_WORLD = 202,
    RNG_TEST = 300,
    RNG_BOOTSTRAP = 400,
    RNG_SEARCH = 401,
    RNG_LAB = 402,
    RNG_THOMPSON = 403,
    RNG_TWIN = 404
};

/* The n-th 64 random bits of the key. */
u64 rng_at(rng_key_t key, u64 n);
/* The same numbers for many n of one key: rng_prepared(rng_prepare(key), n) is rng_at(key, n). */
u64 rng_prepare(rng_key_t key);
static inline u64 rng_mix(u64 z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}
static inline u64 rng_prepared(u64 prepared, u64 n)
{
    return rng_mix(prepared ^ rng_mix(n + 0xD1B54A32D192ED03ULL));
}
/* Uniform in [0, 1) with 53 bits. */
f64 rng_unit(rng_key_t key, u64 n);
/* Uniform integer in [0, bound), bound > 0, without modulo bias beyond 2^-64 x bound. */
u64 rng_below(rng_key_t key, u64 n, u64 bound);

#endif
