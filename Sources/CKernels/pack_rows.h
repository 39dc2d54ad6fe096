// Private to CKernels: rows of float32 rounded to bfloat16, as rows or as tiles. For two roads.
#ifndef PACK_ROWS_H
#define PACK_ROWS_H

#include "narrow.h"
#include "tiles.h"

// 32 numbers from x, of which `count` are there, and what rounding loses of them in `rest`.
CK_INLINE void narrow_row(uint16_t *to, uint16_t *rest, const float *x, size_t count) {
  float room[BLOCK];
  if (count < BLOCK) {
    for (size_t i = 0; i < BLOCK; i++) room[i] = i < count ? x[i] : 0;
    x = room;
  }
  lanes low = *from(x), high = *from(x + LANES);
  narrow(to, &low, &high);
  if (rest != NULL) {
    without_upper(&low, from(x), to);
    without_upper(&high, from(x + LANES), to + LANES);
    narrow(rest, &low, &high);
  }
}

CK_INLINE void make_tiles(uint16_t *tiles, const float *x, size_t stride, size_t rows,
                          size_t columns, enum ck_operand_format format) {
  size_t const steps = blocks(columns, BLOCK), parts = parts_of(format);
  for (size_t r = 0; r < rows; r++) {
    uint16_t *to = tiles + r / BLOCK * steps * parts * STEP_NUMBERS + r % BLOCK * BLOCK;
    for (size_t step = 0; step < steps; step++) {
      size_t const column = step * BLOCK;
      narrow_row(to, format == CK_BFLOAT16X2 ? to + STEP_NUMBERS : NULL, x + r * stride + column,
                 least(BLOCK, columns - column));
      to += parts * STEP_NUMBERS;
    }
  }
  // Rows that are missing: their sums are made and thrown away.
  for (size_t r = rows; r < blocks(rows, BLOCK) * BLOCK; r++) {
    uint16_t *to = tiles + r / BLOCK * steps * parts * STEP_NUMBERS + r % BLOCK * BLOCK;
    for (size_t block = 0; block < steps * parts; block++) {
      for (size_t i = 0; i < BLOCK; i++) to[block * STEP_NUMBERS + i] = 0;
    }
  }
}

CK_INLINE void narrow_rows(uint16_t *out, size_t out_stride, const float *x, size_t x_stride,
                           size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    size_t const whole = columns - columns % BLOCK;
    for (size_t c = 0; c < whole; c += BLOCK) {
      narrow_row(out + r * out_stride + c, NULL, x + r * x_stride + c, BLOCK);
    }
    uint16_t last[BLOCK];
    narrow_row(last, NULL, x + r * x_stride + whole, columns - whole);
    for (size_t c = whole; c < columns; c++) out[r * out_stride + c] = last[c - whole];
  }
}

#endif
