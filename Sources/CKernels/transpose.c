// Eight rows by eight columns at a time, in registers.
#include "lanes.h"

enum { SIDE = 8 };

#define CK_MIX(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

// Rows of v become its columns. The first two rounds stay within halves of four lanes, which AVX
// does in one step; the last swaps the halves.
CK_INLINE void turn(eight_lanes *v) {
  eight_lanes pairs[SIDE], fours[SIDE];
  for (int i = 0; i < SIDE; i += 2) {
    pairs[i] = CK_MIX(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[i + 1] = CK_MIX(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < SIDE; i += 4) {
    for (int j = 0; j < 2; j++) {
      const eight_lanes upper = pairs[i + j], lower = pairs[i + j + 2];
      fours[i + 2 * j] = CK_MIX(upper, lower, 0, 1, 8, 9, 4, 5, 12, 13);
      fours[i + 2 * j + 1] = CK_MIX(upper, lower, 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < SIDE / 2; i++) {
    v[i] = CK_MIX(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    v[i + 4] = CK_MIX(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// `height` rows of x into as many columns of out, whose rows are `stride_out` floats apart.
CK_INLINE void transpose_band(float *out, size_t stride_out, const float *x, size_t stride,
                              size_t height, size_t columns) {
  size_t const high = height - height % SIDE, wide = columns - columns % SIDE;
  for (size_t c = 0; c < wide; c += SIDE) {
    for (size_t r = 0; r < high; r += SIDE) {
      eight_lanes v[SIDE];
      for (size_t i = 0; i < SIDE; i++) v[i] = *(const eight_lanes *)(x + (r + i) * stride + c);
      turn(v);
      for (size_t i = 0; i < SIDE; i++) *(eight_lanes *)(out + (c + i) * stride_out + r) = v[i];
    }
    for (size_t i = c; i < c + SIDE; i++) {
      for (size_t r = high; r < height; r++) out[i * stride_out + r] = x[r * stride + i];
    }
  }
  for (size_t c = wide; c < columns; c++) {
    for (size_t r = 0; r < height; r++) out[c * stride_out + r] = x[r * stride + c];
  }
}

CK_DISPATCH void ck_transpose(float *out, const float *x, size_t rows, size_t columns,
                              size_t stride) {
  // 64 rows at a time: their cache lines are still at hand for the next eight columns.
  enum { BAND = 64 };
  for (size_t r = 0; r < rows; r += BAND) {
    size_t const height = rows - r < BAND ? rows - r : BAND;
    transpose_band(out + r, rows, x + r * stride, stride, height, columns);
  }
}
