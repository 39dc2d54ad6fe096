// Kernels for AVX-512 alone: bfloat16 is widened to float32, bytes to 16 bits.
#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)
#include "bf16.h"
#include "kernels.h"

enum { MICRO_ROWS = 8, MICRO_TILES = 2 };

CK_INLINE bool is_widened(enum ck_operand_format format) {
  (void)format;
  return true;
}

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    __m512i const products = _mm512_madd_epi16((__m512i)*x, (__m512i)*w);
    *sums = (lanes)_mm512_add_epi32((__m512i)*sums, products);
  } else {
    *sums += *x * *w;
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_avx512_kernels = {
    .name = "avx512",
    .bf16_features = CK_AVX512,
    .uint8_features = CK_AVX512,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
