// What a process must arrange in C: one BLAS thread, and files that shrink under their map.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdbool.h>
#include <stddef.h>

// Guards `bytes ..< bytes + count`, a read-only map of a file, against the file becoming shorter:
// a page that is gone then reads as zeros instead of killing the process with SIGBUS, and
// `cp_guard_broken` says so. Returns a slot for the other two, or -1 when all slots are taken.
int cp_guard_map(const void *bytes, size_t count);

// Whether a page of the guarded map was found to be gone.
bool cp_guard_broken(int slot);

// Ends the guard; call before munmap.
void cp_guard_end(int slot);

// The processors that this process may be scheduled on, by its affinity mask; at least 1.
int cp_allowed_processors(void);

#endif
