/* What the files of the bulletins share with one another and with nobody else. */
#ifndef VITRINE_DRIVERS_BULLETINS_INNER_H
#define VITRINE_DRIVERS_BULLETINS_INNER_H

#include "drivers/bulletins.h"
#include "store/records.h"

typedef struct {
    i64 cik;
    inst_t inst;
} bulletin_filer_t;

/* One collecting of bulletins; a row's converter adds to it. */
typedef struct {
    const bulletins_spec_t *spec;
    bulletins_t *out;
    u32 room;
    bulletin_filer_t *own_filer; /* by cik; several symbols may be one filer's */
    u32 filers, filer_room;
    const record_kind_desc_t *kind;
    const record_table_t *table;
    u32 row;
    u32 dates; /* how many had been told when chains began to be: the dates of results are among them */
} bulletin_make_t;

/* What a kind of records tells. */
typedef struct {
    const char *kind;
    const char *series[4];              /* those alone, ended by NULL; none: all */
    err_t (*tell)(bulletin_make_t *m);  /* of the row */
    err_t (*whole)(bulletin_make_t *m); /* instead: of all rows of a set, behind all others' */
} bulletin_teller_t;

/* Who joins and leaves by the lists of a set (rows of kind membership), or by its days of joining.
 * `table` holds all rows of the set. ERR_USAGE: no such group, or one of several is to be named. */
MUST_USE err_t bulletins_members(bulletin_make_t *m, str_t set, str_t group, diag_t *diag);
/* What option chains tell: `whole` of kind option_quote. ERR_NO_MEMORY. */
MUST_USE err_t bulletins_chains(bulletin_make_t *m);
/* Whether what became known then is to be told. */
bool bulletin_is_inside(const bulletin_make_t *m, i64 t_known);
/* Adds one as it stands. */
MUST_USE err_t bulletin_put(bulletin_make_t *m, const bulletin_t *b);
/* By kind's name; NULL: it tells nothing. */
const bulletin_teller_t *bulletin_teller(const char *kind);
/* Adds one; its instrument, kind, value and text (cleaned here) are the caller's, its times the row's. */
MUST_USE err_t bulletin_add(bulletin_make_t *m, const bulletin_t *b);
/* The instrument of a symbol, INST_NONE if the run has none. */
inst_t bulletin_inst(const bulletin_make_t *m, str_t symbol);

#endif
