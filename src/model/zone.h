/* The tz database behind two plain functions: what cctz says, for zone.c and for a check at start.
 *
 * Ordinary conversions do not come here: zone.c holds the US daylight saving rules since 1967 as arithmetic,
 * so that a replay on a host with an older or newer tz database gives the same bits. This door serves the
 * years before 1967 and lets the program compare its rules with the host (a change of the law shows up as a
 * difference). Leaves to others: the calendar.h conversions themselves. */
#ifndef VITRINE_MODEL_ZONE_H
#define VITRINE_MODEL_ZONE_H

#include "model/calendar.h"

/* Offset from UTC in seconds (east positive) at t_s seconds after the epoch, by the host's tz database.
 * False if the database or the zone is missing; *offset_s is then untouched. */
bool zone_tzdata_offset(const char *name, i64 t_s, i32 *offset_s);

/* IANA name of a zone, never NULL. */
const char *zone_name(zone_t z);
/* Offset from UTC in seconds at the moment t (UTC ns). */
i32 zone_offset(zone_t z, i64 t);
/* Compares our rules with the host's tz database, one probe every `step_hours` hours of [year_from, year_to].
 * True if all agree or no database is there (then *probes is 0). On a difference *at gets its UTC ns. */
bool zone_check_tzdata(i32 year_from, i32 year_to, i32 step_hours, i64 *probes, i64 *at);

#endif
