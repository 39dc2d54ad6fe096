// Kernels for AVX-512 with its instruction for bytes: quadruples of inputs.
#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#include "bf16.h"
#include "kernels.h"

enum { MICRO_ROWS = 8, MICRO_TILES = 2 };

CK_INLINE bool is_widened(enum ck_operand_format format) { return format != CK_UINT8; }

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, const lanes *x,
                              const lanes *w) {
  if (format == CK_UINT8) {
    *sums = (lanes)_mm512_dpbusd_epi32((__m512i)*sums, (__m512i)*x, (__m512i)*w);
  } else {
    *sums += *x * *w;
  }
}

#include "tile_kernel.h"
#include "entry_points.h"

const struct kernels ck_avx512_vnni_kernels = {
    .name = "avx512-vnni",
    .bf16_features = AVX512_VNNI_FEATURES,
    .uint8_features = AVX512_VNNI_FEATURES,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
