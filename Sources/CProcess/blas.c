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
// the products. The real environment is not touched: the Swift runtime finds the program's
// arguments by where it lies.
void cp_with_one_blas_thread(void (*body)(void *), void *context) {
  static char one_thread[] = "OPENBLAS_NUM_THREADS=1";
  char **real = environ;
  size_t count = 0;
  while (real != NULL && real[count] != NULL) count++;
  char **changed = alloca((count + 2) * sizeof(char *));
  changed[0] = one_thread;
  if (count > 0) memcpy(changed + 1, real, count * sizeof(char *));
  changed[count + 1] = NULL;
  environ = changed;
  body(context);
  environ = real;
}

static void start_blas(void *unused) {
  (void)unused;
  gotoblas_init();
}

// First of all: 101 is the first priority that a program may use.
__attribute__((constructor(101))) static void cp_start_blas(void) {
  if (gotoblas_init != NULL) cp_with_one_blas_thread(start_blas, NULL);
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
