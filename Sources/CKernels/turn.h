// Private to CKernels: eight rows by eight columns, transposed in registers.
#ifndef TURN_H
#define TURN_H

#include "lanes.h"

enum { SIDE = 8 };

#define CK_MIX(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

// Rows of v become its columns. The first two rounds stay within halves of four lanes, which AVX
// does in one step; the last swaps the halves.
CK_INLINE void turn(eight_lanes *v) {
  eight_lanes pairs[SIDE], fours[SIDE];
  for (int i = 0; i < SIDE; i += 2) {
    pairs[i] = CK_MIX(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[i + 1] = CK_MIX(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < SIDE; i += 4) {
    for (int j = 0; j < 2; j++) {
      const eight_lanes upper = pairs[i + j], lower = pairs[i + j + 2];
      fours[i + 2 * j] = CK_MIX(upper, lower, 0, 1, 8, 9, 4, 5, 12, 13);
      fours[i + 2 * j + 1] = CK_MIX(upper, lower, 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < SIDE / 2; i++) {
    v[i] = CK_MIX(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    v[i + 4] = CK_MIX(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

#endif
