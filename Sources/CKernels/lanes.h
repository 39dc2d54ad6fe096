// Private to CKernels: how a kernel becomes vector code for the processor it finds, and sixteen
// floats at once, whatever the registers: one of AVX-512, two of AVX2, four of SSE or NEON. Sums
// therefore have the same order in every body.
//
// Products and sums fuse only where one expression holds both, which the front end decides before
// any body is made: a row's tail and its middle, one body and the next, round alike.
#ifndef LANES_H
#define LANES_H

#include "CKernels.h"

#pragma STDC FP_CONTRACT ON

#if defined(CK_DISPATCH)
// One body, as the command line says: `swift test -Xcc -DCK_DISPATCH= -Xcc -march=x86-64-v3` tests
// one that this processor would not choose.
#elif defined(__x86_64__) && defined(__ELF__)
// Three bodies and a resolver per function; the processor's feature bits choose at start-up.
#define CK_DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_DISPATCH
#endif

// Inlined, so that it is compiled once per body; `min_vector_width` lets the AVX-512 body use all
// 512 bits, of which clang by itself would take 256.
#define CK_INLINE static inline __attribute__((always_inline, min_vector_width(512)))

enum { LANES = 16 };

typedef float lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t integer_lanes __attribute__((ext_vector_type(16), aligned(4)));
typedef float eight_lanes __attribute__((ext_vector_type(8), aligned(4)));
typedef float four_lanes __attribute__((ext_vector_type(4), aligned(4)));
typedef float two_lanes __attribute__((ext_vector_type(2), aligned(4)));

// The lanes at an address of any alignment. These are macros, and functions take lanes by address,
// because the calling convention for lanes as arguments and results differs between bodies.
#define load(x) (*(const lanes *)(x))
#define store(x, y) (*(lanes *)(x) = (y))

// The first `count` < 16 floats at x, then `fill`. Reads no others.
CK_INLINE void load_part(lanes *y, const float *x, size_t count, float fill) {
  float each[LANES];
  int const present = (int)count;
  // One masked load, not sixteen branches.
#pragma clang loop unroll(disable) vectorize_width(16) interleave_count(1)
  for (int i = 0; i < LANES; i++) each[i] = i < present ? x[i] : fill;
  *y = load(each);
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
  const integer_lanes index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  *x = index < (int)count ? *x : 0;
}

// y ← x where it is larger than y: a NaN in x leaves y.
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
  integer_lanes bits = *(const integer_lanes *)x & INT32_MAX;
  *y = *(lanes *)&bits;
}

#endif
