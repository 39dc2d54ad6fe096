// Sixteen-bit floats of checkpoints, widened exactly.
#include "kernels.h"

CK_INLINE float from_bits(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

// Half precision: sign, 5 exponent bits of bias 15, 10 of fraction.
CK_INLINE float widen(uint16_t half) {
  uint32_t const sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t const bits = (uint32_t)(half & 0x7fff) << 13;
  // The exponent's bias grows by 112; all ones (∞ and NaN) become all ones: twice as much.
  uint32_t const normal = bits + (112u << 23) + (bits >= 0x1fu << 23 ? 112u << 23 : 0);
  // A subnormal has no leading one: 2⁻¹⁴ gives it one and takes it back.
  float const subnormal = from_bits(bits + (113u << 23)) - 0x1p-14f;
  uint32_t small;
  __builtin_memcpy(&small, &subnormal, sizeof small);
  return from_bits((bits < 1u << 23 ? small : normal) | sign);
}

CK_DISPATCH void ck_widen_f16(float *out, const uint16_t *x, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = widen(x[i]);
}

CK_DISPATCH void ck_widen_bf16(float *out, const uint16_t *x, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = from_bits((uint32_t)x[i] << 16);
}
