// Private to CKernels: functions of sixteen numbers at once: the exponential, the normal
// distribution, the hyperbolic tangent and the activations made of them.
//
// The polynomials are weighted minimax fits (linear programming on Chebyshev points against mpmath
// at 40 digits), rounded to float. The errors of whole functions are measured: exponential and
// normal_tail over every float of their range, hyperbolic_tangent over every 97th.
#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H

#include "lanes.h"

// 1.5·2²³ + 127: adding it rounds a float below 2²² to the nearest integer n and leaves n + 127,
// the exponent bits of 2ⁿ, lowest in the sum.
#define ROUNDING 0x1.8000fep23f

// 2ⁿ of a sum with ROUNDING. It is multiplied, not added to exponent bits, so that NaN stays NaN.
CK_INLINE void power_of_two(lanes *power, const lanes *rounded) {
  integer_lanes bits = *(const integer_lanes *)rounded << 23;
  *power = *(lanes *)&bits;
}

// x ← eˣ to 1.2 ulp on [-87, 88] (0.91 with fused products); below, 0; above, unspecified.
CK_INLINE void exponential(lanes *x) {
  // x = n ln 2 + r with |r| ≤ ½ ln 2; ln 2 in two parts, the first of 16 bits (Cody and Waite), so
  // that n times it is exact without fused products too.
  lanes rounded = *x * 0x1.715476p0f + ROUNDING;
  lanes n = rounded - ROUNDING;
  lanes r = *x - n * 0x1.62e4p-1f;
  r = r - n * 0x1.7f7d1cp-20f;
  // eʳ ≈ 1 + r + r² q(r), relative error 3.1e-9.
  lanes p = r * 0x1.6a243ap-10f + 0x1.1239d6p-7f;
  p = p * r + 0x1.5558f2p-5f;
  p = p * r + 0x1.555492p-3f;
  p = p * r + 0x1.fffffcp-2f;
  p = p * r + 1;
  p = p * r + 1;
  lanes power;
  power_of_two(&power, &rounded);
  *x = *x < -87 ? 0 : p * power;
}

// a ← Φ(-a), the normal distribution's tail, to 1e-7 (relative 1.3e-5) for a in [0, 6]; above,
// unspecified.
CK_INLINE void normal_tail(lanes *a) {
  // h = log₂ Φ(-a) = -1 + a q(a) is smooth where Φ falls by nine decades. The fit keeps Φ to
  // 1.1e-8, relative to 5e-6. Even and odd powers do not wait for each other.
  lanes z = *a * *a;
  lanes even = z * -0x1.ce3212p-26f + -0x1.62410ap-17f;
  lanes odd = z * 0x1.b5bdc8p-21f + 0x1.37c0e6p-14f;
  even = even * z + -0x1.1e27a0p-12f;
  odd = odd * z + -0x1.c7af16p-17f;
  even = even * z + 0x1.c85e5cp-8f;
  odd = odd * z + -0x1.adb1b2p-5f;
  even = even * z + -0x1.d63cf8p-2f;
  odd = odd * z + -0x1.26aecap0f;
  even = even * z + -1;
  lanes h = odd * *a + even;
  // 2ʰ = 2ⁿ 2ᶠ with |f| ≤ ½; 2ᶠ ≈ 1 + f q(f), relative error 9.2e-8.
  lanes rounded = h + ROUNDING;
  lanes f = h - (rounded - ROUNDING);
  lanes p = f * 0x1.5bba0ep-10f + 0x1.3cea86p-7f;
  p = p * f + 0x1.c6b752p-5f;
  p = p * f + 0x1.ebf9bcp-3f;
  p = p * f + 0x1.62e42ap-1f;
  p = p * f + 1;
  lanes power;
  power_of_two(&power, &rounded);
  *a = p * power;
}

// x ← tanh(x) to 1e-7, and to 1.6 ulp of tanh(x).
CK_INLINE void hyperbolic_tangent(lanes *x) {
  lanes a, e;
  magnitude(&a, x);
  // Where tanh is nearly x: x + x³ q(x²) for |x| ≤ 0.625, relative error 4.4e-9.
  lanes z = *x * *x;
  lanes q = z * -0x1.75e1e8p-8f + 0x1.5226a2p-6f;
  q = q * z + -0x1.b83c5ap-5f;
  q = q * z + 0x1.110726p-3f;
  q = q * z + -0x1.555532p-2f;
  lanes small = *x * z * q + *x;
  // Elsewhere (1 - e) / (1 + e) with e = exp(-2|x|), and the sign of x.
  e = a * -2;
  exponential(&e);
  lanes large = (1 - e) / (1 + e);
  large = *x < 0 ? -large : large;
  *x = a < 0.625f ? small : large;
}

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
