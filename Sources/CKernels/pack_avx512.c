// Rounding to bfloat16 by AVX512_BF16.
#if defined(__x86_64__)

#include <immintrin.h>

#define CK_HARDWARE_BF16 1
#include "kernels.h"
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni"))), apply_to = function)
#include "pack_rows.h"

void ck_pack_rows_avx512(uint16_t *tiles, const float *x, size_t stride, size_t rows, size_t columns,
                     enum ck_operand_format format) {
  make_tiles(tiles, x, stride, rows, columns, format);
}

void ck_round_avx512(uint16_t *out, size_t out_stride, const float *x, size_t x_stride,
                      size_t rows, size_t columns) {
  narrow_rows(out, out_stride, x, x_stride, rows, columns);
}

#pragma clang attribute pop

#else

#include "pack_rows.h"

void ck_pack_rows_avx512(uint16_t *tiles, const float *x, size_t stride, size_t rows, size_t columns,
                     enum ck_operand_format format) {
  make_tiles(tiles, x, stride, rows, columns, format);
}

void ck_round_avx512(uint16_t *out, size_t out_stride, const float *x, size_t x_stride,
                      size_t rows, size_t columns) {
  narrow_rows(out, out_stride, x, x_stride, rows, columns);
}

#endif
