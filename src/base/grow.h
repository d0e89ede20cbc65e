/* Lists that grow: one owned array of elements and the room it has. */
#ifndef VITRINE_BASE_GROW_H
#define VITRINE_BASE_GROW_H

#include <stddef.h>

#include "base/err.h"
#include "base/types.h"

/* Makes room for `need` elements of `size` bytes; at least doubles, from 64 on. `own_list` is the address of
 * the owner's pointer (any T **), NULL with *room 0 at first; both stay as they were on ERR_NO_MEMORY. */
MUST_USE err_t list_room(void *own_list, u32 *room, size_t need, size_t size);

#endif
