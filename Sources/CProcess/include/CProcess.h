// What a process must arrange in C: threads, memory that cannot be had, OpenBLAS' own wishes, files
// that shrink under their map, and names that change places.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

// Runs `body(context)` on the calling thread and, at the same time, on up to `others` further ones,
// and returns when all have. Fewer join where there are no more threads to be had. Each call of
// `body` must therefore look itself for what is left to do. May be called from inside `body`.
//
// POSIX threads that wait for work, and not Dispatch: that ends the process when it finds no
// descriptor to start with, and where no thread can be had it tries again for ever.
void cp_run(int others, void (*body)(void *), void *context);

// The threads that may call OpenBLAS at once: those of `cp_run` and its caller.
int cp_threads(void);

// The bytes that OpenBLAS maps for each thread in a product (`BUFFER_SIZE` in its common_*.h).
#if defined(__x86_64__)
enum { cp_blas_buffer = 32 << 22 };
#else
enum { cp_blas_buffer = 32 << 20 };
#endif

// Runs `body(context)` with an environment that asks OpenBLAS for one thread: for what starts one.
// Call while no other thread reads the environment.
void cp_with_one_blas_thread(void (*body)(void *), void *context);

// Makes sure of OpenBLAS' buffers; call before a product. Ends the process with a message where
// they cannot be had.
void cp_before_blas(void);

// Whether so much memory can be mapped now.
bool cp_can_map(size_t bytes);

// The bytes of memory that this process holds for itself: what it has written to, without the
// pages of files, or what cp_map has given out where that is more.
size_t cp_memory_held(void);

// Fresh memory of the system's, zeros; a multiple of pages. Ends the process with a message where it
// cannot be had, or is more than the process may hold.
void *cp_map(size_t bytes);
void cp_unmap(void *memory, size_t bytes);

// Memory at a multiple of 64 bytes, for `free`. Ends the process with a message where it cannot be
// had.
void *cp_allocate(size_t bytes);

// The most that the process may hold; no bound until it is set.
#define cp_no_bound ((size_t)PTRDIFF_MAX)
void cp_set_memory_bound(size_t bytes);
size_t cp_memory_bound(void);

// Whether `bytes` more would stay within the bound.
bool cp_memory_allows(size_t bytes);

// Gives two files or folders each other's names, in one step. Returns 0, or what went wrong as
// `errno` has it: EINVAL or ENOSYS where the file system or the kernel cannot.
int cp_exchange_names(const char *one, const char *other);

// Says on standard error, in one line, that there is no memory for `bytes` more, and ends the
// process with 1. Takes no memory itself.
_Noreturn void cp_end_without_memory(size_t bytes);

#endif
