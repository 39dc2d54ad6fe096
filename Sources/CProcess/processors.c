#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

#include "CProcess.h"

int cp_allowed_processors(void) {
#ifdef __linux__
  // 8192 processors: the kernel's own limit on x86-64.
  enum { most = 8192 };
  cpu_set_t *mask = CPU_ALLOC(most);
  if (mask != NULL) {
    size_t bytes = CPU_ALLOC_SIZE(most);
    CPU_ZERO_S(bytes, mask);
    int found = sched_getaffinity(0, bytes, mask) == 0 ? CPU_COUNT_S(bytes, mask) : 0;
    CPU_FREE(mask);
    if (found > 0) return found;
  }
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
