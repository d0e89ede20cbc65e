/* Exchange calendars: sessions from rules, with dated and announced exceptions.
 *
 * NYSE/Nasdaq (09:30-16:00 New York, half days to 13:00), CME Globex (Sunday 17:00 to Friday 16:00 Chicago
 * with the daily halt at 16:00-17:00), forex (Sunday 17:00 to Friday 17:00 New York), crypto (always, UTC
 * days). An exception carries the day it was announced; a question asked "as of" an earlier moment does not
 * see it (decision 23). This is the only place where local time exists. */
#ifndef VITRINE_MODEL_CALENDAR_H
#define VITRINE_MODEL_CALENDAR_H

#include "model/instrument.h"

typedef enum { ZONE_UTC = 0, ZONE_NEW_YORK = 1, ZONE_CHICAGO = 2 } zone_t;
typedef enum { PHASE_CLOSED, PHASE_PRE, PHASE_OPEN, PHASE_POST } phase_t;

typedef struct {
    date_t date; /* the session's own date (CME and forex evening opens belong to the next day) */
    i64 open;    /* UTC ns */
    i64 close;   /* UTC ns, exclusive */
    bool half_day;
} session_t;

/* The session of `day`, as known at `as_of` (I64_MAX: everything). False if the market is closed that day. */
bool calendar_session(calendar_id_t cal, date_t day, i64 as_of, session_t *out);
/* First session strictly after / last strictly before `day`. */
session_t calendar_next(calendar_id_t cal, date_t day, i64 as_of);
session_t calendar_previous(calendar_id_t cal, date_t day, i64 as_of);
/* Number of sessions in (from, to]. */
i32 calendar_count(calendar_id_t cal, date_t from, date_t to);
/* Sessions a year by which figures of days become yearly: 365 where every day has one, else 252. */
u32 calendar_year(calendar_id_t cal);
/* Date whose session contains t (regular hours), or the local date of t when closed. */
date_t calendar_date_at(calendar_id_t cal, i64 t);
/* PRE 04:00-09:30 and POST 16:00-20:00 New York for NYSE; others have only OPEN and CLOSED. */
phase_t calendar_phase(calendar_id_t cal, i64 t);
/* Reason of a closed day or half day ("Thanksgiving"), or NULL on ordinary days. */
const char *calendar_reason(calendar_id_t cal, date_t day);
/* First session of the calendar quarter that holds `day` (anchored indicators, decision 21). */
date_t calendar_quarter_start(calendar_id_t cal, date_t day);

/* Wall clock of a zone. A time skipped by daylight saving maps forward; a repeated one to its first pass. */
i64 zone_to_utc(zone_t z, date_t day, i32 seconds_of_day);
void zone_from_utc(zone_t z, i64 t, date_t *day, i32 *seconds_of_day);
MUST_USE err_t zone_parse(str_t s, zone_t *out); /* "UTC", "America/New_York", "America/Chicago" */

#endif
