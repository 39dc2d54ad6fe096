// Matrices of float32 as the tiles and panels of bfloat16 that products read.
#include "narrow.h"
#include "tiles.h"

size_t ck_bf16_count(size_t rows, size_t columns, size_t parts) {
  return blocks(rows, BLOCK) * blocks(columns, BLOCK) * parts * STEP_NUMBERS;
}

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

CK_DISPATCH void ck_tiles_bf16(uint16_t *tiles, const float *x, size_t stride, size_t rows,
                               size_t columns, size_t parts) {
  size_t const steps = blocks(columns, BLOCK);
  for (size_t r = 0; r < rows; r++) {
    uint16_t *to = tiles + r / BLOCK * steps * parts * STEP_NUMBERS + r % BLOCK * BLOCK;
    for (size_t step = 0; step < steps; step++) {
      size_t const column = step * BLOCK;
      narrow_row(to, parts == 2 ? to + STEP_NUMBERS : NULL, x + r * stride + column,
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

CK_DISPATCH void ck_panels_bf16(uint16_t *panels, const float *w, size_t outputs, size_t inputs,
                                size_t parts) {
  size_t const steps = blocks(inputs, BLOCK);
  for (size_t o = 0; o < blocks(outputs, BLOCK) * BLOCK; o++) {
    for (size_t step = 0; step < steps; step++) {
      size_t const column = step * BLOCK;
      uint16_t row[2][BLOCK];
      narrow_row(row[0], row[1], w + (o < outputs ? o * inputs + column : 0),
                 o < outputs ? least(BLOCK, inputs - column) : 0);
      uint16_t *const step_start = panels + (o / BLOCK * steps + step) * parts * STEP_NUMBERS;
      for (size_t part = 0; part < parts; part++) {
        // Pairs of inputs, an output after the other, 16 outputs of one tile.
        uint16_t *to = step_start + part * STEP_NUMBERS + o % BLOCK / TILE * (STEP_NUMBERS / 2) +
                       o % TILE * 2;
        for (size_t i = 0; i < BLOCK; i += 2) {
          to[i * TILE] = row[part][i];
          to[i * TILE + 1] = row[part][i + 1];
        }
      }
    }
  }
}

CK_DISPATCH void ck_narrow_bf16(uint16_t *out, size_t out_stride, const float *x, size_t x_stride,
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
