// Private to CKernels: a product of tiles without a matrix unit, `CK_TOGETHER` rows at a time.
// `multiply_lanes(sums, format, x, w)` comes before this: it adds to the sums of 16 outputs the
// products of the two or four inputs in the 32 bits x with those in the lanes of w.
#ifndef MULTIPLY_TILE_H
#define MULTIPLY_TILE_H

#include "tiles.h"

CK_INLINE uint32_t bits_at(const char *x) {
  uint32_t bits;
  __builtin_memcpy(&bits, x, sizeof bits);
  return bits;
}

// The sums of some rows of x, `stride` bytes apart, with w's tile: 16 lanes of inputs.
CK_INLINE void multiply_tile(lanes *sums, enum ck_operand_format format, const char *x, size_t stride,
                             const char *w) {
  for (size_t k = 0; k < TILE; k++) {
    lanes const right = *from((const float *)(w + k * 64));
    for (size_t r = 0; r < CK_TOGETHER; r++) {
      multiply_lanes(&sums[r], format, bits_at(x + r * stride + k * 4), &right);
    }
  }
}

#endif
