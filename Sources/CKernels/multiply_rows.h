// Private to CKernels: a product of rows with a panel, in tiles but without a matrix unit.
#ifndef MULTIPLY_ROWS_H
#define MULTIPLY_ROWS_H

#include "multiply_tile.h"

// to = x · panel for 32 rows of x or `upper`, the first 16; 32 outputs or `left`, the first 16.
// The strides of `to` in floats, of x in bytes.
CK_INLINE void multiply_rows(float *to, size_t to_stride, const char *x, size_t x_stride,
                             const char *panel, size_t steps, bool upper, bool left) {
  for (size_t column = 0; column < (left ? TILE : BLOCK); column += TILE) {
    const char *const tile = panel + column / TILE * (STEP_BYTES / 2);
    for (size_t row = 0; row < (upper ? TILE : BLOCK); row += CK_TOGETHER) {
      lanes sums[CK_TOGETHER];
      for (size_t r = 0; r < CK_TOGETHER; r++) sums[r] = 0;
      for (size_t step = 0; step < steps; step++) {
        multiply_tile(sums, CK_BFLOAT16, x + row * x_stride + step * 64, x_stride,
                      tile + step * STEP_BYTES);
      }
      for (size_t r = 0; r < CK_TOGETHER; r++) {
        *at(to + (row + r) * to_stride + column) = sums[r];
      }
    }
  }
}

#endif
