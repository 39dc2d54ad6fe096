// Kernels for every processor: bfloat16 is widened to float32, and bytes are multiplied as 32-bit
// integers.
#include "kernels.h"

#define CK_KERNEL CK_DISPATCH

#include "bf16.h"

enum { MICRO_ROWS = 4 };

CK_INLINE float float_of_bits(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, uint32_t x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    integer_lanes const right = *(const integer_lanes *)w;
    integer_lanes total = *(integer_lanes *)sums;
    total += (right << 24 >> 24) * (int32_t)(x & 255);
    total += (right << 16 >> 24) * (int32_t)(x >> 8 & 255);
    total += (right << 8 >> 24) * (int32_t)(x >> 16 & 255);
    total += (right >> 24) * (int32_t)(x >> 24);
    *(integer_lanes *)sums = total;
  } else {
    bit_lanes const odd = *(const bit_lanes *)w & 0xffff0000, even = *(const bit_lanes *)w << 16;
    *sums = *(const lanes *)&even * float_of_bits(x << 16) + *sums;
    *sums = *(const lanes *)&odd * float_of_bits(x & 0xffff0000) + *sums;
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_portable_kernels = {CK_ENTRY_POINTS};
