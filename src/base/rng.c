/* See rng.h. Mixer: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
#include "base/rng.h"

#include "base/assert.h"

static u64 mix(u64 z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

u64 rng_at(rng_key_t key, u64 n)
{
    u64 z = mix(key.seed + 0x9E3779B97F4A7C15ULL);
    z = mix(z ^ (((u64)key.purpose << 32) | key.entity));
    z = mix(z + key.cycle * 0x9E3779B97F4A7C15ULL);
    return mix(z ^ mix(n + 0xD1B54A32D192ED03ULL));
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
