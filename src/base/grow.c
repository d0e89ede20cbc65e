/* See grow.h. */
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

err_t list_room(void *own_list, u32 *room, size_t need, size_t size)
{
    ASSERT(own_list != NULL && room != NULL);
    ASSERT(size > 0);
    if (need <= *room) {
        return ERR_OK;
    }
    size_t more = MAX_OF(MAX_OF((size_t)*room * 2, need), (size_t)64);
    if (more > UINT32_MAX || more > SIZE_MAX / size) {
        return ERR_NO_MEMORY;
    }
    void *own;
    memcpy(&own, own_list, sizeof own); /* a T * is read as what it is, not through a void ** */
    own = realloc(own, more * size);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    memcpy(own_list, &own, sizeof own);
    *room = (u32)more;
    return ERR_OK;
}
