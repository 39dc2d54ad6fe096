// Private to CKernels: products without a matrix unit, a tile of sums in registers, `MICRO_ROWS`
// rows at a time. The instruction set defines both before it includes this:
//
// multiply_lanes(sums, format, x, w) adds to the sums of 16 outputs the products of the two or four
// inputs in the 32 bits x with those in the lanes of w.
#ifndef TILE_KERNEL_H
#define TILE_KERNEL_H

#include "epilogue.h"

CK_INLINE uint32_t load_bits(const char *x) {
  uint32_t bits;
  __builtin_memcpy(&bits, x, sizeof bits);
  return bits;
}

// The sums of some rows of x, `stride` bytes apart, with w's tile: 16 lanes of inputs.
CK_INLINE void multiply_tile(lanes *sums, enum ck_operand_format format, const char *x,
                             size_t stride, const char *w) {
  for (size_t k = 0; k < TILE; k++) {
    lanes const right = load(w + k * TILE_LINE);
    for (size_t r = 0; r < MICRO_ROWS; r++) {
      multiply_lanes(&sums[r], format, load_bits(x + r * stride + k * 4), &right);
    }
  }
}

// One tile of sums of one block: x at its upper or lower half, w at its left or right half.
CK_INLINE void multiply_half(const struct product *p, enum ck_operand_format format, float *out,
                             const char *x, const char *w) {
  for (size_t row = 0; row < TILE; row += MICRO_ROWS) {
    lanes sums[MICRO_ROWS];
    for (size_t r = 0; r < MICRO_ROWS; r++) sums[r] = 0;
    for (size_t step = 0; step < p->steps; step++) {
      const char *const left = x + step * p->step_bytes + row * TILE_LINE;
      const char *const right = w + step * p->step_bytes;
      if (format == CK_BFLOAT16X2) {
        multiply_tile(sums, format, left, TILE_LINE, right + STEP_BYTES);
        multiply_tile(sums, format, left + STEP_BYTES, TILE_LINE, right);
      }
      multiply_tile(sums, format, left, TILE_LINE, right);
    }
    for (size_t r = 0; r < MICRO_ROWS; r++) store(out + (row + r) * LANES, sums[r]);
  }
}

CK_INLINE void multiply(const struct product *p, enum ck_operand_format format) {
  size_t const rows = p->to->rows, all = blocks(rows, BLOCK);
  size_t const panels = blocks(p->to->outputs, BLOCK);
  size_t const block_bytes = p->block_bytes, slab = slab_blocks(rows, p->steps * p->step_bytes);
  for (size_t start = 0; start < all; start += slab) {
    for (size_t panel = 0; panel < panels; panel++) {
      for (size_t block = start; block < min(start + slab, all); block++) {
        for (size_t tile = 0; tile < 4; tile++) {
          size_t const down = tile / 2 * (STEP_BYTES / 2), right = tile % 2 * (STEP_BYTES / 2);
          multiply_half(p, format, p->scratch + tile * TILE * LANES,
                        p->x + block * block_bytes + down, p->w + panel * block_bytes + right);
        }
        struct epilogue e = epilogue(p, p->scratch, block, panel);
        e.run(&e, BLOCK);
      }
    }
  }
}

// What attention multiplies with: to = x · panel for 32 rows of x or `upper`, the first 16; 32
// outputs or `left`, the first 16. The strides of `to` in floats, of x in bytes.
CK_INLINE void multiply_rows(float *to, size_t to_stride, const char *x, size_t x_stride,
                             const char *panel, size_t steps, bool upper, bool left) {
  for (size_t column = 0; column < (left ? TILE : BLOCK); column += TILE) {
    const char *const tile = panel + column / TILE * (STEP_BYTES / 2);
    for (size_t row = 0; row < (upper ? TILE : BLOCK); row += MICRO_ROWS) {
      lanes sums[MICRO_ROWS];
      for (size_t r = 0; r < MICRO_ROWS; r++) sums[r] = 0;
      for (size_t step = 0; step < steps; step++) {
        multiply_tile(sums, CK_BFLOAT16, x + row * x_stride + step * TILE_LINE, x_stride,
                      tile + step * STEP_BYTES);
      }
      for (size_t r = 0; r < MICRO_ROWS; r++) store(to + (row + r) * to_stride + column, sums[r]);
    }
  }
}

#endif
