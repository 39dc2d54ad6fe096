// Kernels for Arm with its instructions for bfloat16 and for bytes of which one has a sign.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("bf16,i8mm"))), apply_to = function)
#include "bf16.h"
#include "kernels.h"

enum { MICRO_ROWS = 4, MICRO_TILES = 1 };

CK_INLINE bool is_widened(enum ck_operand_format format) {
  (void)format;
  return false;
}

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  for (int i = 0; i < 4; i++) {
    if (format == CK_UINT8) {
      int32_t *const total = (int32_t *)sums + 4 * i;
      uint8x16_t const left = vld1q_u8((const uint8_t *)x + 16 * i);
      int8x16_t const right = vld1q_s8((const int8_t *)w + 16 * i);
      vst1q_s32(total, vusdotq_s32(vld1q_s32(total), left, right));
    } else {
      float *const total = (float *)sums + 4 * i;
      bfloat16x8_t const left = vld1q_bf16((const bfloat16_t *)x + 8 * i);
      bfloat16x8_t const right = vld1q_bf16((const bfloat16_t *)w + 8 * i);
      vst1q_f32(total, vbfdotq_f32(vld1q_f32(total), left, right));
    }
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_neon_bf16_kernels = {
    .name = "neon-bf16",
    .bf16_features = NEON_BF16_FEATURES,
    .uint8_features = NEON_BF16_FEATURES,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
