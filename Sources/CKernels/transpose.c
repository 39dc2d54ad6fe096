// Eight rows by eight columns at a time.
#include "turn.h"

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
