// Private to CKernels: the epilogue of a product, from its sums to its results, a row of one panel
// at a time. Each instruction set includes this, to be compiled for it.
#ifndef EPILOGUE_H
#define EPILOGUE_H

#include "approximate.h"
#include "bf16.h"
#include "kernels.h"
#include "../vector_math.h"

// The sums of a block whose epilogue is due: where they are, what they meet and where they go, each
// from the block's first row and column.
struct epilogue {
  const float *sums;
  size_t next, end;      // rows of the block
  size_t width;          // columns
  size_t rows_together;  // rows that are best done together
  // Does the next `count` rows, if there are as many.
  void (*run)(struct epilogue *, size_t count);
  struct quantities quantities;
  const float *bias, *factor, *residual;
  float *out;
  uint16_t *bf16, *packed;
  size_t factor_stride, residual_stride, out_stride, bf16_stride;
  enum ck_operand_format packed_format;
};

typedef void epilogue_kernel(struct epilogue *, size_t count);

CK_INLINE void identity(lanes *x) { (void)x; }

// Rows that are done together at most: with little to compute more, to spend less on what surrounds
// it.
enum { MOST_TOGETHER = 4 };

// Integer sums of some rows as the numbers that they stand for. The two terms are below 2³¹ and
// rounded to 24 bits, far less than rounding to 8 bits did to what they are sums of.
CK_INLINE void rescale(lanes *y, const struct epilogue *e, size_t row, size_t rows) {
  const struct quantities *const q = &e->quantities;
  for (size_t half = 0; half < 2; half++) {
    integer_lanes const integers = *(const integer_lanes *)(q->column_sums + half * LANES);
    lanes const column_sums = __builtin_convertvector(integers, lanes);
    lanes const scales = load(q->column_scales + half * LANES);
    for (size_t r = 0; r < rows; r++) {
      lanes *const x = &y[2 * r + half];
      lanes const sums = __builtin_convertvector(*(integer_lanes *)x, lanes);
      *x = (sums - column_sums * (float)q->row_zeros[row + r]) * (scales * q->row_scales[row + r]);
    }
  }
}

// Rows are far apart: no processor guesses that the next panel's part of each is wanted soon.
CK_INLINE void prefetch(const void *x, int lines) {
  for (int i = 0; i < lines; i++) __builtin_prefetch((const char *)x + 64 * i, 0, 2);
}

// `rows` rows of 32 sums, two lanes each, to their destinations. What is there and what is not is
// asked once for all of them.
CK_INLINE void finish_rows(const struct epilogue *e, size_t row, size_t rows, lanes *y,
                           void (*activate)(lanes *)) {
  if (e->bias != NULL) {
    lanes const low = load(e->bias), high = load(e->bias + LANES);
    for (size_t r = 0; r < rows; r++) {
      y[2 * r] += low;
      y[2 * r + 1] += high;
    }
  }
  for (size_t i = 0; i < 2 * rows; i++) activate(&y[i]);
  if (e->factor != NULL) {
    for (size_t r = 0; r < rows; r++) {
      const float *const factor = e->factor + (row + r) * e->factor_stride;
      y[2 * r] *= load(factor);
      y[2 * r + 1] *= load(factor + LANES);
      prefetch(factor + BLOCK, 2);
    }
  }
  if (e->residual != NULL) {
    for (size_t r = 0; r < rows; r++) {
      const float *const residual = e->residual + (row + r) * e->residual_stride;
      y[2 * r] += load(residual);
      y[2 * r + 1] += load(residual + LANES);
      prefetch(residual + BLOCK, 2);
    }
  }
  if (e->out != NULL) {
    for (size_t r = 0; r < rows; r++) {
      float *const out = e->out + (row + r) * e->out_stride;
      store(out, y[2 * r]);
      store(out + LANES, y[2 * r + 1]);
      prefetch(out + BLOCK, 2);
    }
  }
  if (e->bf16 != NULL) {
    for (size_t r = 0; r < rows; r++) {
      uint16_t *const to = e->bf16 + (row + r) * e->bf16_stride;
      store_bf16(to, &y[2 * r], &y[2 * r + 1]);
      prefetch(to + BLOCK, 1);
    }
  }
  if (e->packed != NULL) {
    for (size_t r = 0; r < rows; r++) {
      uint16_t *const to = e->packed + (row + r) * BLOCK;
      store_packed_row(to, &y[2 * r], &y[2 * r + 1], e->packed_format);
    }
  }
}

static void copy_bytes(void *to, const void *from, size_t count) {
  for (size_t i = 0; i < count; i++) ((char *)to)[i] = ((const char *)from)[i];
}

// The same of one row of which only `width` < 32 columns belong to the matrix: by way of rows that
// have all. What a tile holds outside the matrix is zero.
CK_INLINE void finish_partial_row(const struct epilogue *e, size_t row, lanes *y,
                                 void (*activate)(lanes *)) {
  float bias[BLOCK] = {0}, factor[BLOCK] = {0}, residual[BLOCK] = {0}, out[BLOCK];
  uint16_t bf16[BLOCK];
  size_t const width = e->width;
  struct epilogue room = {.out = out, .bf16 = bf16};
  if (e->bias != NULL) {
    copy_bytes(bias, e->bias, 4 * width);
    room.bias = bias;
  }
  if (e->factor != NULL) {
    copy_bytes(factor, e->factor + row * e->factor_stride, 4 * width);
    room.factor = factor;
  }
  if (e->residual != NULL) {
    copy_bytes(residual, e->residual + row * e->residual_stride, 4 * width);
    room.residual = residual;
  }
  finish_rows(&room, 0, 1, y, activate);
  if (e->out != NULL) copy_bytes(e->out + row * e->out_stride, out, 4 * width);
  if (e->bf16 != NULL) copy_bytes(e->bf16 + row * e->bf16_stride, bf16, 2 * width);
  if (e->packed != NULL) {
    for (size_t i = width; i < BLOCK; i++) out[i] = 0;
    y[0] = load(out);
    y[1] = load(out + LANES);
    store_packed_row(e->packed + row * BLOCK, &y[0], &y[1], e->packed_format);
  }
}

// Sums of some rows, in one half of a block, as numbers.
CK_INLINE void load_sums_of_rows(lanes *y, const struct epilogue *e, size_t row, size_t rows,
                                 bool integers) {
  // Two tiles side by side for 16 rows.
  const float *const sums = e->sums + row / TILE * (BLOCK_SUMS / 2) + row % TILE * LANES;
  for (size_t r = 0; r < rows; r++) {
    y[2 * r] = load(sums + r * LANES);
    y[2 * r + 1] = load(sums + r * LANES + BLOCK_SUMS / 4);
  }
  if (integers) rescale(y, e, row, rows);
}

CK_INLINE void run_epilogue(struct epilogue *e, size_t count, bool partial, bool integers,
                            size_t together, void (*activate)(lanes *)) {
  size_t const end = min(e->end, e->next + count);
  size_t row = e->next;
  lanes y[2 * MOST_TOGETHER];
  for (; !partial && row + together <= end; row += together) {
    load_sums_of_rows(y, e, row, together, integers);
    finish_rows(e, row, together, y, activate);
  }
  for (; row < end; row++) {
    load_sums_of_rows(y, e, row, 1, integers);
    if (partial) {
      finish_partial_row(e, row, y, activate);
    } else {
      finish_rows(e, row, 1, y, activate);
    }
  }
  e->next = end;
}

// An instruction set that is compiled for several processors says how before it includes this.
#if !defined(CK_KERNEL)
#define CK_KERNEL
#endif

// For sums that are floats, for integers, and for blocks that are narrower than a panel.
#define CK_EPILOGUES(activation, together) \
  CK_KERNEL static void float_##activation(struct epilogue *e, size_t count) { \
    run_epilogue(e, count, false, false, together, activation); \
  } \
  CK_KERNEL static void integer_##activation(struct epilogue *e, size_t count) { \
    run_epilogue(e, count, false, true, together, activation); \
  } \
  CK_KERNEL static void partial_##activation(struct epilogue *e, size_t count) { \
    if (e->quantities.row_scales != NULL) { \
      run_epilogue(e, count, true, true, 1, activation); \
    } else { \
      run_epilogue(e, count, true, false, 1, activation); \
    } \
  }

CK_EPILOGUES(identity, 4)
CK_EPILOGUES(gelu, 2)
CK_EPILOGUES(gelu_tanh, 2)
CK_EPILOGUES(quick_gelu, 2)
CK_EPILOGUES(silu, 2)
CK_EPILOGUES(relu, 4)
CK_EPILOGUES(hyperbolic_tangent, 2)
CK_EPILOGUES(sigmoid, 2)
CK_EPILOGUES(approximate_gelu, 4)
CK_EPILOGUES(approximate_gelu_tanh, 4)

// In the order of ck_activation, which does not name the last two.
#define CK_EPILOGUES_OF(sums) \
  { sums##_identity, sums##_gelu, sums##_gelu_tanh, sums##_quick_gelu, sums##_silu, sums##_relu, \
    sums##_hyperbolic_tangent, sums##_sigmoid, sums##_approximate_gelu, \
    sums##_approximate_gelu_tanh }
enum { APPROXIMATE_GELU = CK_SIGMOID + 1, APPROXIMATE_GELU_TANH, EPILOGUES };

// The epilogue for the activation: an approximate one where its result is only kept as bfloat16.
static size_t epilogue_index(const struct ck_linear *l) {
  bool const rounded = l->out == NULL && (l->packed == NULL || l->packed_format == CK_BFLOAT16);
  if (rounded && l->activation == CK_GELU) return APPROXIMATE_GELU;
  if (rounded && l->activation == CK_GELU_TANH) return APPROXIMATE_GELU_TANH;
  return l->activation;
}

// As CK_EPILOGUES has it.
CK_INLINE size_t rows_together(size_t index) {
  bool const little = index == CK_IDENTITY || index == CK_RELU || index >= APPROXIMATE_GELU;
  return little ? 4 : 2;
}

// The epilogue of the block `block` of `panel`, whose sums are ready.
static struct epilogue epilogue(const struct product *p, const float *sums, size_t block,
                                size_t panel) {
  static epilogue_kernel *const kernels[3][EPILOGUES] = {
      CK_EPILOGUES_OF(float), CK_EPILOGUES_OF(integer), CK_EPILOGUES_OF(partial)};
  const struct ck_linear *const l = p->to;
  size_t const row = block * BLOCK, column = panel * BLOCK, index = epilogue_index(l);
  bool const integers = p->quantities.row_scales != NULL;
  struct epilogue e = {
      .sums = sums,
      .end = min(BLOCK, l->rows - row),
      .width = min(BLOCK, l->outputs - column),
      .rows_together = rows_together(index),
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
    size_t const step = block * blocks(l->outputs, BLOCK) + panel;
    e.packed = l->packed + step * STEP_NUMBERS * parts_of(l->packed_format);
  }
  if (integers) {
    e.quantities = (struct quantities){
        p->quantities.row_scales + row, p->quantities.row_zeros + row,
        p->quantities.column_scales + column, p->quantities.column_sums + column};
  }
  e.run = kernels[e.width < BLOCK ? 2 : integers][index];
  return e;
}

#endif
