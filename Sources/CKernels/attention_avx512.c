// Attention where there is no matrix unit but AVX512_BF16.
#if defined(__x86_64__)

#include <immintrin.h>

#define CK_HARDWARE_BF16 1
#include "kernels.h"
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni"))), apply_to = function)
#include "multiply_avx512.h"
#include "multiply_rows.h"
#include "attention_road.h"

void ck_attention_avx512(const struct ck_attention *a, float *scratch) { attend(a, scratch); }

#pragma clang attribute pop

#else

#include "tiles.h"

void ck_attention_avx512(const struct ck_attention *a, float *scratch) {
  ck_attention_portable(a, scratch);
}

#endif
