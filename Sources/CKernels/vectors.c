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

// TERM(a, b) summed over all elements: four sums at a time, since each addition waits for the one
// before it.
#define SUM_OF(TERM)                                                                               \
  enum { SUMS = 4 };                                                                               \
  lanes sums[SUMS] = {0};                                                                          \
  size_t i = 0;                                                                                    \
  for (; i + SUMS * LANES <= count; i += SUMS * LANES) {                                           \
    for (size_t s = 0; s < SUMS; s++) {                                                            \
      sums[s] += TERM(*from(a + i + s * LANES), *from(b + i + s * LANES));                         \
    }                                                                                              \
  }                                                                                                \
  for (; i + LANES <= count; i += LANES) sums[0] += TERM(*from(a + i), *from(b + i));              \
  if (i < count) {                                                                                 \
    lanes left, right;                                                                             \
    load_part(&left, a + i, count - i, 0);                                                         \
    load_part(&right, b + i, count - i, 0);                                                        \
    sums[1] += TERM(left, right);                                                                  \
  }                                                                                                \
  sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);                                             \
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

CK_DISPATCH size_t ck_at_least(uint32_t *places, const float *x, const float *scale,
                               const float *offset, float least, size_t count) {
  size_t found = 0;
  for (size_t start = 0; start < count; start += 4 * LANES) {
    size_t const end = count - start < 4 * LANES ? count : start + 4 * LANES;
    // Most stretches have none: one look, without branches, passes them.
    int32_t any = 0;
    for (size_t i = start; i < end; i++) any |= x[i] * scale[i] + offset[i] >= least;
    if (!any) continue;
    for (size_t i = start; i < end; i++) {
      if (x[i] * scale[i] + offset[i] >= least) places[found++] = (uint32_t)i;
    }
  }
  return found;
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
