// Private to CKernels: pairs of bfloat16 by AVX512_BF16, quadruples of bytes by AVX512_VNNI; a tile of
// sums in sixteen registers.
#ifndef MULTIPLY_AVX512_H
#define MULTIPLY_AVX512_H

#include "lanes.h"
#include "tiles.h"

enum { CK_TOGETHER = 16 };

CK_INLINE void multiply_lanes(lanes *sums, enum ck_operand_format format, uint32_t x, const lanes *w) {
  __m512i const left = _mm512_set1_epi32((int)x), right = (__m512i)*w;
  if (format == CK_UINT8) {
    *sums = (lanes)_mm512_dpbusd_epi32((__m512i)*sums, left, right);
  } else {
    *sums = (lanes)_mm512_dpbf16_ps((__m512)*sums, (__m512bh)left, (__m512bh)right);
  }
}

#endif
