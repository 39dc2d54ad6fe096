// Private to CKernels: functions of one number, between two matrix products, of sixteen at once.
#ifndef ACTIVATIONS_H
#define ACTIVATIONS_H

#include "exponential.h"

// x · Φ(x) = max(x, 0) - |x| Φ(-|x|): no cancellation on either side.
CK_INLINE void gelu(lanes *x) {
  lanes a, tail;
  magnitude(&a, x);
  tail = a;
  normal_tail(&tail);
  tail *= a;
  // Beyond 6 this is less than 6e-9.
  tail = a > 6 ? 0 : tail;
  *x = (*x < 0 ? 0 : *x) - tail;
}

// y ← x / (1 + exp(-y)), for y of x's sign and y < -87 where x ≤ -88.
CK_INLINE void gate(lanes *y, const lanes *x) {
  // With e = exp(-|y|) ≤ 1 nothing overflows: 1 / (1 + e) for y ≥ 0, e / (1 + e) below.
  lanes e;
  magnitude(&e, y);
  e = -e;
  exponential(&e);
  // -∞ · 0 would be NaN, and e is 0 from here on.
  lanes bounded = *x < -88 ? -88 : *x;
  *y = (*y < 0 ? bounded * e : *x) / (1 + e);
}

CK_INLINE void silu(lanes *x) {
  lanes y = *x;
  gate(&y, x);
  *x = y;
}

CK_INLINE void quick_gelu(lanes *x) {
  lanes y = *x * 1.702f;
  gate(&y, x);
  *x = y;
}

// ½ (1 + tanh(u)) = σ(2u).
CK_INLINE void gelu_tanh(lanes *x) {
  float const scale = 0x1.988454p0f;  // 2 √(2/π)
  lanes y = *x * scale * (*x * *x * 0.044715f + 1);
  gate(&y, x);
  *x = y;
}

CK_INLINE void sigmoid(lanes *x) {
  lanes e;
  magnitude(&e, x);
  e = -e;
  exponential(&e);
  *x = (*x < 0 ? e : 1) / (1 + e);
}

CK_INLINE void relu(lanes *x) { *x = *x < 0 ? 0 : *x; }

#endif
