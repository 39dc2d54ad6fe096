// Attention of one sequence in bfloat16: softmax(scale · Q Kᵀ + bias) V, head by head.
//
// Sums and exponentials are float32, the latter to 1e-4, as their rounding to bfloat16 allows. Where
// each number is the sum of two bfloat16, weights are so too, exponentials are float32's own, and the
// lowest of four partial products is left out. As for products: no allocation and no threads, and the
// same result in any batch.
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
  // 0, or so many elements behind each number is what rounding has lost of it.
  size_t errors;
  float scale;  // > 0
  // 0, or c: scaled scores s become c · tanh(s/c). There is no bias then.
  float cap;
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

// Floats of scratch memory, 64-byte aligned, for this many keys and heads of that size, in
// CK_BFLOAT16 or, with errors, CK_BFLOAT16X2.
size_t ck_attention_scratch(size_t keys, size_t size, enum ck_operand_format format);

void ck_attention_bf16(const struct ck_attention *, float *scratch, uint32_t features);

// out = x [rows, columns], rounded to bfloat16, and errors, unless NULL, what that has lost; strides
// from one row to the next, the same of both.
void ck_round_to_bf16(uint16_t *out, uint16_t *errors, size_t out_stride, const float *x,
                      size_t x_stride, size_t rows, size_t columns);

#endif
