/* Entropy, folder listings and the figures of this machine and process.
 *
 * Leaves to others: clocks (clock.h), contents of files (file.h). */
#ifndef VITRINE_OS_HOST_H
#define VITRINE_OS_HOST_H

#include "base/err.h"
#include "base/types.h"

/* Random bytes from the kernel, for ids and keys; they never decide anything. ERR_IO. */
MUST_USE err_t os_entropy(void *out, size_t n);

/* Names in a folder, sorted by bytes, without "." and "..". Freed by os_names_free. ERR_NOT_FOUND,
 * ERR_NO_MEMORY. */
typedef struct {
    char **own_v;
    u32 count;
} os_names_t;
MUST_USE err_t os_dir_list(const char *path, diag_t *diag, os_names_t *out);
void os_names_free(os_names_t *n);

u32 os_processor_count(void);
/* Highest resident size of this process so far, bytes. */
u64 os_memory_peak(void);
/* Says that most of this memory will be used, so that the kernel may back it by large pages: fewer faults,
 * fewer misses of the address cache. Nothing changes where it cannot. */
void os_memory_dense(void *memory, size_t size);
u64 os_process_id(void);
/* Columns and rows of the terminal at `fd`; 80 x 24 and false if it is none. */
bool os_terminal_size(int fd, u32 *columns, u32 *rows);

/* To be called first of all: standard streams that came closed are held by /dev/null, so that no file of ours
 * takes their number and gets our prose; and a limit on the size of files fails the write instead of ending
 * the process. */
void os_process_guard(void);

#endif
