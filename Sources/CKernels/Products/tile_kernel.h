// Private to CKernels: products without a matrix unit, a tile of sums in registers.
//
// The instruction set defines these before it includes this:
//
// MICRO_ROWS · MICRO_TILES, the tiles of sixteen sums that are in registers together: rows of the
// left operand, halves of a panel. CK_FEW_ROWS, where MICRO_ROWS does not divide a tile's rows: how
// many go together at a tile's end, in attention, and of bytes.
//
// CK_CHUNK_STEPS, where a whole panel does not stay in the L1 cache: so many steps of one do.
//
// CK_PARTS_TOGETHER(rows), where registers do not hold both parts of widened weights beside the sums
// of so many rows: 1, and the parts come one after the other.
//
// is_widened(format): whether there is no instruction for pairs of bfloat16, or for quadruples of
// bytes, so that a lane of either becomes two lanes first: of float32, or of two 16-bit integers.
//
// multiply_lanes(sums, format, x, w): adds the products of the numbers in the lanes of x and w.
//
// CK_LEFT_OFFSET, where it has no instruction for bytes without a sign: what multiply_lanes takes
// from each byte of x.
#ifndef TILE_KERNEL_H
#define TILE_KERNEL_H

#include "epilogue.h"

#if !defined(CK_LEFT_OFFSET)
#define CK_LEFT_OFFSET 0
#endif

#if defined(CK_FEW_ROWS)
enum { FEW_ROWS = CK_FEW_ROWS, MANY_END = TILE - CK_FEW_ROWS };
#else
enum { FEW_ROWS = MICRO_ROWS, MANY_END = TILE };
#endif

#if !defined(CK_CHUNK_STEPS)
#define CK_CHUNK_STEPS SIZE_MAX
#endif

#if !defined(CK_PARTS_TOGETHER)
#define CK_PARTS_TOGETHER(rows) 2
#endif

typedef int16_t short_lanes __attribute__((ext_vector_type(32), aligned(4)));

CK_INLINE void broadcast(lanes *y, const char *x) {
  uint32_t bits;
  __builtin_memcpy(&bits, x, sizeof bits);
  bit_lanes const all = bits;
  *y = *(const lanes *)&all;
}

// Of lanes of two bfloat16 the first of each as float32, or the second.
CK_INLINE void widen_bf16(lanes *y, const lanes *x, size_t part) {
  bit_lanes const bits = *(const bit_lanes *)x;
  bit_lanes const wide = part == 0 ? bits << 16 : bits & 0xffff0000;
  *y = *(const lanes *)&wide;
}

// Of lanes of four bytes the first and third of each in 16 bits, or the second and fourth. Those of
// the left operand have no sign, those of weights have one.
CK_INLINE void widen_left_bytes(lanes *y, const lanes *x, size_t part) {
  bit_lanes const bytes = *(const bit_lanes *)x;
  bit_lanes const wide = (part == 0 ? bytes : bytes >> 8) & 0x00ff00ff;
  *y = *(const lanes *)&wide;
}

CK_INLINE void widen_right_bytes(lanes *y, const lanes *x, size_t part) {
  short_lanes const bytes = *(const short_lanes *)x;
  short_lanes const wide = (part == 0 ? bytes << 8 : bytes) >> 8;
  *y = *(const lanes *)&wide;
}

// Bytes that a lane of the left operand takes, and lanes that it makes.
CK_INLINE size_t widening(enum ck_operand_format format) { return is_widened(format) ? 2 : 1; }

// The sums of up to MICRO_ROWS rows of x, `stride` bytes apart, with `tiles` tiles of w: `count` lanes
// of inputs, sixteen in a step. The left operand may have been widened before.
CK_INLINE void multiply_lines(lanes sums[MICRO_ROWS][MICRO_TILES], enum ck_operand_format format,
                              bool is_wide, const char *x, size_t stride, const char *w,
                              size_t rows, size_t tiles, size_t count) {
  size_t const parts = widening(format);
  size_t const together = min(parts, CK_PARTS_TOGETHER(rows));
#pragma clang loop unroll(disable)
  for (size_t k = 0; k < count; k++) {
#pragma clang loop unroll(full)
    for (size_t first = 0; first < parts; first += together) {
      // They are loaded again then, and not kept.
      if (first > 0) __asm__ volatile("" ::: "memory");
      lanes right[MICRO_TILES][2];
#pragma clang loop unroll(full)
      for (size_t t = 0; t < tiles; t++) {
        lanes const packed = load(w + t * (STEP_BYTES / 2) + k * TILE_LINE);
#pragma clang loop unroll(full)
        for (size_t part = first; part < first + together; part++) {
          right[t][part] = packed;
          if (parts == 2 && format == CK_UINT8) widen_right_bytes(&right[t][part], &packed, part);
          if (parts == 2 && format != CK_UINT8) widen_bf16(&right[t][part], &packed, part);
        }
      }
#pragma clang loop unroll(full)
      for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t part = first; part < first + together; part++) {
          lanes left;
          broadcast(&left, x + r * stride + (is_wide ? 8 * k + 4 * part : 4 * k));
          if (parts == 2 && !is_wide) {
            lanes const packed = left;
            widen_bf16(&left, &packed, part);
          }
#pragma clang loop unroll(full)
          for (size_t t = 0; t < tiles; t++) {
            multiply_lanes(&sums[r][t], format, &left, &right[t][part]);
          }
        }
      }
    }
  }
}

CK_INLINE void multiply_step(lanes sums[MICRO_ROWS][MICRO_TILES], enum ck_operand_format format,
                             const char *x, const char *w, size_t rows) {
  multiply_lines(sums, format, is_widened(format), x, widening(format) * TILE_LINE, w, rows,
                 MICRO_TILES, TILE);
}

#define CK_EACH_SUM_OF(r, rows, t, tiles) \
  for (size_t r = 0; r < (rows); r++) \
    for (size_t t = 0; t < (tiles); t++)
#define CK_EACH_SUM(r, t) CK_EACH_SUM_OF(r, MICRO_ROWS, t, MICRO_TILES)

// The operands differ, and are loaded again each time, lest a product be made once for all.
CK_INLINE size_t multiply_registers(enum ck_operand_format format, size_t times, float *room) {
  lanes sums[MICRO_ROWS][MICRO_TILES];
  CK_EACH_SUM(r, t) sums[r][t] = 0;
#pragma clang loop unroll(disable)
  for (size_t i = 0; i < times; i++) {
    __asm__ volatile("" ::: "memory");
    CK_EACH_SUM(r, t) {
      lanes const right = load(room + (t + 1) * LANES);
      lanes left;
      broadcast(&left, (const char *)(room + r));
      multiply_lanes(&sums[r][t], format, &left, &right);
    }
  }
  CK_EACH_SUM(r, t) store(room + (r * MICRO_TILES + t) * LANES, sums[r][t]);
  size_t const numbers = (format == CK_UINT8 ? 4 : 2) / widening(format);
  return times * MICRO_ROWS * MICRO_TILES * LANES * numbers;
}

// The part of a product that some rows of a block, x, and some tiles of a panel, w, whose outputs'
// sums of weights are in `weights`, have in some steps: added to what is at `out`, where the block has
// their sums.
CK_INLINE void multiply_micro(const struct product *p, enum ck_operand_format format, float *out,
                              const char *x, const char *w, const int32_t *weights, size_t rows,
                              size_t first, size_t end) {
  size_t const wide = widening(format);
  lanes sums[MICRO_ROWS][MICRO_TILES];
  if (first == 0) {
    CK_EACH_SUM(r, t) sums[r][t] = 0;
  } else {
    CK_EACH_SUM_OF(r, rows, t, MICRO_TILES) sums[r][t] = load(out + r * LANES + t * TILE * LANES);
  }
  x += first * wide * p->step_bytes;
  w += first * p->step_bytes;
  for (size_t step = first; step < end; step++) {
    if (format == CK_BFLOAT16X2) {
      multiply_step(sums, format, x, w + STEP_BYTES, rows);
      multiply_step(sums, format, x + wide * STEP_BYTES, w, rows);
    }
    multiply_step(sums, format, x, w, rows);
    x += wide * p->step_bytes;
    w += p->step_bytes;
  }
  if (format == CK_UINT8 && CK_LEFT_OFFSET != 0 && end == p->steps) {
    CK_EACH_SUM_OF(r, rows, t, MICRO_TILES) {
      integer_lanes *const total = (integer_lanes *)&sums[r][t];
      *total += *(const integer_lanes *)(weights + t * LANES) * CK_LEFT_OFFSET;
    }
  }
  CK_EACH_SUM_OF(r, rows, t, MICRO_TILES) store(out + r * LANES + t * TILE * LANES, sums[r][t]);
}

// A row block whose lanes become two each, side by side.
CK_INLINE void widen_block(char *wide, enum ck_operand_format format, const char *x,
                           size_t bytes) {
  for (size_t i = 0; i < bytes; i += TILE_LINE) {
    lanes const packed = load(x + i);
    lanes y[2];
    for (size_t part = 0; part < 2; part++) {
      if (format == CK_UINT8) {
        widen_left_bytes(&y[part], &packed, part);
      } else {
        widen_bf16(&y[part], &packed, part);
      }
    }
    store(wide + 2 * i, __builtin_shufflevector(y[0], y[1], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                                21, 6, 22, 7, 23));
    store(wide + 2 * i + TILE_LINE,
          __builtin_shufflevector(y[0], y[1], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
                                  15, 31));
  }
}

// The part of a row block and a panel in some steps.
CK_INLINE void multiply_chunk(const struct product *p, enum ck_operand_format format, const char *x,
                              const char *w, const int32_t *weights, size_t count, size_t first,
                              size_t end) {
  size_t const many = format == CK_UINT8 ? FEW_ROWS : MICRO_ROWS;
  size_t step = many;
  for (size_t row = 0; row < count; row += step) {
    float *const sums = p->scratch + row / TILE * (2 * TILE * LANES) + row % TILE * LANES;
    const char *const rows = x + row * widening(format) * TILE_LINE;
    step = row % TILE < MANY_END ? many : FEW_ROWS;
    for (size_t tile = 0; tile < 2; tile += MICRO_TILES) {
      float *const to = sums + tile * TILE * LANES;
      const char *const half = w + tile * (STEP_BYTES / 2);
      const int32_t *const own = weights == NULL ? NULL : weights + tile * TILE;
      if (step == FEW_ROWS) {
        multiply_micro(p, format, to, rows, half, own, FEW_ROWS, first, end);
      } else {
        multiply_micro(p, format, to, rows, half, own, MICRO_ROWS, first, end);
      }
    }
  }
}

// Row block x, widened where the format is, with a panel.
CK_INLINE void multiply_block(const struct product *p, enum ck_operand_format format,
                              const char *x, size_t block, size_t panel) {
  const char *const w = p->w + panel * p->block_bytes;
  const int32_t *const sums = p->quantities.column_sums;
  const int32_t *const weights = sums == NULL ? NULL : sums + panel * BLOCK;
  size_t const count = min(BLOCK, p->to->rows - block * BLOCK);
  size_t first = 0;
  do {
    size_t const end = first + min(CK_CHUNK_STEPS, p->steps - first);
    multiply_chunk(p, format, x, w, weights, count, first, end);
    first = end;
  } while (first < p->steps);
  struct epilogue e = epilogue(p, p->scratch, block, panel);
  e.run(&e, BLOCK);
}

CK_INLINE void multiply(const struct product *p, enum ck_operand_format format) {
  size_t const rows = p->to->rows, all = blocks(rows, BLOCK), bytes = p->steps * p->step_bytes;
  if (is_widened(format)) {
    // Each block meets all panels at once: the widened one is too large for several to stay.
    char *const wide = (char *)(p->scratch + BLOCK_SUMS);
    for (size_t block = 0; block < all; block++) {
      widen_block(wide, format, p->x + block * p->block_bytes, bytes);
      for (size_t panel = p->first_panel; panel < p->end_panel; panel++) {
        multiply_block(p, format, wide, block, panel);
      }
    }
    return;
  }
  size_t const slab = slab_blocks(rows, bytes);
  for (size_t start = 0; start < all; start += slab) {
    for (size_t panel = p->first_panel; panel < p->end_panel; panel++) {
      for (size_t block = start; block < min(start + slab, all); block++) {
        multiply_block(p, format, p->x + block * p->block_bytes, block, panel);
      }
    }
  }
}

// FEW_ROWS rows of x with `tiles` tiles of a panel.
CK_INLINE void multiply_few(float *to, size_t to_stride, const char *x, size_t x_stride,
                            const char *panel, size_t inputs, size_t tiles) {
  lanes sums[MICRO_ROWS][MICRO_TILES];
  CK_EACH_SUM_OF(r, FEW_ROWS, t, tiles) sums[r][t] = 0;
  for (size_t lines = blocks(inputs, 2); lines > 0; lines -= min(TILE, lines)) {
    multiply_lines(sums, CK_BFLOAT16, false, x, x_stride, panel, FEW_ROWS, tiles,
                   min(TILE, lines));
    x += TILE_LINE;
    panel += STEP_BYTES;
  }
  CK_EACH_SUM_OF(r, FEW_ROWS, t, tiles) store(to + r * to_stride + t * TILE, sums[r][t]);
}

// What attention multiplies with: to = x · panel for `rows` of 32 rows of x and `outputs` of the 32
// of a panel, and some more. The strides of `to` in floats, of x in bytes.
CK_INLINE void multiply_rows(float *to, size_t to_stride, const char *x, size_t x_stride,
                             const char *panel, size_t inputs, size_t rows, size_t outputs) {
  for (size_t row = 0; row < rows; row += FEW_ROWS) {
    const char *const from = x + row * x_stride;
    for (size_t column = 0; column < outputs; column += MICRO_TILES * TILE) {
      float *const part = to + row * to_stride + column;
      const char *const tile = panel + column / TILE * (STEP_BYTES / 2);
      if (outputs - column > TILE) {
        multiply_few(part, to_stride, from, x_stride, tile, inputs, MICRO_TILES);
      } else {
        multiply_few(part, to_stride, from, x_stride, tile, inputs, 1);
      }
    }
  }
}

#endif
