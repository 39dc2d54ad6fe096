// Vectors, and matrices looked at as one: sums over elements, and each element by itself.
#include "lanes.h"

CK_DISPATCH bool ck_all_finite(const float *x, size_t count) {
  // Without their sign, floats are ordered as the integers of their bits; infinity precedes NaN.
  int32_t most = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t bits;
    __builtin_memcpy(&bits, x + i, sizeof bits);
    bits &= INT32_MAX;
    most = bits > most ? bits : most;
  }
  return most < 0x7f800000;
}

CK_DISPATCH void ck_raise(float *y, const float *x, size_t count) {
  // A NaN in y is larger than nothing, and stays.
  for (size_t i = 0; i < count; i++) y[i] = x[i] > y[i] || x[i] != x[i] ? x[i] : y[i];
}

// TERM(a, b) summed over all elements: four sums at a time, since each addition waits for the one
// before it.
#define SUM_OF(TERM) \
  enum { SUMS = 4 }; \
  lanes sums[SUMS] = {0}; \
  size_t i = 0; \
  for (; i + SUMS * LANES <= count; i += SUMS * LANES) { \
    for (size_t s = 0; s < SUMS; s++) { \
      sums[s] += TERM(load(a + i + s * LANES), load(b + i + s * LANES)); \
    } \
  } \
  for (; i + LANES <= count; i += LANES) sums[0] += TERM(load(a + i), load(b + i)); \
  if (i < count) { \
    lanes left, right; \
    load_part(&left, a + i, count - i, 0); \
    load_part(&right, b + i, count - i, 0); \
    sums[1] += TERM(left, right); \
  } \
  sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]); \
  return sum(sums);

CK_DISPATCH float ck_dot(const float *a, const float *b, size_t count) {
#define PRODUCT(x, y) (x) * (y)
  SUM_OF(PRODUCT)
}

CK_DISPATCH float ck_dot_quotient(const float *a, const float *b, float divisor, size_t count) {
#define PRODUCT_WITH_QUOTIENT(x, y) (x) * ((y) / divisor)
  SUM_OF(PRODUCT_WITH_QUOTIENT)
}

CK_DISPATCH float ck_squared_distance(const float *a, const float *b, size_t count) {
#define SQUARED_DIFFERENCE(x, y) ((x) - (y)) * ((x) - (y))
  SUM_OF(SQUARED_DIFFERENCE)
}

CK_DISPATCH float ck_absolute_distance(const float *a, const float *b, size_t count) {
#define ABSOLUTE_DIFFERENCE(x, y) __builtin_elementwise_abs((x) - (y))
  SUM_OF(ABSOLUTE_DIFFERENCE)
}

CK_DISPATCH size_t ck_at_least(uint32_t *indices, const float *x, const float *scale,
                               const float *offset, float threshold, size_t count) {
  size_t found = 0;
  for (size_t start = 0; start < count; start += 4 * LANES) {
    size_t const end = count - start < 4 * LANES ? count : start + 4 * LANES;
    // Most groups have none: one test, without branches, skips them.
    int32_t any = 0;
    for (size_t i = start; i < end; i++) any |= x[i] * scale[i] + offset[i] >= threshold;
    if (!any) continue;
    for (size_t i = start; i < end; i++) {
      if (x[i] * scale[i] + offset[i] >= threshold) indices[found++] = (uint32_t)i;
    }
  }
  return found;
}

CK_DISPATCH void ck_multiply(float *out, const float *a, const float *b, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] * b[i];
}

// `direction` is 1 or -1: by the angles, or back.
CK_INLINE void rotate(float *x, const float *angles, size_t heads, size_t size, size_t rotated,
                      float direction) {
  size_t const half = rotated / 2;
  const float *const cosines = angles, *const sines = angles + half;
  for (size_t h = 0; h < heads; h++, x += size) {
    float *const low = x, *const high = x + half;
#pragma clang loop vectorize(assume_safety)
    for (size_t i = 0; i < half; i++) {
      float const a = low[i], b = high[i], sine = direction * sines[i];
      low[i] = a * cosines[i] - b * sine;
      high[i] = b * cosines[i] + a * sine;
    }
  }
}

CK_DISPATCH void ck_rotate(float *x, const float *angles, size_t heads, size_t size,
                           size_t rotated) {
  rotate(x, angles, heads, size, rotated, 1);
}

CK_DISPATCH void ck_rotate_back(float *x, const float *angles, size_t heads, size_t size,
                                size_t rotated) {
  rotate(x, angles, heads, size, rotated, -1);
}

CK_INLINE float float_of_bits(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

// Half precision: sign, 5 exponent bits of bias 15, 10 of fraction.
CK_INLINE float widen_half(uint16_t half) {
  uint32_t const sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t const bits = (uint32_t)(half & 0x7fff) << 13;
  // The exponent's bias grows by 112; all ones (∞ and NaN) become all ones: twice as much.
  uint32_t const normal = bits + (112u << 23) + (bits >= 0x1fu << 23 ? 112u << 23 : 0);
  // A subnormal has no leading one: 2⁻¹⁴ gives it one and takes it back.
  float const subnormal = float_of_bits(bits + (113u << 23)) - 0x1p-14f;
  uint32_t small;
  __builtin_memcpy(&small, &subnormal, sizeof small);
  return float_of_bits((bits < 1u << 23 ? small : normal) | sign);
}

CK_DISPATCH void ck_widen_f16(float *out, const uint16_t *x, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = widen_half(x[i]);
}

CK_DISPATCH void ck_widen_bf16(float *out, const uint16_t *x, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = float_of_bits((uint32_t)x[i] << 16);
}
