/* A case as a person or a program reads it. */
#ifndef VITRINE_FACES_CLI_COURT_PRINT_H
#define VITRINE_FACES_CLI_COURT_PRINT_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"
#include "faces/research/docket.h"

/* What was counted of it; NULL: nothing was yet. */
typedef struct {
    const docket_t *docket;
    const pairs_t *pairs;
    u32 in_force; /* the case in force; 0: none */
} court_seen_t;

/* A document, or some lines. */
void court_show_case(app_t *app, const case_t *c, const court_seen_t *seen);
void court_show_list(app_t *app, const case_t *cases, u32 count, u32 in_force);
/* The words of an option into `out`. ERR_USAGE: none, too long, or not text. */
MUST_USE err_t court_words(app_t *app, const args_t *args, const char *option, char *out, size_t size);

#endif
