/* What a verb of the command line is: one file, one descriptor.
 *
 * The table of options gives the parser, the help and the list of `vitrine modules`. A verb returns an err_t;
 * its exit code comes from the error (cli.h). What a verb needs beyond its own words stands in app_t. */
#ifndef VITRINE_FACES_CLI_VERB_H
#define VITRINE_FACES_CLI_VERB_H

#include "base/err.h"
#include "base/types.h"

enum { VERB_OPTIONS_MAX = 32, VERB_ALIASES_MAX = 4, VERB_WORDS_MAX = 64 };

typedef struct app app_t;
typedef struct args args_t;

typedef struct {
    const char *name;  /* "from", without the dashes */
    const char *value; /* "DATE", or NULL for a flag */
    const char *help;
    bool may_be_empty; /* a value of no letters is one */
    bool repeatable;   /* may stand more than once on a line, each time with another value */
    const char *part;  /* the first argument beside which alone it is read ("check"); NULL: every one */
} option_desc_t;

typedef struct {
    const char *name;
    const char *aliases[VERB_ALIASES_MAX];   /* names of the same thing elsewhere ("backtesting") */
    const char *summary;                     /* one line */
    const char *usage;                       /* what follows the name: "[KIND] [--all]" */
    const char *detail;                      /* what the summary leaves out, or NULL */
    const char *example;                     /* one command line that works */
    option_desc_t options[VERB_OPTIONS_MAX]; /* ended by a row without name */
    u32 words_min;                           /* arguments that are not options */
    u32 words_max;
    bool anywhere; /* says and does the same in every home */
    bool bare;     /* runs without settings: what helps when they are broken, and what stops an engine */
    err_t (*run)(app_t *app, const args_t *args);
} verb_desc_t;

/* The table itself is put together by app/, which alone may name verbs that need the simulated world. */
u32 verb_count(void);
const verb_desc_t *verb_at(u32 index);
/* By name or alias; NULL if there is none. */
const verb_desc_t *verb_find(const char *name);

#endif
