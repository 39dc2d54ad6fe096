#include <alloca.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

// OpenBLAS' own constructor, which does its work once. Weak: a program may use this library
// without OpenBLAS.
extern void gotoblas_init(void) __attribute__((weak));

// OpenBLAS reads how many threads it may have from the environment when it starts, and otherwise
// starts a worker that spins for ~100 ms of processor time. Threads are ours (Parallel.swift),
// outside the products. So it is started here, first of all (101 is the first priority that a
// program may use), with an environment that asks for one thread. The real environment is not
// touched: the Swift runtime finds the program's arguments by where it lies.
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
