// Kernels for AVX2: bfloat16 is widened to float32, bytes to 16 bits.
#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "bf16.h"
#include "kernels.h"

// Sums take twelve of sixteen registers.
enum { MICRO_ROWS = 6, MICRO_TILES = 1 };
#define CK_FEW_ROWS 4
#define CK_PARTS_TOGETHER(rows) ((rows) > CK_FEW_ROWS ? 1 : 2)
// 16 kB of a panel, beside the rows that meet it.
#define CK_CHUNK_STEPS 8

CK_INLINE bool is_widened(enum ck_operand_format format) {
  (void)format;
  return true;
}

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    for (int half = 0; half < 2; half++) {
      __m256i *const total = (__m256i *)sums + half;
      __m256i const left = _mm256_loadu_si256((const __m256i *)x + half);
      __m256i const right = _mm256_loadu_si256((const __m256i *)w + half);
      __m256i const products = _mm256_madd_epi16(left, right);
      _mm256_storeu_si256(total, _mm256_add_epi32(_mm256_loadu_si256(total), products));
    }
  } else {
    *sums += *x * *w;
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_avx2_kernels = {
    .name = "avx2",
    .bf16_features = CK_AVX2,
    .uint8_features = CK_AVX2,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
