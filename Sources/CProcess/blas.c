#define _GNU_SOURCE
#include <alloca.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "CProcess.h"

extern char **environ;

// OpenBLAS' own constructor, which does its work once, and how its products take and give back
// their buffers. Weak: a program may use this library without OpenBLAS.
extern void gotoblas_init(void) __attribute__((weak));
extern void *blas_memory_alloc(int) __attribute__((weak));
extern void blas_memory_free(void *) __attribute__((weak));

// OpenBLAS reads how many threads it may have from the environment when it starts, and otherwise
// starts a worker that spins for ~100 ms of processor time. Threads are ours (threads.c), outside
// the products. So it is started here, first of all (101 is the first priority that a program may
// use), with an environment that asks for one thread. The real environment is not touched: the
// Swift runtime finds the program's arguments by where it lies.
__attribute__((constructor(101))) static void cp_start_blas_with_one_thread(void) {
  static char one_thread[] = "OPENBLAS_NUM_THREADS=1";
  if (gotoblas_init == NULL) return;
  char **real = environ;
  size_t count = 0;
  while (real != NULL && real[count] != NULL) count++;
  char **changed = alloca((count + 2) * sizeof(char *));
  changed[0] = one_thread;
  if (count > 0) memcpy(changed + 1, real, count * sizeof(char *));
  changed[count + 1] = NULL;
  environ = changed;
  gotoblas_init();
  environ = real;
}

// Buffers that OpenBLAS holds: each thread in a product has one, and keeps none.
static atomic_int buffers;

// Where OpenBLAS cannot have a buffer it asks again and again, for ever. So all that can be in use
// at once are taken here, and given back at once: they stay mapped, and products take those.
static void take_buffers(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  int wanted = cp_threads(), held = buffers;
  if (held < wanted) {
    if (blas_memory_alloc != NULL && blas_memory_free != NULL) {
      size_t missing = (size_t)(wanted - held) * cp_blas_buffer;
      if (!cp_can_map(missing)) cp_end_without_memory(missing);
      void **taken = alloca(wanted * sizeof *taken);
      for (int buffer = 0; buffer < wanted; buffer++) taken[buffer] = blas_memory_alloc(0);
      for (int buffer = 0; buffer < wanted; buffer++) blas_memory_free(taken[buffer]);
    }
    buffers = wanted;
  }
  pthread_mutex_unlock(&lock);
}

void cp_before_blas(void) {
  if (buffers < cp_threads()) take_buffers();
}
