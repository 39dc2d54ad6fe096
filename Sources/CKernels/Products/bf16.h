// Private to CKernels: float32 to bfloat16, the nearest, ties to even, subnormals to zero: what
// AVX512_BF16 does, with it where CK_HARDWARE_BF16 says so.
#ifndef BF16_H
#define BF16_H

#include "layout.h"
#if defined(CK_HARDWARE_BF16)
#include <immintrin.h>
#endif

typedef uint32_t bit_lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef uint16_t bf16_lanes __attribute__((ext_vector_type(16), aligned(2)));

#if defined(CK_HARDWARE_BF16)

// to[0 …< 32] = low, high.
CK_INLINE void store_bf16(uint16_t *to, const lanes *low, const lanes *high) {
  __m512bh const both = _mm512_cvtne2ps_pbh((__m512)*high, (__m512)*low);
  _mm512_storeu_si512(to, (__m512i)both);
}

#else

CK_INLINE void store_bf16_lanes(uint16_t *to, const lanes *x) {
  bit_lanes const bits = *(const bit_lanes *)x, exponent = bits & 0x7f800000;
  bit_lanes rounded = bits + 0x7fff + (bits >> 16 & 1);
  rounded = exponent == 0 ? bits & 0x80000000 : rounded;
  rounded = *x == *x ? rounded : bits | 0x400000;
  *(bf16_lanes *)to = __builtin_convertvector(rounded >> 16, bf16_lanes);
}

CK_INLINE void store_bf16(uint16_t *to, const lanes *low, const lanes *high) {
  store_bf16_lanes(to, low);
  store_bf16_lanes(to + LANES, high);
}

#endif

CK_INLINE void load_bf16(lanes *y, const uint16_t *x) {
  bit_lanes const bits = __builtin_convertvector(*(const bf16_lanes *)x, bit_lanes) << 16;
  *y = *(lanes *)&bits;
}

// What rounding lost, exactly: x − rounded. Of an infinity, zero.
CK_INLINE void rounding_error(lanes *error, const lanes *x, const uint16_t *rounded) {
  lanes wide;
  load_bf16(&wide, rounded);
  lanes const lost = *x - wide;
  *error = lost == lost ? lost : 0;
}

// 32 numbers as one row of a block of packed rows; of CK_BFLOAT16X2 what rounding lost goes to the
// block behind it.
CK_INLINE void store_packed_row(uint16_t *to, const lanes *low, const lanes *high,
                                enum ck_operand_format format) {
  store_bf16(to, low, high);
  if (format == CK_BFLOAT16X2) {
    lanes low_error, high_error;
    rounding_error(&low_error, low, to);
    rounding_error(&high_error, high, to + LANES);
    store_bf16(to + STEP_NUMBERS, &low_error, &high_error);
  }
}

// 32 numbers from x, of which `count` are there, and what rounding loses of them in `errors`.
CK_INLINE void round_row(uint16_t *to, uint16_t *errors, const float *x, size_t count) {
  float room[BLOCK];
  if (count < BLOCK) {
    for (size_t i = 0; i < BLOCK; i++) room[i] = i < count ? x[i] : 0;
    x = room;
  }
  lanes low = load(x), high = load(x + LANES);
  store_bf16(to, &low, &high);
  if (errors != NULL) {
    rounding_error(&low, &load(x), to);
    rounding_error(&high, &load(x + LANES), to + LANES);
    store_bf16(errors, &low, &high);
  }
}

CK_INLINE void pack_bf16(uint16_t *packed, const float *x, size_t stride, size_t rows,
                         size_t columns, enum ck_operand_format format) {
  size_t const steps = blocks(columns, BLOCK), parts = parts_of(format);
  for (size_t r = 0; r < rows; r++) {
    uint16_t *to = packed + r / BLOCK * steps * parts * STEP_NUMBERS + r % BLOCK * BLOCK;
    for (size_t step = 0; step < steps; step++) {
      size_t const column = step * BLOCK;
      round_row(to, parts == 2 ? to + STEP_NUMBERS : NULL, x + r * stride + column,
                min(BLOCK, columns - column));
      to += parts * STEP_NUMBERS;
    }
  }
  // The rest of the last block: its sums are computed and dropped.
  for (size_t r = rows; r < blocks(rows, BLOCK) * BLOCK; r++) {
    uint16_t *to = packed + r / BLOCK * steps * parts * STEP_NUMBERS + r % BLOCK * BLOCK;
    for (size_t block = 0; block < steps * parts; block++) {
      for (size_t i = 0; i < BLOCK; i++) to[block * STEP_NUMBERS + i] = 0;
    }
  }
}

CK_INLINE void round_to_bf16(uint16_t *out, uint16_t *errors, size_t out_stride, const float *x,
                             size_t x_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    size_t const whole = columns - columns % BLOCK, start = r * out_stride;
    for (size_t c = 0; c < whole; c += BLOCK) {
      round_row(out + start + c, errors == NULL ? NULL : errors + start + c, x + r * x_stride + c,
                BLOCK);
    }
    uint16_t last[BLOCK], lost[BLOCK];
    round_row(last, lost, x + r * x_stride + whole, columns - whole);
    for (size_t c = whole; c < columns; c++) {
      out[start + c] = last[c - whole];
      if (errors != NULL) errors[start + c] = lost[c - whole];
    }
  }
}

#endif
