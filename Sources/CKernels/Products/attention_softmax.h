// Private to CKernels: softmax of rows of scores to weights in bfloat16, of one part or two.
#ifndef ATTENTION_SOFTMAX_H
#define ATTENTION_SOFTMAX_H

#include "approximate.h"
#include "bf16.h"

// Scores of one query: `count` of them, a multiple of 16, of which begin ..< end are attended to.
struct score_row {
  float *scores;
  size_t count, begin, end;
  const float *bias;  // or NULL; begin ..< end are read
  float scale;
  bool capped;
};

CK_INLINE const float *attended_bias(float room[LANES], const struct score_row *row, size_t i) {
  if (i >= row->begin && i + LANES <= row->end) return row->bias + i;
  for (size_t j = 0; j < LANES; j++) {
    room[j] = i + j >= row->begin && i + j < row->end ? row->bias[i + j] : 0;
  }
  return room;
}

// Adds the biases, or takes the tangent, and writes -∞ to scores that are not attended to.
CK_INLINE void bias_and_mask(const struct score_row *row) {
  const integer_lanes index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  if (row->bias != NULL) {
    for (size_t i = row->begin / LANES * LANES; i < row->end; i += LANES) {
      float room[LANES];
      lanes *const y = (lanes *)(row->scores + i);
      *y = *y * row->scale + load(attended_bias(room, row, i));
    }
  }
  for (size_t i = 0; i < row->count && row->capped; i += LANES) {
    lanes *const y = (lanes *)(row->scores + i);
    *y = *y * row->scale;
    hyperbolic_tangent(y);
  }
  for (size_t i = 0; i < row->begin; i += LANES) {
    lanes *const y = (lanes *)(row->scores + i);
    *y = index < (int)row->begin - (int)i ? -__builtin_inff() : *y;
  }
  for (size_t i = row->end / LANES * LANES; i < row->count; i += LANES) {
    lanes *const y = (lanes *)(row->scores + i);
    *y = index < (int)row->end - (int)i ? *y : -__builtin_inff();
  }
}

enum { SOFTMAX_ROWS = 4 };

#define CK_PAIR(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

// Reduces four vectors at once by `fold`, a sum or a maximum: lane i of each four lanes of x[0]
// becomes what all lanes of x[i] reduce to.
#define CK_FOLD_FOUR(x, fold) \
  do { \
    for (int i = 0; i < 4; i += 2) { \
      lanes const even = \
          CK_PAIR(x[i], x[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29); \
      lanes const odd = \
          CK_PAIR(x[i], x[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31); \
      fold(x[i], even, odd); \
    } \
    lanes const low = \
        CK_PAIR(x[0], x[2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); \
    lanes const high = \
        CK_PAIR(x[0], x[2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); \
    fold(x[0], low, high); \
    lanes const far = CK_PAIR(x[0], x[0], 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7); \
    fold(x[0], x[0], far); \
    lanes const near = CK_PAIR(x[0], x[0], 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11); \
    fold(x[0], x[0], near); \
  } while (0)

#define CK_LARGER(to, a, b) to = a > b ? a : b
#define CK_SUM(to, a, b) to = a + b

// Every lane of x[i] becomes what lane i of each four of x[0] holds.
CK_INLINE void spread(lanes x[SOFTMAX_ROWS]) {
  lanes const y = x[0];
  x[0] = CK_PAIR(y, y, 0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12);
  x[1] = CK_PAIR(y, y, 1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13);
  x[2] = CK_PAIR(y, y, 2, 2, 2, 2, 6, 6, 6, 6, 10, 10, 10, 10, 14, 14, 14, 14);
  x[3] = CK_PAIR(y, y, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
}

// x ← exp(scale · x + peak), where what is nothing stays it: in powers of two to 1e-4, or exactly.
CK_INLINE void weigh(lanes *x, const lanes *peak, float scale, bool exactly) {
  *x = *x * scale + *peak;
  if (exactly) {
    exponential(x);
  } else {
    approximate_power(x);
  }
}

// For each of four rows, `stride` apart: scores to weights exp(scale · (score − largest)) in
// bfloat16, which overwrite the scores, with zeros up to a multiple of 32; what that loses goes to
// `errors`, unless NULL. Factors become the inverses of their sums, 0 for a row that attends to
// nothing.
CK_INLINE void softmax_rows(float *factors, float *scores, uint16_t *errors, size_t stride,
                            size_t count, float scale) {
  bool const exactly = errors != NULL;
  lanes peaks[SOFTMAX_ROWS], sums[SOFTMAX_ROWS];
  for (int r = 0; r < SOFTMAX_ROWS; r++) peaks[r] = -__builtin_inff();
  for (size_t i = 0; i < count; i += LANES) {
    for (int r = 0; r < SOFTMAX_ROWS; r++) {
      raise_to(&peaks[r], &load(scores + (size_t)r * stride + i));
    }
  }
  CK_FOLD_FOUR(peaks, CK_LARGER);
  // In units of ln 2 where they are powers of two; nothing is left of -∞ less any number.
  if (!exactly) scale *= 0x1.715476p0f;
  peaks[0] = peaks[0] == -__builtin_inff() ? 0 : peaks[0] * -scale;
  spread(peaks);
  for (int r = 0; r < SOFTMAX_ROWS; r++) sums[r] = 0;
  for (size_t i = 0; i < count; i += BLOCK) {
    for (int r = 0; r < SOFTMAX_ROWS; r++) {
      float *const row = scores + (size_t)r * stride;
      lanes low = load(row + i);
      lanes high = 0;
      weigh(&low, &peaks[r], scale, exactly);
      if (i + LANES < count) {
        high = load(row + i + LANES);
        weigh(&high, &peaks[r], scale, exactly);
      }
      sums[r] += low + high;
      uint16_t *const to = (uint16_t *)row + i;
      store_bf16(to, &low, &high);
      if (exactly) {
        lanes low_error, high_error;
        rounding_error(&low_error, &low, to);
        rounding_error(&high_error, &high, to + LANES);
        store_bf16(errors + (size_t)r * stride + i, &low_error, &high_error);
      }
    }
  }
  CK_FOLD_FOUR(sums, CK_SUM);
  four_lanes const total = __builtin_shufflevector(sums[0], sums[0], 0, 1, 2, 3);
  *(four_lanes *)factors = total == 0 ? 0 : 1 / total;
}

#endif
