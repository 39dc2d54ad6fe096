// Attention of one sequence in bfloat16: softmax(scale · Q Kᵀ + bias) V, head by head.
//
// Sums and exponentials are float32, the latter to 1e-4, as their rounding to bfloat16 allows. As
// for products: no allocation and no threads, and the same result in any batch.
#ifndef CKERNELS_ATTENTION_H
#define CKERNELS_ATTENTION_H

#include <stddef.h>
#include <stdint.h>

#include "Products.h"

struct ck_attention {
  size_t queries, keys;
  // A and D. Heads are side by side in a row of Q; `heads / key_heads` of them, one after another,
  // share a head of K and V.
  size_t heads, key_heads, size;
  // Rows of bfloat16, strides in elements: Q [queries, A · D], K and V [keys, key heads · D].
  const uint16_t *q, *k, *v;
  size_t q_stride, k_stride, v_stride;
  float scale;  // > 0
  // NULL, or [queries, keys], the same for every head.
  const float *bias;
  size_t bias_stride;
  // NULL (0 and `keys`), or [queries]: query i attends to the keys first[i] ..< last[i]. One that
  // attends to none gets zeros.
  const int32_t *first, *last;
  // Each of these that is given receives the result, [queries, A · D].
  float *out;
  size_t out_stride;
  // Packed rows (see Products.h) of a matrix of `packed_columns` columns; the result is the part of
  // it whose first element is at `packed_row`, `packed_column`.
  uint16_t *packed;
  enum ck_operand_format packed_format;  // CK_BFLOAT16 or CK_BFLOAT16X2
  size_t packed_columns, packed_row, packed_column;
};

// Floats of scratch memory, 64-byte aligned, for this many keys and heads of that size.
size_t ck_attention_scratch(size_t keys, size_t size);

void ck_attention_bf16(const struct ck_attention *, float *scratch, uint32_t features);

// out = x [rows, columns], rounded to bfloat16; strides from one row to the next.
void ck_round_to_bf16(uint16_t *out, size_t out_stride, const float *x, size_t x_stride,
                      size_t rows, size_t columns);

#endif
