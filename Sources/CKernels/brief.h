// Private to CKernels: functions whose results are rounded to bfloat16, at half the cost.
//
// The activations are within 6e-5 of the true value for every float x, and from 0.02 on within a
// thousandth.
//
// x · (½ + t q(t²)) with t = x held within ±c, weighted minimax fits (linear programming, the value
// at c given so that both ends go on as 0 and x), rounded to float.
#ifndef BRIEF_H
#define BRIEF_H

#include "exponential.h"
#if defined(CK_HARDWARE_BF16)
#include <immintrin.h>
#endif

CK_INLINE void through_polynomial(lanes *x, float limit, const float q[9]) {
  // A NaN is on neither side of the limit.
  lanes a = *x < -limit ? -limit : *x;
  lanes t = a > limit ? limit : a;
  lanes z = t * t;
  lanes p = z * q[8] + q[7];
  for (int i = 6; i >= 0; i--) p = p * z + q[i];
  *x = a * (t * p + 0.5f);
}

CK_INLINE void brief_gelu(lanes *x) {
  static const float q[9] = {
      0x1.9854f8p-2f,  -0x1.0ea634p-4f, 0x1.3bfbd8p-7f,  -0x1.149002p-10f, 0x1.618eacp-14f,
      -0x1.3d1736p-18f, 0x1.75dc88p-23f, -0x1.01fdf6p-28f, 0x1.39fe74p-35f,
  };
  through_polynomial(x, 4.4f, q);
}

CK_INLINE void brief_gelu_tanh(lanes *x) {
  static const float q[9] = {
      0x1.985bd2p-2f,  -0x1.103108p-4f, 0x1.448fdcp-7f,  -0x1.27debep-10f, 0x1.90719cp-14f,
      -0x1.800424p-18f, 0x1.e65a12p-23f, -0x1.690d9ep-28f, 0x1.d8c5d8p-35f,
  };
  through_polynomial(x, 4.25f, q);
}

// x ← 2ˣ for x ≤ 0, relative error 1e-4; -∞ and what lies below -126 give 0 or a number that
// bfloat16 cannot tell from it.
#if defined(CK_HARDWARE_BF16)

CK_INLINE void brief_power(lanes *x) {
  // x = n + f with 0 ≤ f < 1: one instruction gives f, another multiplies by 2ⁿ.
  __m512 const f = _mm512_reduce_ps((__m512)*x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  // Minimax for the relative error (linear programming), 7.5e-5.
  lanes p = (lanes)f * 0x1.3f9682p-4f + 0x1.cefc66p-3f;
  p = p * (lanes)f + 0x1.64444ap-1f;
  p = p * (lanes)f + 0x1.fff632p-1f;
  *x = (lanes)_mm512_scalef_ps((__m512)p, (__m512)*x);
}

#else

CK_INLINE void brief_power(lanes *x) {
  // x = n + f with |f| ≤ ½.
  lanes const rounded = *x + ROUNDING;
  lanes const f = *x - (rounded - ROUNDING);
  lanes p = f * 0x1.c2a212p-5f + 0x1.f00c4cp-3f;
  p = p * f + 0x1.62f5fap-1f;
  p = p * f + 1;
  lanes power;
  power_of_two(&power, &rounded);
  *x = *x < -126 ? 0 : p * power;
}

#endif

#endif
