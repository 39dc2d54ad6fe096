// Products where there is no matrix unit but AVX512_BF16 and AVX512_VNNI: pairs and quadruples of
// inputs, a tile of sums in sixteen registers.
#if defined(__x86_64__)

#include <immintrin.h>

#define CK_HARDWARE_BF16 1
#include "kernels.h"
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni"))), apply_to = function)
#include "multiply_avx512.h"
#include "tile_product.h"

void ck_product_avx512(const struct product *p, enum ck_operand_format format) {
  switch (format) {
    case CK_FLOAT32: break;
    case CK_BFLOAT16: multiply(p, CK_BFLOAT16); break;
    case CK_BFLOAT16X2: multiply(p, CK_BFLOAT16X2); break;
    case CK_UINT8: multiply(p, CK_UINT8); break;
  }
}

#pragma clang attribute pop

#else

#include "tiles.h"

void ck_product_avx512(const struct product *p, enum ck_operand_format format) { ck_product_portable(p, format); }

#endif
