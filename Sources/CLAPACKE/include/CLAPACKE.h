// LAPACKE's library, opened only when principal components are first needed: it loads a second
// BLAS, whose start-up would slow every other command.
#ifndef CLAPACKE_H
#define CLAPACKE_H

#include <stddef.h>

// Room for a message of `cl_open`.
#define CL_MESSAGE 160

// Opens the library. Call once, before the others. Returns 0, or -1 with a message.
int cl_open(char *message);

// The eigenvectors of the symmetric a [n, n], in place, a row each, and their n eigenvalues, both
// from the smallest on. Returns 0, or LAPACK's number for what went wrong.
int cl_symmetric_eigenvectors(double *a, double *values, int n);

// The right singular vectors of a [rows, columns], in place, a row for each of the `rows` singular
// values, from the largest on; rows <= columns. `scratch` has room for [rows, rows]. Returns 0, or
// LAPACK's number for what went wrong.
int cl_singular_vectors(double *a, double *values, double *scratch, int rows, int columns);

#endif
