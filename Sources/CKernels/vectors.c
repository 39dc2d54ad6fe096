// Vectors, and matrices looked at as one.
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

CK_DISPATCH float ck_dot(const float *a, const float *b, size_t count) {
  // Four sums at a time, since each addition waits for the one before it.
  enum { SUMS = 4 };
  lanes sums[SUMS] = {0};
  size_t i = 0;
  for (; i + SUMS * LANES <= count; i += SUMS * LANES) {
    for (size_t s = 0; s < SUMS; s++) {
      sums[s] += *from(a + i + s * LANES) * *from(b + i + s * LANES);
    }
  }
  for (; i + LANES <= count; i += LANES) sums[0] += *from(a + i) * *from(b + i);
  if (i < count) {
    lanes left, right;
    load_part(&left, a + i, count - i, 0);
    load_part(&right, b + i, count - i, 0);
    sums[1] += left * right;
  }
  sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return sum(sums);
}

CK_DISPATCH void ck_multiply(float *out, const float *a, const float *b, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] * b[i];
}

CK_DISPATCH void ck_rotate(float *x, const float *turns, size_t heads, size_t size,
                           size_t turned) {
  size_t const half = turned / 2;
  const float *const cosines = turns, *const sines = turns + half;
  for (size_t h = 0; h < heads; h++, x += size) {
    float *const low = x, *const high = x + half;
#pragma clang loop vectorize(assume_safety)
    for (size_t i = 0; i < half; i++) {
      float const a = low[i], b = high[i];
      low[i] = a * cosines[i] - b * sines[i];
      high[i] = b * cosines[i] + a * sines[i];
    }
  }
}
