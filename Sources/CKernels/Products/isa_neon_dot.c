// Kernels for Arm with its instruction for signed bytes; bfloat16 is widened to float32.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "bf16.h"
#include "kernels.h"

// Bytes without a sign get one: 128 is taken from each, and given back to the sums.
#define CK_LEFT_OFFSET 128
enum { MICRO_ROWS = 4, MICRO_TILES = 1 };

CK_INLINE bool is_widened(enum ck_operand_format format) { return format != CK_UINT8; }

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    for (int i = 0; i < 4; i++) {
      int32_t *const total = (int32_t *)sums + 4 * i;
      int8x16_t const left = vld1q_s8((const int8_t *)x + 16 * i);
      int8x16_t const right = vld1q_s8((const int8_t *)w + 16 * i);
      int8x16_t const lowered = veorq_s8(left, vdupq_n_s8(-CK_LEFT_OFFSET));
      vst1q_s32(total, vdotq_s32(vld1q_s32(total), lowered, right));
    }
  } else {
    *sums += *x * *w;
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_neon_dot_kernels = {
    .name = "neon-dot",
    .bf16_features = CK_NEON_DOT,
    .uint8_features = CK_NEON_DOT,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
