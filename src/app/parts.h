/* What is said of each kind of part: the functions of the table of kinds (modules.c).
 *
 * Promises: everything comes from the descriptors, or is computed here and now by the part itself (the worked
 * example of an indicator, the thresholds of a strategy). Leaves to others: how it is written (part_doc.h),
 * on which page it stands (part_pages.h). */
#ifndef VITRINE_APP_PARTS_H
#define VITRINE_APP_PARTS_H

#include "faces/cli/app.h"

void indicator_doc(u32 index, part_doc_t *d);
part_page_t indicator_page(u32 index);
extern const char *const indicator_head[];
void indicator_summary(u32 index, part_doc_t *d);

void strategy_doc(u32 index, part_doc_t *d);
part_page_t strategy_page(u32 index);
void stage_doc(u32 index, part_doc_t *d);
part_page_t stage_page(u32 index);
void loop_doc(u32 index, part_doc_t *d);
part_page_t loop_page(u32 index);
extern const char *const loop_head[];
void loop_summary(u32 index, part_doc_t *d);
void plan_doc(u32 index, part_doc_t *d);

u32 event_row_count(void);
part_t event_row(u32 index);
void event_doc(u32 index, part_doc_t *d);

void key_doc(u32 index, part_doc_t *d);
part_page_t key_page(u32 index);
extern const char *const key_head[];
void key_summary(u32 index, part_doc_t *d);
/* "section.name". */
const char *key_dotted(u32 index);
void rule_doc(u32 index, part_doc_t *d);
part_page_t rule_page(u32 index);
extern const char *const rule_head[];
void rule_summary(u32 index, part_doc_t *d);
void preference_doc(u32 index, part_doc_t *d);
part_page_t preference_page(u32 index);
extern const char *const preference_head[];
void preference_summary(u32 index, part_doc_t *d);

u32 figure_count(void);
part_t figure_row(u32 index);
void figure_doc(u32 index, part_doc_t *d);
part_page_t figure_page(u32 index);
extern const char *const figure_head[];
void figure_summary(u32 index, part_doc_t *d);

u32 layout_count(void);
part_t layout_row(u32 index);
void layout_doc(u32 index, part_doc_t *d);
part_page_t layout_page(u32 index);
u32 record_kind_count(void);
part_t record_kind_row(u32 index);
void record_kind_doc(u32 index, part_doc_t *d);
part_page_t record_kind_page(u32 index);
void verb_doc(u32 index, part_doc_t *d);
part_page_t verb_page(u32 index);

#endif
