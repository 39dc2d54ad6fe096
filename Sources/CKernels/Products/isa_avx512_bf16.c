// Kernels for AVX-512 with its instructions for bfloat16 and bytes: pairs and quadruples of inputs.
#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

#define CK_HARDWARE_BF16 1
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni"))), apply_to = function)
#include "bf16.h"
#include "kernels.h"

enum { MICRO_ROWS = 8, MICRO_TILES = 2 };

CK_INLINE bool is_widened(enum ck_operand_format format) {
  (void)format;
  return false;
}

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    *sums = (lanes)_mm512_dpbusd_epi32((__m512i)*sums, (__m512i)*x, (__m512i)*w);
  } else {
    *sums = (lanes)_mm512_dpbf16_ps((__m512)*sums, (__m512bh)*x, (__m512bh)*w);
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_avx512_bf16_kernels = {
    .name = "avx512-bf16",
    .bf16_features = AVX512_BF16_FEATURES,
    .uint8_features = AVX512_BF16_FEATURES,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
