// Kernels for AVX-512 with its instructions for bfloat16 and bytes: pairs and quadruples of inputs,
// a tile of sums in sixteen registers.
#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

#define CK_HARDWARE_BF16 1
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni"))), apply_to = function)
#include "kernels.h"

enum { MICRO_ROWS = 16 };

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, uint32_t x,
                              const lanes *w) {
  __m512i const left = _mm512_set1_epi32((int)x), right = (__m512i)*w;
  if (format == CK_UINT8) {
    *sums = (lanes)_mm512_dpbusd_epi32((__m512i)*sums, left, right);
  } else {
    *sums = (lanes)_mm512_dpbf16_ps((__m512)*sums, (__m512bh)left, (__m512bh)right);
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_avx512_kernels = {
    .bf16_features = AVX512_FEATURES, .uint8_features = AVX512_FEATURES, CK_ENTRY_POINTS};

#pragma clang attribute pop

#endif
