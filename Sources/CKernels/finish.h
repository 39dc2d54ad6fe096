// Private to CKernels: from a product's sums to its results, a row of one panel at a time. Each road
// includes this, to be compiled for its instructions.
#ifndef FINISH_H
#define FINISH_H

#include "activations.h"
#include "brief.h"
#include "narrow.h"
#include "tiles.h"

CK_INLINE void identity(lanes *x) { (void)x; }

// Rows that are finished together at most: with little to compute more, to spend less on what
// surrounds it.
enum { MOST_TOGETHER = 4 };

// Integer sums of some rows as the numbers that they stand for. The two terms are below 2³¹ and
// rounded to 24 bits, far less than rounding to 8 bits did to what they are sums of.
CK_INLINE void rescale(lanes *y, const struct waiting *at, size_t row, size_t rows) {
  const struct quantities *const q = &at->quantities;
  for (size_t half = 0; half < 2; half++) {
    whole_lanes const integers = *(const whole_lanes *)(q->column_sums + half * LANES);
    lanes const column_sums = __builtin_convertvector(integers, lanes);
    lanes const scales = *from(q->column_scales + half * LANES);
    for (size_t r = 0; r < rows; r++) {
      lanes *const x = &y[2 * r + half];
      lanes const sums = __builtin_convertvector(*(whole_lanes *)x, lanes);
      *x = (sums - column_sums * (float)q->row_zeros[row + r]) * (scales * q->row_scales[row + r]);
    }
  }
}

// Rows are far apart: no processor guesses that the next panel's part of each is wanted soon.
CK_INLINE void fetch(const void *x, int lines) {
  for (int i = 0; i < lines; i++) __builtin_prefetch((const char *)x + 64 * i, 0, 2);
}

// `rows` rows of 32 sums, two lanes each, to their places. What is there and what is not is asked
// once for all of them.
CK_INLINE void finish_rows(const struct waiting *at, size_t row, size_t rows, lanes *y,
                           void (*activate)(lanes *)) {
  if (at->bias != NULL) {
    lanes const low = *from(at->bias), high = *from(at->bias + LANES);
    for (size_t r = 0; r < rows; r++) {
      y[2 * r] += low;
      y[2 * r + 1] += high;
    }
  }
  for (size_t i = 0; i < 2 * rows; i++) activate(&y[i]);
  if (at->factor != NULL) {
    for (size_t r = 0; r < rows; r++) {
      const float *const factor = at->factor + (row + r) * at->factor_stride;
      y[2 * r] *= *from(factor);
      y[2 * r + 1] *= *from(factor + LANES);
      fetch(factor + BLOCK, 2);
    }
  }
  if (at->residual != NULL) {
    for (size_t r = 0; r < rows; r++) {
      const float *const residual = at->residual + (row + r) * at->residual_stride;
      y[2 * r] += *from(residual);
      y[2 * r + 1] += *from(residual + LANES);
      fetch(residual + BLOCK, 2);
    }
  }
  if (at->out != NULL) {
    for (size_t r = 0; r < rows; r++) {
      float *const out = at->out + (row + r) * at->out_stride;
      *(lanes *)out = y[2 * r];
      *(lanes *)(out + LANES) = y[2 * r + 1];
      fetch(out + BLOCK, 2);
    }
  }
  if (at->bf16 != NULL) {
    for (size_t r = 0; r < rows; r++) {
      uint16_t *const to = at->bf16 + (row + r) * at->bf16_stride;
      narrow(to, &y[2 * r], &y[2 * r + 1]);
      fetch(to + BLOCK, 1);
    }
  }
  if (at->packed != NULL) {
    for (size_t r = 0; r < rows; r++) {
      store_tile_row(at->packed + (row + r) * BLOCK, &y[2 * r], &y[2 * r + 1], at->packed_format);
    }
  }
}

static void copy_bytes(void *to, const void *from, size_t count) {
  for (size_t i = 0; i < count; i++) ((char *)to)[i] = ((const char *)from)[i];
}

// The same where only `width` < 32 columns belong to the matrix: by way of rows that have all. What
// a tile holds outside the matrix is zero.
CK_INLINE void finish_part(const struct waiting *at, size_t row, lanes *y,
                           void (*activate)(lanes *)) {
  float bias[BLOCK] = {0}, factor[BLOCK] = {0}, residual[BLOCK] = {0}, out[BLOCK];
  uint16_t bf16[BLOCK];
  size_t const width = at->width;
  struct waiting room = {.out = out, .bf16 = bf16};
  if (at->bias != NULL) {
    copy_bytes(bias, at->bias, 4 * width);
    room.bias = bias;
  }
  if (at->factor != NULL) {
    copy_bytes(factor, at->factor + row * at->factor_stride, 4 * width);
    room.factor = factor;
  }
  if (at->residual != NULL) {
    copy_bytes(residual, at->residual + row * at->residual_stride, 4 * width);
    room.residual = residual;
  }
  finish_rows(&room, 0, 1, y, activate);
  if (at->out != NULL) copy_bytes(at->out + row * at->out_stride, out, 4 * width);
  if (at->bf16 != NULL) copy_bytes(at->bf16 + row * at->bf16_stride, bf16, 2 * width);
  if (at->packed != NULL) {
    for (size_t i = width; i < BLOCK; i++) out[i] = 0;
    y[0] = *from(out);
    y[1] = *from(out + LANES);
    store_tile_row(at->packed + row * BLOCK, &y[0], &y[1], at->packed_format);
  }
}

// Sums of some rows, in one half of a block, as numbers.
CK_INLINE void load_rows(lanes *y, const struct waiting *at, size_t row, size_t rows,
                         bool integers) {
  // Two tiles side by side for 16 rows.
  const float *const sums = at->sums + row / TILE * (BLOCK_SUMS / 2) + row % TILE * LANES;
  for (size_t r = 0; r < rows; r++) {
    y[2 * r] = *from(sums + r * LANES);
    y[2 * r + 1] = *from(sums + r * LANES + BLOCK_SUMS / 4);
  }
  if (integers) rescale(y, at, row, rows);
}

CK_INLINE void finish(struct waiting *at, size_t count, bool part, bool integers, size_t together,
                      void (*activate)(lanes *)) {
  size_t const end = least(at->end, at->next + count);
  size_t row = at->next;
  lanes y[2 * MOST_TOGETHER];
  for (; !part && row + together <= end; row += together) {
    load_rows(y, at, row, together, integers);
    finish_rows(at, row, together, y, activate);
  }
  for (; row < end; row++) {
    load_rows(y, at, row, 1, integers);
    if (part) {
      finish_part(at, row, y, activate);
    } else {
      finish_rows(at, row, 1, y, activate);
    }
  }
  at->next = end;
}

// Where a road is compiled for several processors, so is this.
#if !defined(CK_ROAD)
#define CK_ROAD
#endif

#define CK_FINISH(activation, together) \
  CK_ROAD static void finish_##activation(struct waiting *at, size_t count) { \
    finish(at, count, false, false, together, activation); \
  } \
  CK_ROAD static void rescale_##activation(struct waiting *at, size_t count) { \
    finish(at, count, false, true, together, activation); \
  } \
  CK_ROAD static void part_##activation(struct waiting *at, size_t count) { \
    if (at->quantities.row_scales != NULL) { \
      finish(at, count, true, true, 1, activation); \
    } else { \
      finish(at, count, true, false, 1, activation); \
    } \
  }

CK_FINISH(identity, 4)
CK_FINISH(gelu, 2)
CK_FINISH(gelu_tanh, 2)
CK_FINISH(quick_gelu, 2)
CK_FINISH(silu, 2)
CK_FINISH(relu, 4)
CK_FINISH(hyperbolic_tangent, 2)
CK_FINISH(sigmoid, 2)
CK_FINISH(brief_gelu, 4)
CK_FINISH(brief_gelu_tanh, 4)

#define CK_FINISHERS(of) \
  { of##_identity, of##_gelu, of##_gelu_tanh, of##_quick_gelu, of##_silu, of##_relu, \
    of##_hyperbolic_tangent, of##_sigmoid, of##_brief_gelu, of##_brief_gelu_tanh }

// The places in CK_FINISHERS of functions that ck_activation does not name.
enum { BRIEF_GELU = CK_SIGMOID + 1, BRIEF_GELU_TANH, FINISHERS };

// The finisher for an activation: where only bfloat16 is left of its result, what is enough for that.
static size_t finisher(const struct ck_linear *l) {
  bool const rounded = l->out == NULL && (l->packed == NULL || l->packed_format == CK_BFLOAT16);
  if (rounded && l->activation == CK_GELU) return BRIEF_GELU;
  if (rounded && l->activation == CK_GELU_TANH) return BRIEF_GELU_TANH;
  return l->activation;
}

// As CK_FINISH has it.
CK_INLINE size_t together(size_t finisher) {
  bool const little = finisher == CK_IDENTITY || finisher == CK_RELU || finisher >= BRIEF_GELU;
  return little ? 4 : 2;
}

// The block `block` of `panel`, whose sums are ready.
static struct waiting wait_for(const struct product *p, const float *sums, size_t block,
                               size_t panel) {
  // In the order of ck_activation.
  static finish_some *const finishers[3][FINISHERS] = {
      CK_FINISHERS(finish), CK_FINISHERS(rescale), CK_FINISHERS(part)};
  const struct ck_linear *const l = p->to;
  size_t const row = block * BLOCK, column = panel * BLOCK;
  struct waiting at = {
      .sums = sums,
      .end = least(BLOCK, l->rows - row),
      .width = least(BLOCK, l->outputs - column),
      .together = together(finisher(l)),
      .bias = l->bias ? l->bias + column : NULL,
      .factor = l->factor ? l->factor + row * l->factor_stride + column : NULL,
      .residual = l->residual ? l->residual + row * l->residual_stride + column : NULL,
      .out = l->out ? l->out + row * l->out_stride + column : NULL,
      .bf16 = l->bf16 ? l->bf16 + row * l->bf16_stride + column : NULL,
      .factor_stride = l->factor_stride,
      .residual_stride = l->residual_stride,
      .out_stride = l->out_stride,
      .bf16_stride = l->bf16_stride,
      .packed_format = l->packed_format,
  };
  if (l->packed != NULL) {
    size_t const place = block * blocks(l->outputs, BLOCK) + panel;
    at.packed = l->packed + place * STEP_NUMBERS * parts_of(l->packed_format);
  }
  bool const integers = p->quantities.row_scales != NULL;
  if (integers) {
    at.quantities = (struct quantities){
        p->quantities.row_scales + row, p->quantities.row_zeros + row,
        p->quantities.column_scales + column, p->quantities.column_sums + column};
  }
  at.finish = finishers[at.width < BLOCK ? 2 : integers][finisher(l)];
  return at;
}

#endif
