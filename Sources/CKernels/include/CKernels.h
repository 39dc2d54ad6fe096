// The loops that must be vector code. Plain C, no allocation, no threads, no globals.
//
// Every matrix is row-major, at any alignment; no rows or no columns are allowed. A row's result
// depends on that row alone, never on how many rows a call has or where the row stands: the same
// text gives the same bits in any batch. The AVX-512 and AVX2 bodies give the same bits as well;
// that for older x86-64, without fused products, differs from them in the last ones.
//
// A NaN that goes in comes out.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "Attention.h"
#include "Products.h"
#include "Training.h"

// Activations, in place over x [rows, columns]. Each is within 2e-7 · max(1, |x|) of the true value
// for every float x, and takes -∞ and ∞ to its limits there.

// x · Φ(x), the exact (erf) GELU; above 6 x itself, below -6 zero.
void ck_gelu(float *x, size_t rows, size_t columns);
// 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))), "gelu_new" and "gelu_pytorch_tanh".
void ck_gelu_tanh(float *x, size_t rows, size_t columns);
// x · σ(1.702 x).
void ck_quick_gelu(float *x, size_t rows, size_t columns);
// x · σ(x).
void ck_silu(float *x, size_t rows, size_t columns);
// max(x, 0), exact.
void ck_relu(float *x, size_t rows, size_t columns);
void ck_tanh(float *x, size_t rows, size_t columns);
void ck_sigmoid(float *x, size_t rows, size_t columns);

// softmax(scale · x) over each row of x [rows, columns], in place. scale > 0, and each row has a
// finite largest element m.
// Relative error at most 5e-7 + 1.2e-7 · scale · (m - x): rounding the exponent makes the second
// part, as in any float32 softmax. exp itself is good to 2 ulp on [-87, 88]; below, 0.
void ck_softmax(float *x, size_t rows, size_t columns, float scale);

// out[r] = (y − mean(y)) / √(var(y) + epsilon) · weight + bias with y = x[r] + residual[r]
// (residual may be NULL: y = x[r]).  x, residual, out [rows, columns]; out may be x or residual.
// The mean is subtracted before squares are summed. Within 2e-6 · max(|weight|, |out|, |bias|)
// where the mean is no larger than the deviation; a larger mean adds its own rounding.
void ck_layer_norm(float *out, const float *x, const float *residual, const float *weight,
                   const float *bias, float epsilon, size_t rows, size_t columns);

// out[r] = x[r] / √(mean(x[r]²) + epsilon) · weight; out may be x. Within 1e-6 · |out|.
void ck_rms_norm(float *out, const float *x, const float *weight, float epsilon, size_t rows,
                 size_t columns);

// Rotates `heads` heads of `size` columns that lie side by side at x, in place: of each head's
// first `rotated` columns, the pair (i, i + rotated / 2) by the angle whose cosine is angles[i] and
// whose sine is angles[i + rotated / 2].
void ck_rotate(float *x, const float *angles, size_t heads, size_t size, size_t rotated);

// x[r] += vector, x [rows, columns].
void ck_add_to_rows(float *x, const float *vector, size_t rows, size_t columns);

// out[i] = a[i] · b[i]; out may be either.
void ck_multiply(float *out, const float *a, const float *b, size_t count);

// y[i] = max(y[i], x[i]).
void ck_raise(float *y, const float *x, size_t count);

// out [columns, rows] = xᵀ, x [rows, columns] with `stride` floats from one row to the next.
void ck_transpose(float *out, const float *x, size_t rows, size_t columns, size_t stride);

// out[i] = x[i], from IEEE half precision and from bfloat16 (its upper 16 bits). Exact, subnormals,
// infinities and NaN included.
void ck_widen_f16(float *out, const uint16_t *x, size_t count);
void ck_widen_bf16(float *out, const uint16_t *x, size_t count);

// Whether no element is infinite or NaN.
bool ck_all_finite(const float *x, size_t count);

// Σ a[i] b[i], summed in 64 parts: within 2⁻²⁴ · (count / 64 + 8) · Σ |a[i] b[i]|.
float ck_dot(const float *a, const float *b, size_t count);

// Σ a[i] (b[i] / divisor): the same bits as `ck_dot` with the quotients.
float ck_dot_quotient(const float *a, const float *b, float divisor, size_t count);

// Σ (a[i] - b[i])² and Σ |a[i] - b[i]|, summed as in `ck_dot`.
float ck_squared_distance(const float *a, const float *b, size_t count);
float ck_absolute_distance(const float *a, const float *b, size_t count);

// The indices, in rising order, at which x[i] · scale[i] + offset[i] is no less than `threshold`,
// at most `count` of them. Returns how many there are.
size_t ck_at_least(uint32_t *indices, const float *x, const float *scale, const float *offset,
                   float threshold, size_t count);

// Lays out `rows` rows of `columns` for ck_maxsim: sixteen side by side, column after column, zeros
// where there are no more. packed [rows rounded up to sixteen, columns].
void ck_maxsim_pack(float *packed, const float *query, size_t rows, size_t columns);

// Σ over the query's rows of the largest product with a row of the document [document_rows,
// columns]; 0 without rows. A product is summed in the order of columns; NaN where one is not
// finite.
float ck_maxsim(const float *packed, size_t rows, const float *document, size_t document_rows,
                size_t columns);

#endif
