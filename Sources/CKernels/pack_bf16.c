// Matrices of float32 as the tiles and panels of bfloat16 that products read.
#include "pack_rows.h"

CK_DISPATCH static void tiles_portable(uint16_t *tiles, const float *x, size_t stride, size_t rows,
                                       size_t columns, enum ck_operand_format format) {
  make_tiles(tiles, x, stride, rows, columns, format);
}

CK_DISPATCH static void narrow_portable(uint16_t *out, size_t out_stride, const float *x,
                                        size_t x_stride, size_t rows, size_t columns) {
  narrow_rows(out, out_stride, x, x_stride, rows, columns);
}

// Both roads round alike, so that no caller need choose.
void ck_pack_rows_bf16(uint16_t *tiles, const float *x, size_t stride, size_t rows, size_t columns,
                   enum ck_operand_format format) {
  if (has(ck_processor_features(), VECTOR_ROAD)) {
    ck_pack_rows_avx512(tiles, x, stride, rows, columns, format);
  } else {
    tiles_portable(tiles, x, stride, rows, columns, format);
  }
}

void ck_round_to_bf16(uint16_t *out, size_t out_stride, const float *x, size_t x_stride, size_t rows,
                    size_t columns) {
  if (has(ck_processor_features(), VECTOR_ROAD)) {
    ck_round_avx512(out, out_stride, x, x_stride, rows, columns);
  } else {
    narrow_portable(out, out_stride, x, x_stride, rows, columns);
  }
}

CK_DISPATCH void ck_pack_weight_bf16(uint16_t *panels, const float *w, size_t outputs, size_t inputs,
                                enum ck_operand_format format) {
  size_t const steps = blocks(inputs, BLOCK), parts = parts_of(format);
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
