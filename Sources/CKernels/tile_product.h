// Private to CKernels: the road of products without a matrix unit.
#ifndef TILE_PRODUCT_H
#define TILE_PRODUCT_H

#include "finish.h"
#include "multiply_tile.h"

// One tile of sums of one block: x at its upper or lower half, w at its left or right half.
CK_INLINE void multiply_half(const struct product *p, enum ck_operand_format format, float *out, const char *x,
                             const char *w) {
  for (size_t row = 0; row < TILE; row += CK_TOGETHER) {
    lanes sums[CK_TOGETHER];
    for (size_t r = 0; r < CK_TOGETHER; r++) sums[r] = 0;
    for (size_t step = 0; step < p->steps; step++) {
      const char *const left = x + step * p->step_bytes + row * 64;
      const char *const right = w + step * p->step_bytes;
      if (format == CK_BFLOAT16X2) {
        multiply_tile(sums, format, left, 64, right + STEP_BYTES);
        multiply_tile(sums, format, left + STEP_BYTES, 64, right);
      }
      multiply_tile(sums, format, left, 64, right);
    }
    for (size_t r = 0; r < CK_TOGETHER; r++) *at(out + (row + r) * LANES) = sums[r];
  }
}

CK_INLINE void multiply(const struct product *p, enum ck_operand_format format) {
  size_t const rows = p->to->rows, all = blocks(rows, BLOCK);
  size_t const block_bytes = p->block_bytes, slab = slab_blocks(rows, p->steps * p->step_bytes);
  for (size_t start = 0; start < all; start += slab) {
    for (size_t panel = 0; panel < p->panels; panel++) {
      for (size_t block = start; block < least(start + slab, all); block++) {
        for (size_t tile = 0; tile < 4; tile++) {
          size_t const down = tile / 2 * (STEP_BYTES / 2), right = tile % 2 * (STEP_BYTES / 2);
          multiply_half(p, format, p->scratch + tile * TILE * LANES, p->x + block * block_bytes + down,
                        p->w + panel * block_bytes + right);
        }
        struct waiting waiting = wait_for(p, p->scratch, block, panel);
        waiting.finish(&waiting, BLOCK);
      }
    }
  }
}

#endif
