// Private to CKernels: the keys and values of one head as packed weights, the right operands of Q
// Kᵀ and P V.
#ifndef ATTENTION_PACK_H
#define ATTENTION_PACK_H

#include "layout.h"

typedef uint16_t row_lanes __attribute__((ext_vector_type(32), aligned(2)));

// Columns column ..< column + 32 of a row of bfloat16 that has `size`: zeros beyond, and where
// there is no row.
CK_INLINE const uint16_t *row_part(uint16_t *room, const uint16_t *row, bool there, size_t column,
                                   size_t size) {
  static const uint16_t zeros[BLOCK] = {0};
  if (!there) return zeros;
  if (column + BLOCK <= size) return row + column;
  for (size_t i = 0; i < BLOCK; i++) room[i] = column + i < size ? row[column + i] : 0;
  return room;
}

// Of four rows, four apart, the 16 bytes 16 · part ..< 16 · part + 16.
CK_INLINE void four_rows(lanes *y, const uint16_t *const *rows, size_t part) {
  const four_lanes a = ((const four_lanes *)rows[0])[part];
  const four_lanes b = ((const four_lanes *)rows[4])[part];
  const four_lanes c = ((const four_lanes *)rows[8])[part];
  const four_lanes d = ((const four_lanes *)rows[12])[part];
  const eight_lanes low = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
  const eight_lanes high = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
  *y = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// A tile whose row r holds the pair 2 r, 2 r + 1 of each of sixteen rows.
CK_INLINE void turn_pairs(uint16_t *tile, const uint16_t *const rows[TILE]) {
#define CK_LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define CK_HIGH(a, b) \
  __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define CK_LOWER(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define CK_UPPER(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
  // Blocks of four by four pairs, four of them at once.
  for (size_t part = 0; part < 4; part++) {
    lanes a, b, c, d;
    four_rows(&a, rows, part);
    four_rows(&b, rows + 1, part);
    four_rows(&c, rows + 2, part);
    four_rows(&d, rows + 3, part);
    lanes const ab = CK_LOW(a, b), cd = CK_LOW(c, d);
    lanes const ab_high = CK_HIGH(a, b), cd_high = CK_HIGH(c, d);
    float *const to = (float *)tile + part * 4 * LANES;
    store(to, CK_LOWER(ab, cd));
    store(to + LANES, CK_UPPER(ab, cd));
    store(to + 2 * LANES, CK_LOWER(ab_high, cd_high));
    store(to + 3 * LANES, CK_UPPER(ab_high, cd_high));
  }
#undef CK_LOW
#undef CK_HIGH
#undef CK_LOWER
#undef CK_UPPER
}

// Kᵀ as a packed weight: keys are the outputs. A panel has `panel_steps` steps.
CK_INLINE void pack_keys(uint16_t *packed, size_t panel_steps, const uint16_t *k, size_t stride,
                         size_t keys, size_t size) {
  size_t const steps = blocks(size, BLOCK);
  // A second half with no keys is not read.
  for (size_t key = 0; key < keys; key += TILE) {
    uint16_t *const tile = packed + key / BLOCK * panel_steps * STEP_NUMBERS +
                           key % BLOCK / TILE * (STEP_NUMBERS / 2);
    for (size_t step = 0; step < steps; step++) {
      uint16_t room[TILE][BLOCK];
      const uint16_t *rows[TILE];
      for (size_t i = 0; i < TILE; i++) {
        bool const there = key + i < keys;
        rows[i] = row_part(room[i], there ? k + (key + i) * stride : k, there, step * BLOCK, size);
      }
      turn_pairs(tile + step * STEP_NUMBERS, rows);
    }
  }
}

// V as a packed weight: keys are the inputs.
CK_INLINE void pack_values(uint16_t *packed, const uint16_t *v, size_t stride, size_t keys,
                           size_t size) {
  size_t const steps = blocks(keys, BLOCK);
  for (size_t column = 0; column < size; column += BLOCK) {
    uint16_t *tile = packed + column / BLOCK * steps * STEP_NUMBERS;
    for (size_t key = 0; key < steps * BLOCK; key += 2) {
      uint16_t room[2][BLOCK];
      bool const first = key < keys, second = key + 1 < keys;
      row_lanes const a = *(const row_lanes *)row_part(room[0], first ? v + key * stride : v, first,
                                                       column, size);
      row_lanes const b = *(const row_lanes *)row_part(
          room[1], second ? v + (key + 1) * stride : v, second, column, size);
      uint16_t *const to = tile + key / BLOCK * STEP_NUMBERS + key % BLOCK / 2 * BLOCK;
      *(row_lanes *)to = __builtin_shufflevector(
          a, b, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 8, 40, 9, 41, 10, 42, 11,
          43, 12, 44, 13, 45, 14, 46, 15, 47);
      *(row_lanes *)(to + STEP_NUMBERS / 2) = __builtin_shufflevector(
          a, b, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55, 24, 56, 25, 57, 26,
          58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63);
    }
  }
}

#endif
