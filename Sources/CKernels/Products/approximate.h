// Private to CKernels: functions whose results are rounded to bfloat16, at half the cost.
//
// The activations are within 6e-5 of the true value for every float x, and from 0.02 on within 1.5
// thousandths (rounding takes up to two). The power of two is for x ≤ 0: its relative error is
// 1e-4, and below -126 it is 0, or so little that bfloat16 has no number for it.
#ifndef APPROXIMATE_H
#define APPROXIMATE_H

#include "../vector_math.h"
#if defined(CK_HARDWARE_BF16)
#include <immintrin.h>
#endif

#if defined(CK_HARDWARE_BF16)

// max(x, 0) − t Q(t) with t = |x|, at most 4.4, and Q the distribution's tail: a parabola for each
// of sixteen parts of t, fitted to the least error of the result (linear programming). Beside the
// matrix unit the processor makes half as many multiplications a second as without it, and this
// takes half as many as one polynomial for all.
CK_INLINE void by_parts(lanes *x, const float tail[3][LANES]) {
  lanes a;
  magnitude(&a, x);
  lanes const t = a < 4.4f ? a : 4.4f;
  // The part is in the lowest bits of a sum that has no others.
  lanes const sum = t * 3.5f + 0x1.8p23f;
  __m512i const part = *(const __m512i *)&sum;
  lanes q = (lanes)_mm512_permutexvar_ps(part, *(const __m512 *)tail[2]);
  q = q * t + (lanes)_mm512_permutexvar_ps(part, *(const __m512 *)tail[1]);
  q = q * t + (lanes)_mm512_permutexvar_ps(part, *(const __m512 *)tail[0]);
  // A NaN stays one.
  lanes const positive = *x < 0 ? 0 : *x;
  *x = positive - t * q;
}

CK_INLINE void approximate_gelu(lanes *x) {
  static const float tail[3][LANES] __attribute__((aligned(64))) = {
      {0x1.000296p-1f, 0x1.009ef4p-1f, 0x1.04791ap-1f, 0x1.09c178p-1f,
       0x1.0952aap-1f, 0x1.f694ap-2f, 0x1.b9246p-2f, 0x1.620a4ep-2f,
       0x1.0233e2p-2f, 0x1.55abaap-3f, 0x1.9a51e6p-4f, 0x1.bf66f2p-5f,
       0x1.baf1a6p-6f, 0x1.8e5fdep-7f, 0x1.45e21p-8f, 0x1.fc757ap-10f},
      {-0x1.99ad1ap-2f, -0x1.a78512p-2f, -0x1.cb9964p-2f, -0x1.e9e7d8p-2f,
       -0x1.e91314p-2f, -0x1.be35b2p-2f, -0x1.708f46p-2f, -0x1.1308f6p-2f,
       -0x1.734f64p-3f, -0x1.c698eep-4f, -0x1.fa04a2p-5f, -0x1.00685cp-5f,
       -0x1.d95602p-7f, -0x1.8e278p-8f, -0x1.31970cp-9f, -0x1.c21c24p-11f},
      {0x1.0a5f8p-6f, 0x1.c384dcp-5f, 0x1.8c3e7ep-4f, 0x1.e36622p-4f,
       0x1.e386cp-4f, 0x1.a201b4p-4f, 0x1.3fcd4p-4f, 0x1.b6a98ep-5f,
       0x1.0fe2cep-5f, 0x1.325324p-6f, 0x1.3ae4f4p-7f, 0x1.27dddap-8f,
       0x1.fc51e6p-10f, 0x1.8f69eep-11f, 0x1.1f5f1p-12f, 0x1.8f5acp-14f},
  };
  by_parts(x, tail);
}

CK_INLINE void approximate_gelu_tanh(lanes *x) {
  static const float tail[3][LANES] __attribute__((aligned(64))) = {
      {0x1.00029ap-1f, 0x1.009f7ep-1f, 0x1.04781ap-1f, 0x1.09ab0ap-1f,
       0x1.0911d2p-1f, 0x1.f60412p-2f, 0x1.b9503ap-2f, 0x1.638948p-2f,
       0x1.049e82p-2f, 0x1.59e982p-3f, 0x1.9d6e3p-4f, 0x1.b99e2cp-5f,
       0x1.a18432p-6f, 0x1.59d9bp-7f, 0x1.f1410ap-9f, 0x1.4496dcp-10f},
      {-0x1.99ae88p-2f, -0x1.a79318p-2f, -0x1.cb9dp-2f, -0x1.e976c2p-2f,
       -0x1.e7f7bp-2f, -0x1.bcfef2p-2f, -0x1.704466p-2f, -0x1.142b0cp-2f,
       -0x1.7751aep-3f, -0x1.cdb27ap-4f, -0x1.002d0cp-4f, -0x1.fd7408p-6f,
       -0x1.c19c12p-7f, -0x1.5ca83p-8f, -0x1.d6a3d2p-10f, -0x1.2224ccp-11f},
      {0x1.0bab5p-6f, 0x1.c55e72p-5f, 0x1.8d0c88p-4f, 0x1.e2f5b4p-4f,
       0x1.e1bfd8p-4f, 0x1.a009aep-4f, 0x1.3efcacp-4f, 0x1.b81a46p-5f,
       0x1.12f9d2p-5f, 0x1.37cb5ep-6f, 0x1.40131ep-7f, 0x1.278616p-8f,
       0x1.e616a6p-10f, 0x1.6076c8p-11f, 0x1.be5326p-13f, 0x1.03bb9p-14f},
  };
  by_parts(x, tail);
}

CK_INLINE void approximate_power(lanes *x) {
  // x = n + f with 0 ≤ f < 1: one instruction gives f, another multiplies by 2ⁿ.
  __m512 const f = _mm512_reduce_ps((__m512)*x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  // Minimax for the relative error (linear programming), 7.5e-5.
  lanes p = (lanes)f * 0x1.3f9682p-4f + 0x1.cefc66p-3f;
  p = p * (lanes)f + 0x1.64444ap-1f;
  p = p * (lanes)f + 0x1.fff632p-1f;
  *x = (lanes)_mm512_scalef_ps((__m512)p, (__m512)*x);
}

#else

// x · (½ + t q(t²)) with t = x held within ±c, weighted minimax fits (linear programming, the value
// at c given so that both ends go on as 0 and x), rounded to float.
CK_INLINE void through_polynomial(lanes *x, float limit, const float q[9]) {
  // A NaN is on neither side of the limit.
  lanes a = *x < -limit ? -limit : *x;
  lanes t = a > limit ? limit : a;
  lanes z = t * t;
  lanes p = z * q[8] + q[7];
  for (int i = 6; i >= 0; i--) p = p * z + q[i];
  *x = a * (t * p + 0.5f);
}

CK_INLINE void approximate_gelu(lanes *x) {
  static const float q[9] = {
      0x1.9854f8p-2f,  -0x1.0ea634p-4f, 0x1.3bfbd8p-7f,  -0x1.149002p-10f, 0x1.618eacp-14f,
      -0x1.3d1736p-18f, 0x1.75dc88p-23f, -0x1.01fdf6p-28f, 0x1.39fe74p-35f,
  };
  through_polynomial(x, 4.4f, q);
}

CK_INLINE void approximate_gelu_tanh(lanes *x) {
  static const float q[9] = {
      0x1.985bd2p-2f,  -0x1.103108p-4f, 0x1.448fdcp-7f,  -0x1.27debep-10f, 0x1.90719cp-14f,
      -0x1.800424p-18f, 0x1.e65a12p-23f, -0x1.690d9ep-28f, 0x1.d8c5d8p-35f,
  };
  through_polynomial(x, 4.25f, q);
}

CK_INLINE void approximate_power(lanes *x) {
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
