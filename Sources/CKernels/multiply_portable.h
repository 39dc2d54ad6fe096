// Private to CKernels: pairs of bfloat16 as floats, quadruples of bytes as 32-bit integers.
#ifndef MULTIPLY_PORTABLE_H
#define MULTIPLY_PORTABLE_H

#include "narrow.h"
#include "tiles.h"

enum { CK_TOGETHER = 4 };

CK_INLINE float upper_float(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, uint32_t x, const lanes *w) {
  if (format == CK_UINT8) {
    whole_lanes const right = *(const whole_lanes *)w;
    whole_lanes total = *(whole_lanes *)sums;
    total += (right << 24 >> 24) * (int32_t)(x & 255);
    total += (right << 16 >> 24) * (int32_t)(x >> 8 & 255);
    total += (right << 8 >> 24) * (int32_t)(x >> 16 & 255);
    total += (right >> 24) * (int32_t)(x >> 24);
    *(whole_lanes *)sums = total;
  } else {
    bit_lanes const odd = *(const bit_lanes *)w & 0xffff0000, even = *(const bit_lanes *)w << 16;
    *sums = *(const lanes *)&even * upper_float(x << 16) + *sums;
    *sums = *(const lanes *)&odd * upper_float(x & 0xffff0000) + *sums;
  }
}

#endif
