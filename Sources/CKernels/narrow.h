// Private to CKernels: float32 to bfloat16, the nearest, ties to even, subnormals to zero: what
// AVX512_BF16 does, with it where CK_HARDWARE_BF16 says so.
#ifndef NARROW_H
#define NARROW_H

#include "lanes.h"
#include "tiles.h"
#if defined(CK_HARDWARE_BF16)
#include <immintrin.h>
#endif

typedef uint32_t bit_lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef uint16_t half_lanes __attribute__((ext_vector_type(16), aligned(2)));

#if defined(CK_HARDWARE_BF16)

// to[0 …< 32] = low, high.
CK_INLINE void narrow(uint16_t *to, const lanes *low, const lanes *high) {
  __m512bh const both = _mm512_cvtne2ps_pbh((__m512)*high, (__m512)*low);
  _mm512_storeu_si512(to, (__m512i)both);
}

#else

CK_INLINE void narrow_half(uint16_t *to, const lanes *x) {
  bit_lanes const bits = *(const bit_lanes *)x, exponent = bits & 0x7f800000;
  bit_lanes rounded = bits + 0x7fff + (bits >> 16 & 1);
  rounded = exponent == 0 ? bits & 0x80000000 : rounded;
  rounded = *x == *x ? rounded : bits | 0x400000;
  *(half_lanes *)to = __builtin_convertvector(rounded >> 16, half_lanes);
}

CK_INLINE void narrow(uint16_t *to, const lanes *low, const lanes *high) {
  narrow_half(to, low);
  narrow_half(to + LANES, high);
}

#endif

CK_INLINE void widen_lanes(lanes *x, const uint16_t *from) {
  bit_lanes const bits = __builtin_convertvector(*(const half_lanes *)from, bit_lanes) << 16;
  *x = *(lanes *)&bits;
}

// What rounding lost, exactly: x − upper. For the lower part of an infinity, zero.
CK_INLINE void without_upper(lanes *rest, const lanes *x, const uint16_t *upper) {
  lanes wide;
  widen_lanes(&wide, upper);
  lanes const lost = *x - wide;
  *rest = lost == lost ? lost : 0;
}

// Rounded, 64 bytes of the tile row of a block of results, and in the next block what is left.
CK_INLINE void store_tile_row(uint16_t *tile, lanes *low, lanes *high, enum ck_operand_format format) {
  narrow(tile, low, high);
  if (format == CK_BFLOAT16X2) {
    lanes rest_low, rest_high;
    without_upper(&rest_low, low, tile);
    without_upper(&rest_high, high, tile + LANES);
    narrow(tile + STEP_NUMBERS, &rest_low, &rest_high);
  }
}

#endif
