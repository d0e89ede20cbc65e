/* See rng.h. Mixer: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
#include "base/rng.h"

#include "base/assert.h"

u64 rng_prepare(rng_key_t key)
{
    u64 z = rng_mix(key.seed + 0x9E3779B97F4A7C15ULL);
    z = rng_mix(z ^ (((u64)key.purpose << 32) | key.entity));
    return rng_mix(z + key.cycle * 0x9E3779B97F4A7C15ULL);
}

u64 rng_at(rng_key_t key, u64 n)
{
    return rng_prepared(rng_prepare(key), n);
}

f64 rng_unit(rng_key_t key, u64 n)
{
    return (f64)(rng_at(key, n) >> 11) * 0x1.0p-53;
}

u64 rng_below(rng_key_t key, u64 n, u64 bound)
{
    ASSERT(bound > 0);
    return (u64)(((u128)rng_at(key, n) * (u128)bound) >> 64);
}
