// Private to CKernels: from a product's sums to its results, a row of one panel at a time. Each road
// includes this, to be compiled for its instructions.
#ifndef FINISH_H
#define FINISH_H

#include "activations.h"
#include "brief.h"
#include "narrow.h"
#include "tiles.h"

CK_INLINE void identity(lanes *x) { (void)x; }

// Sixteen integer sums as the numbers that they stand for.
CK_INLINE void rescale(lanes *y, const struct waiting *at, size_t row, size_t column) {
  const struct quantities *const q = &at->quantities;
  whole_lanes const sums = *(const whole_lanes *)y;
  whole_lanes const zeros = *(const whole_lanes *)(q->column_sums + column) * q->row_zeros[row];
  *y = __builtin_convertvector(sums - zeros, lanes) *
       (*from(q->column_scales + column) * q->row_scales[row]);
}

// Rows are far apart: no processor guesses that the next panel's part of each is wanted soon.
CK_INLINE void fetch(const void *x, int lines) {
  for (int i = 0; i < lines; i++) __builtin_prefetch((const char *)x + 64 * i, 0, 2);
}

// A row of 32 sums, low and high, to its places.
CK_INLINE void finish_row(const struct waiting *at, size_t row, lanes *low, lanes *high,
                          void (*activate)(lanes *)) {
  if (at->bias != NULL) {
    *low += *from(at->bias);
    *high += *from(at->bias + LANES);
  }
  activate(low);
  activate(high);
  if (at->factor != NULL) {
    *low *= *from(at->factor + row * at->factor_stride);
    *high *= *from(at->factor + row * at->factor_stride + LANES);
  }
  if (at->residual != NULL) {
    const float *const residual = at->residual + row * at->residual_stride;
    *low += *from(residual);
    *high += *from(residual + LANES);
    fetch(residual + BLOCK, 2);
  }
  if (at->out != NULL) {
    float *const out = at->out + row * at->out_stride;
    *(lanes *)out = *low;
    *(lanes *)(out + LANES) = *high;
    fetch(out + BLOCK, 2);
  }
  if (at->narrow != NULL) {
    uint16_t *const to = at->narrow + row * at->narrow_stride;
    narrow(to, low, high);
    fetch(to + BLOCK, 1);
  }
  if (at->tiles != NULL) {
    store_tile_row(at->tiles + row * BLOCK, low, high, at->tile_parts);
  }
}

static void copy_bytes(void *to, const void *from, size_t count) {
  for (size_t i = 0; i < count; i++) ((char *)to)[i] = ((const char *)from)[i];
}

// The same where only `width` < 32 columns belong to the matrix: by way of rows that have all. What
// a tile holds outside the matrix is zero.
CK_INLINE void finish_part(const struct waiting *at, size_t row, lanes *low, lanes *high,
                           void (*activate)(lanes *)) {
  float bias[BLOCK] = {0}, factor[BLOCK] = {0}, residual[BLOCK] = {0}, out[BLOCK];
  uint16_t narrow[BLOCK];
  size_t const width = at->width;
  struct waiting room = {.out = out, .narrow = narrow};
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
  finish_row(&room, 0, low, high, activate);
  if (at->out != NULL) copy_bytes(at->out + row * at->out_stride, out, 4 * width);
  if (at->narrow != NULL) copy_bytes(at->narrow + row * at->narrow_stride, narrow, 2 * width);
  if (at->tiles != NULL) {
    for (size_t i = width; i < BLOCK; i++) out[i] = 0;
    *low = *from(out);
    *high = *from(out + LANES);
    store_tile_row(at->tiles + row * BLOCK, low, high, at->tile_parts);
  }
}

CK_INLINE void finish(struct waiting *at, size_t count, bool part, bool integers,
                      void (*activate)(lanes *)) {
  size_t const end = least(at->end, at->next + count);
  for (size_t row = at->next; row < end; row++) {
    // Two tiles side by side for 16 rows.
    const float *sums = at->sums + row / TILE * (BLOCK_SUMS / 2) + row % TILE * LANES;
    lanes low = *from(sums), high = *from(sums + BLOCK_SUMS / 4);
    if (integers) {
      rescale(&low, at, row, 0);
      rescale(&high, at, row, LANES);
    }
    if (part) {
      finish_part(at, row, &low, &high, activate);
    } else {
      finish_row(at, row, &low, &high, activate);
    }
  }
  at->next = end;
}

// Where a road is compiled for several processors, so is this.
#if !defined(CK_ROAD)
#define CK_ROAD
#endif

#define CK_FINISH(activation) \
  CK_ROAD static void finish_##activation(struct waiting *at, size_t count) { \
    finish(at, count, false, false, activation); \
  } \
  CK_ROAD static void rescale_##activation(struct waiting *at, size_t count) { \
    finish(at, count, false, true, activation); \
  } \
  CK_ROAD static void part_##activation(struct waiting *at, size_t count) { \
    if (at->quantities.row_scales != NULL) { \
      finish(at, count, true, true, activation); \
    } else { \
      finish(at, count, true, false, activation); \
    } \
  }

CK_FINISH(identity)
CK_FINISH(gelu)
CK_FINISH(gelu_tanh)
CK_FINISH(quick_gelu)
CK_FINISH(silu)
CK_FINISH(relu)
CK_FINISH(hyperbolic_tangent)
CK_FINISH(sigmoid)
CK_FINISH(brief_gelu)
CK_FINISH(brief_gelu_tanh)

#define CK_FINISHERS(of) \
  { of##_identity, of##_gelu, of##_gelu_tanh, of##_quick_gelu, of##_silu, of##_relu, \
    of##_hyperbolic_tangent, of##_sigmoid, of##_brief_gelu, of##_brief_gelu_tanh }

// The places in CK_FINISHERS of functions that ck_activation does not name.
enum { BRIEF_GELU = CK_SIGMOID + 1, BRIEF_GELU_TANH, FINISHERS };

// The finisher for an activation: where only bfloat16 is left of its result, what is enough for that.
static size_t finisher(const struct ck_linear *l) {
  bool const rounded = l->out == NULL && (l->tiles == NULL || l->tile_parts == 1);
  if (rounded && l->activation == CK_GELU) return BRIEF_GELU;
  if (rounded && l->activation == CK_GELU_TANH) return BRIEF_GELU_TANH;
  return l->activation;
}

// The block `block` of `panel`, whose sums are ready.
static struct waiting wait_for(const struct product *p, const float *sums, size_t block,
                               size_t panel) {
  // In the order of ck_activation.
  static finish_rows *const finishers[3][FINISHERS] = {
      CK_FINISHERS(finish), CK_FINISHERS(rescale), CK_FINISHERS(part)};
  const struct ck_linear *const l = p->to;
  size_t const row = block * BLOCK, column = panel * BLOCK;
  struct waiting at = {
      .sums = sums,
      .end = least(BLOCK, l->rows - row),
      .width = least(BLOCK, l->outputs - column),
      .bias = l->bias ? l->bias + column : NULL,
      .factor = l->factor ? l->factor + row * l->factor_stride + column : NULL,
      .residual = l->residual ? l->residual + row * l->residual_stride + column : NULL,
      .out = l->out ? l->out + row * l->out_stride + column : NULL,
      .narrow = l->narrow ? l->narrow + row * l->narrow_stride + column : NULL,
      .factor_stride = l->factor_stride,
      .residual_stride = l->residual_stride,
      .out_stride = l->out_stride,
      .narrow_stride = l->narrow_stride,
      .tile_parts = l->tile_parts,
  };
  if (l->tiles != NULL) {
    size_t const place = block * blocks(l->outputs, BLOCK) + panel;
    at.tiles = l->tiles + place * STEP_NUMBERS * l->tile_parts;
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
