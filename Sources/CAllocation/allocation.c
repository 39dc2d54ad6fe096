// The C library's allocation, as the program's own code and the Swift runtime call it
// (`--wrap=malloc` and so on, in Package.swift): neither asks whether there was memory, and a null
// pointer would end the process by a signal and without a word. Here it ends with a message, and so
// does a request that would take more than the process may hold.
#include <errno.h>
#include <stddef.h>

#include "CAllocation.h"
#include "CProcess.h"

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
int __real_posix_memalign(void **memory, size_t alignment, size_t bytes);
void *__real_aligned_alloc(size_t alignment, size_t bytes);

// Smaller requests are not held against the bound: to ask what is held costs some microseconds. The
// next large one counts what they took.
enum { large = 4 << 20 };

static void admit(size_t bytes) {
  if (bytes >= large && !cp_memory_allows(bytes)) cp_end_without_memory(bytes);
}

static void *found(void *memory, size_t bytes) {
  if (memory == NULL && bytes > 0) cp_end_without_memory(bytes);
  return memory;
}

void *__wrap_malloc(size_t bytes) {
  admit(bytes);
  return found(__real_malloc(bytes), bytes);
}

void *__wrap_calloc(size_t count, size_t bytes) {
  size_t all;
  if (__builtin_mul_overflow(count, bytes, &all)) all = (size_t)-1;
  admit(all);
  return found(__real_calloc(count, bytes), all);
}

void *__wrap_realloc(void *memory, size_t bytes) {
  admit(bytes);
  return found(__real_realloc(memory, bytes), bytes);
}

int __wrap_posix_memalign(void **memory, size_t alignment, size_t bytes) {
  admit(bytes);
  int code = __real_posix_memalign(memory, alignment, bytes);
  if (code == ENOMEM) cp_end_without_memory(bytes);
  return code;
}

void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  admit(bytes);
  return found(__real_aligned_alloc(alignment, bytes), bytes);
}

// C++'s `new` and `new[]`, in the Swift runtime.
void *__wrap__Znwm(size_t bytes) { return __wrap_malloc(bytes > 0 ? bytes : 1); }
void *__wrap__Znam(size_t bytes) { return __wrap_malloc(bytes > 0 ? bytes : 1); }
