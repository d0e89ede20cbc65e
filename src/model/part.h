/* What a reader needs to know of a part beyond its name and title.
 *
 * It is written in the part's own descriptor and nowhere else: `vitrine modules KIND NAME` shows it, and the
 * pages of docs/parts are made from it. Plain sentences; a formula may have several lines and names the
 * inputs, parameters and outputs as the descriptor does. */
#ifndef VITRINE_MODEL_PART_H
#define VITRINE_MODEL_PART_H

typedef struct {
    const char *does;    /* what it does, in one or two sentences */
    const char *formula; /* NULL: there is none */
    const char *edge;    /* what it does where the formula is silent; NULL: nothing special */
    const char *wrong;   /* when it misleads, or is the wrong tool */
    const char *source;  /* who says so; NULL: a definition of this program */
} part_text_t;

#endif
