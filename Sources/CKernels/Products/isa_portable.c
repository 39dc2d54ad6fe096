// Kernels for every processor: bfloat16 is widened to float32, bytes to 16 bits.
#include "kernels.h"

#define CK_KERNEL CK_DISPATCH

#include "bf16.h"

enum { MICRO_ROWS = 4, MICRO_TILES = 1 };

CK_INLINE bool is_widened(enum ck_operand_format format) {
  (void)format;
  return true;
}

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    integer_lanes const left = *(const integer_lanes *)x, right = *(const integer_lanes *)w;
    integer_lanes *const total = (integer_lanes *)sums;
    *total += (left & 0xffff) * (right << 16 >> 16) + (left >> 16) * (right >> 16);
  } else {
    *sums += *x * *w;
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_portable_kernels = {
    .name = "portable",
    CK_ENTRY_POINTS,
};
