/* See zone.h. The only file that names cctz. The prototype is repeated here because zone.h is C. */
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <chrono>
#include <cstdint>

extern "C" bool zone_tzdata_offset(const char *name, std::int64_t t_s, std::int32_t *offset_s);

extern "C" bool zone_tzdata_offset(const char *name, std::int64_t t_s, std::int32_t *offset_s)
{
    cctz::time_zone zone;
    if (!cctz::load_time_zone(name, &zone)) {
        return false;
    }
    const cctz::time_point<cctz::seconds> when{cctz::seconds{t_s}};
    *offset_s = static_cast<std::int32_t>(zone.lookup(when).offset);
    return true;
}
