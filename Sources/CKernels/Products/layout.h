// Private to CKernels: how packed operands lie in memory.
//
// A step is 32 columns of bfloat16, or 64 of 8 bits, of 32 rows: two tiles of 16 rows · 64 bytes.
// Packed rows lie row block by row block, steps of one after another; a tile's row is a row.
// A packed weight lies panel (32 outputs) by panel likewise; the row r of a tile holds for each of
// 16 outputs the inputs that a lane of a product takes, 2 r and 2 r + 1, or of 8 bits 4 r … 4 r +
// 3, where the columns of a step are in another order in both operands: 0, 16, 32, 48, 1, 17 …
#ifndef LAYOUT_H
#define LAYOUT_H

#include "../lanes.h"

enum {
  BLOCK = 32,              // rows or outputs of a block
  BYTE_COLUMNS = 64,       // columns of a step of 8 bits
  TILE = 16,               // rows of a tile
  TILE_LINE = 64,          // bytes of a tile's row
  STEP_BYTES = 2048,       // a block's part of a step
  STEP_NUMBERS = 1024,     // of 16 bits
  // 32 · 32 sums, in four tiles: upper left, upper right, lower left, lower right.
  BLOCK_SUMS = 1024,
  SLAB_BYTES = 768 << 10,  // of packed rows, read again for each panel: they stay in the L2 cache
  SLAB_BLOCKS = 16,        // row blocks of a slab at most
  // Row blocks for which a panel is worth fetching.
  SLAB_MIN_BLOCKS = 6,
  SLAB_MIN_BF16X2_BLOCKS = 8,
};

CK_INLINE size_t blocks(size_t count, size_t of) { return (count + of - 1) / of; }
CK_INLINE size_t min(size_t a, size_t b) { return a < b ? a : b; }

// The bfloat16 that make up a number.
CK_INLINE size_t parts_of(enum ck_operand_format format) {
  return format == CK_BFLOAT16X2 ? 2 : 1;
}

// The products of parts that make up one of attention: of two parts, high · high, high · low and low ·
// high.
CK_INLINE size_t attention_products(size_t parts) { return parts == 2 ? 3 : 1; }

// Row blocks that go through all panels together.
CK_INLINE size_t slab_blocks(size_t rows, size_t block_bytes) {
  size_t const all = blocks(rows, BLOCK);
  size_t const most = min(SLAB_BLOCKS, SLAB_BYTES / (block_bytes + 1) + 1);
  return blocks(all, blocks(all, most));
}

#endif
