#include "CLAPACKE.h"

#include <dlfcn.h>
#include <lapacke.h>
#include <stdio.h>

#include "CProcess.h"

// Written by cl_open alone, before anything reads it.
static struct {
  __typeof__(LAPACKE_dsyevd) *dsyevd;
  __typeof__(LAPACKE_dgesdd) *dgesdd;
} library;

static void open_library(void *handle) {
  *(void **)handle = dlopen("liblapacke.so.3", RTLD_NOW | RTLD_LOCAL);
}

int cl_open(char *message) {
  // Where that OpenBLAS cannot have its buffers, it asks again and again, for ever.
  if (!cp_can_map(2 * (size_t)cp_blas_buffer)) {
    snprintf(message, CL_MESSAGE, "not enough memory for LAPACK's buffers");
    return -1;
  }
  // The OpenBLAS below LAPACK starts workers that spin, too.
  void *handle = NULL;
  cp_with_one_blas_thread(open_library, &handle);
  if (!handle) {
    snprintf(message, CL_MESSAGE,
             "liblapacke.so.3 cannot be opened; install it (Debian: liblapacke)");
    return -1;
  }
  library.dsyevd = (__typeof__(library.dsyevd))dlsym(handle, "LAPACKE_dsyevd");
  library.dgesdd = (__typeof__(library.dgesdd))dlsym(handle, "LAPACKE_dgesdd");
  if (library.dsyevd && library.dgesdd) return 0;
  snprintf(message, CL_MESSAGE, "liblapacke.so.3 has no LAPACKE_dsyevd or LAPACKE_dgesdd");
  return -1;
}

int cl_symmetric_eigenvectors(double *a, double *values, int n) {
  // What Fortran takes for columns are rows here: eigenvectors come out a row each, and a symmetric
  // matrix is the same either way.
  return library.dsyevd(LAPACK_COL_MAJOR, 'V', 'U', n, a, n, values);
}

int cl_singular_vectors(double *a, double *values, double *scratch, int rows, int columns) {
  // Seen by columns the matrix is transposed, and its left vectors are our right ones: 'O' puts
  // them in the place of a. Of the two other places for vectors only the last is then used.
  return library.dgesdd(LAPACK_COL_MAJOR, 'O', columns, rows, a, columns, values, NULL, columns,
                        scratch, rows);
}
