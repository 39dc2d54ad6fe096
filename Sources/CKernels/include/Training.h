// What training adds: the way back through activations, softmax and norms, one step of AdamW, sums,
// and dropout.
//
// As for the others: no allocation, no threads, and a NaN that goes in comes out. A row of dx
// depends on that row alone; sums over rows are added row by row, in their order, so that a run
// repeats to the bit. `dx` may be `dy` or another operand; matrices are [rows, columns], row-major.
#ifndef CKERNELS_TRAINING_H
#define CKERNELS_TRAINING_H

#include <stddef.h>
#include <stdint.h>

// dx[i] = dy[i] · f'(x[i]) of the activations in CKernels.h, for every x, infinities included:
// within 3e-7 · |dy| of the true value (measured, over every 1607th float: 2e-7).

// y = x · Φ(x), so dx = dy · (Φ(x) + x φ(x)), φ(x) = exp(−x²/2) / √(2π).
void ck_gelu_slope(float *dx, const float *x, const float *dy, size_t count);
// y = x · σ(u), u = 2 √(2/π) (x + 0.044715 x³), so dx = dy · (σ(u) + x σ(u) (1 − σ(u)) u').
void ck_gelu_tanh_slope(float *dx, const float *x, const float *dy, size_t count);
// y = x · σ(1.702 x), so dx = dy · (σ + 1.702 x σ (1 − σ)).
void ck_quick_gelu_slope(float *dx, const float *x, const float *dy, size_t count);
// y = x · σ(x), so dx = dy · (σ + x σ (1 − σ)).
void ck_silu_slope(float *dx, const float *x, const float *dy, size_t count);
// y = max(x, 0), so dx = dy where x > 0 or x is NaN, else 0: exact.
void ck_relu_slope(float *dx, const float *x, const float *dy, size_t count);

// The same from y = f(x): dx = dy · (1 − y²) and dx = dy · y (1 − y).
void ck_tanh_slope(float *dx, const float *y, const float *dy, size_t count);
void ck_sigmoid_slope(float *dx, const float *y, const float *dy, size_t count);

// y = softmax(scale · x) over each row, so dx[r] = scale · y[r] ⊙ (dy[r] − Σ y[r] dy[r]), within
// 5e-7 · scale · y · max |dy[r]| for rows of up to 1000.
void ck_softmax_slope(float *dx, const float *y, const float *dy, size_t rows, size_t columns,
                      float scale);

// Through y = x̂ · weight + bias, x̂ = (z − mean(z)) · ρ, ρ = 1 / √(var(z) + epsilon) with
// z = x + residual (residual may be NULL: z = x). With e = dy ⊙ weight, writes
//   dx = ρ (e − mean(e) − x̂ mean(e ⊙ x̂)), which is the derivative by x and by residual,
// and adds to dweight and dbias [columns], each of which may be NULL,
//   dweight += Σ_r dy ⊙ x̂,  dbias += Σ_r dy.
// dx may be NULL. It is within 2e-6 · ρ · max |e| where the mean of z is no larger than its
// deviation.
void ck_layer_norm_slope(float *dx, float *dweight, float *dbias, const float *x,
                         const float *residual, const float *weight, const float *dy, float epsilon,
                         size_t rows, size_t columns);

// Through y = x̂ · weight, x̂ = x ρ, ρ = 1 / √(mean(x²) + epsilon): with e = dy ⊙ weight, writes
// dx = ρ (e − x̂ mean(e ⊙ x̂)), within 1e-6 · ρ · max |e|, and adds Σ_r dy ⊙ x̂ to dweight. dx and
// dweight may be NULL; rows are `stride` floats apart in x, dy and dx.
void ck_rms_norm_slope(float *dx, float *dweight, const float *x, const float *weight,
                       const float *dy, float epsilon, size_t rows, size_t columns, size_t stride);

// out[c] += Σ_r x[r][c], added row by row.
void ck_sum_rows(float *out, const float *x, size_t rows, size_t columns);

// Σ x[i]², of 4096 numbers at a time in float, those sums in double: within 4e-6 of it.
double ck_sum_of_squares(const float *x, size_t count);

// x[i] ← factor · x[i].
void ck_scale(float *x, float factor, size_t count);

// y[i] += factor · x[i].
void ck_add_scaled(float *y, const float *x, float factor, size_t count);

// y[i] ← max(y[i], x[i]) as `ck_raise`, and at[i] ← row where x[i] is larger or a NaN.
void ck_raise_at(float *y, int32_t *at, const float *x, int32_t row, size_t count);

// What one step of AdamW (Loshchilov and Hutter, 2019) has in common for all numbers.
struct ck_adamw {
  float rate;   // η
  float decay;  // 1 − η · weight decay
  double beta1, beta2;  // so that 1 − β is right to a float's last place
  float epsilon;
  float correction1;  // 1 − β₁ᵗ
  float root2;        // √(1 − β₂ᵗ)
  float scale;        // of the gradient, where it is clipped
};

// One step of parameters p with moments m and v; g NULL: a gradient of 0. In torch's order:
//   p ← p · decay;  m ← m + (1 − β₁)(s − m);  v ← β₂ v + (1 − β₂) s²,  s = scale · g;
//   p ← p − rate / correction1 · m / (√v / root2 + ε).
void ck_adamw_step(float *p, float *m, float *v, const float *g, const struct ck_adamw *step,
                   size_t count);

// x[i] ← factor · x[i] where the i-th number drawn by (low, high) is at least `threshold`, else 0.
// That number is a hash of i, low and high, so that a mask can be drawn again.
void ck_drop_out(float *x, size_t count, uint32_t low, uint32_t high, uint32_t threshold,
                 float factor);

// ck_rotate by the opposite angles: the way back through it.
void ck_rotate_back(float *x, const float *angles, size_t heads, size_t size, size_t rotated);

#endif
