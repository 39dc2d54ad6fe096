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

// x ← 2ˣ for x ≤ 0, relative error 1e-4, 1 for 0; below -126, 0.
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
