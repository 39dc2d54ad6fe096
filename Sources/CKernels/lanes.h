// Private to CKernels: sixteen floats at once, whatever the registers: one of AVX-512, two of AVX2,
// four of SSE or NEON. Sums therefore have the same order in every body.
//
// Functions take lanes by address: by value their calling convention would differ between bodies.
#ifndef LANES_H
#define LANES_H

#include "kernels.h"

enum { LANES = 16 };

typedef float lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t whole_lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef float eight_lanes __attribute__((ext_vector_type(8), aligned(4)));
typedef float four_lanes __attribute__((ext_vector_type(4), aligned(4)));
typedef float two_lanes __attribute__((ext_vector_type(2), aligned(4)));

// The lanes at an address of any alignment.
CK_INLINE lanes *at(float *x) { return (lanes *)x; }
CK_INLINE const lanes *from(const float *x) { return (const lanes *)x; }

// The first `count` < 16 floats at x, then `fill`. Reads no others.
CK_INLINE void load_part(lanes *y, const float *x, size_t count, float fill) {
  float each[LANES];
  int const present = (int)count;
  // One masked load, not sixteen branches.
#pragma clang loop unroll(disable) vectorize_width(16) interleave_count(1)
  for (int i = 0; i < LANES; i++) each[i] = i < present ? x[i] : fill;
  *y = *at(each);
}

// Writes the first `count` < 16 lanes to x, and nothing else: by plain stores, because a masked one
// holds up loads from the addresses that it leaves alone, which is where the next row begins.
CK_INLINE void store_part(float *x, size_t count, const lanes *y) {
  eight_lanes eight = y->lo;
  if (count & 8) {
    *(eight_lanes *)x = eight;
    x += 8;
    eight = y->hi;
  }
  four_lanes four = eight.lo;
  if (count & 4) {
    *(four_lanes *)x = four;
    x += 4;
    four = eight.hi;
  }
  two_lanes two = four.lo;
  if (count & 2) {
    *(two_lanes *)x = two;
    x += 2;
    two = four.hi;
  }
  if (count & 1) *x = two.x;
}

// Zeroes all lanes but the first `count`.
CK_INLINE void keep_part(lanes *x, size_t count) {
  const whole_lanes index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  *x = index < (int)count ? *x : 0;
}

// x where it is larger than y, otherwise y: a NaN in x gives y.
CK_INLINE void raise_to(lanes *y, const lanes *x) { *y = *x > *y ? *x : *y; }

CK_INLINE float sum(const lanes *x) {
  eight_lanes eight = x->lo + x->hi;
  four_lanes four = eight.lo + eight.hi;
  two_lanes two = four.lo + four.hi;
  return two.x + two.y;
}

CK_INLINE float largest(const lanes *x) {
  eight_lanes eight = x->lo > x->hi ? x->lo : x->hi;
  four_lanes four = eight.lo > eight.hi ? eight.lo : eight.hi;
  two_lanes two = four.lo > four.hi ? four.lo : four.hi;
  return two.x > two.y ? two.x : two.y;
}

CK_INLINE void magnitude(lanes *y, const lanes *x) {
  whole_lanes bits = *(const whole_lanes *)x & INT32_MAX;
  *y = *(lanes *)&bits;
}

#endif
