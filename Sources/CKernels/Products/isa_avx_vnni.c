// Kernels for AVX2 with an instruction for bytes: quadruples of inputs.
#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#include "bf16.h"
#include "kernels.h"

enum { MICRO_ROWS = 4, MICRO_TILES = 1 };

CK_INLINE bool is_widened(enum ck_operand_format format) { return format != CK_UINT8; }

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    for (int half = 0; half < 2; half++) {
      __m256i *const total = (__m256i *)sums + half;
      __m256i const left = _mm256_loadu_si256((const __m256i *)x + half);
      __m256i const right = _mm256_loadu_si256((const __m256i *)w + half);
      _mm256_storeu_si256(total,
                          _mm256_dpbusd_avx_epi32(_mm256_loadu_si256(total), left, right));
    }
  } else {
    *sums += *x * *w;
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_avx_vnni_kernels = {
    .name = "avx-vnni",
    .bf16_features = AVX_VNNI_FEATURES,
    .uint8_features = AVX_VNNI_FEATURES,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
