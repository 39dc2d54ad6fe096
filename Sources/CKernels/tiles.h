// Private to CKernels: the layouts of products, and what their roads share.
//
// A step is 32 columns of bfloat16, or 64 of 8 bits, of 32 rows: two tiles of 16 rows · 64 bytes.
// Left operands lie row block by row block, steps of one after another; a tile's row is a row.
// Right operands lie panel (32 outputs) by panel likewise; the row r of a tile holds for each of 16
// outputs the inputs that one lane of a product takes, 2 r and 2 r + 1, or of 8 bits 4 r … 4 r + 3,
// where the columns of a step are in another order in both operands: 0, 16, 32, 48, 1, 17 …
#ifndef TILES_H
#define TILES_H

#include "kernels.h"

enum {
  BLOCK = 32,              // rows or outputs of a block
  TILE = 16,               // rows of a tile
  STEP_BYTES = 2048,       // a block's part of a step
  STEP_NUMBERS = 1024,     // of 16 bits
  BLOCK_SUMS = 1024,       // 32 · 32 sums, in four tiles: upper left, upper right, lower left, lower right
  SLAB_BYTES = 768 << 10,  // of the left operand, read again for each panel: they stay in the L2 cache
  SLAB_BLOCKS = 16,        // row blocks of a slab at most
  // Row blocks for which a panel is worth fetching.
  SLAB_LEAST_BLOCKS = 6,
  SLAB_LEAST_BF16X2_BLOCKS = 8,
};

CK_INLINE size_t blocks(size_t count, size_t of) { return (count + of - 1) / of; }
CK_INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

// The bfloat16 that make up a number.
CK_INLINE size_t parts_of(enum ck_operand_format format) {
  return format == CK_BFLOAT16X2 ? 2 : 1;
}

// Row blocks that go through all panels together.
CK_INLINE size_t slab_blocks(size_t rows, size_t block_bytes) {
  size_t const all = blocks(rows, BLOCK);
  size_t const most = least(SLAB_BLOCKS, SLAB_BYTES / (block_bytes + 1) + 1);
  return blocks(all, blocks(all, most));
}

// What the sums of an integer product stand for:
// (sum − row_zeros[r] · column_sums[c]) · row_scales[r] · column_scales[c].
struct quantities {
  const float *row_scales;
  const int32_t *row_zeros;
  const float *column_scales;
  const int32_t *column_sums;
};

// A product on its way through one road.
struct product {
  const struct ck_linear *to;
  struct quantities quantities;  // pointers are NULL when sums are float32
  const char *x, *w;             // tiles and panels
  size_t steps, step_bytes;      // of one row block or panel
  size_t block_bytes;            // from one row block or panel to the next
  size_t panels;
  float *scratch;
};

// The sums of a block that wait to be finished: where they are, what they meet and where they go,
// each from the block's first row and column.
struct waiting {
  const float *sums;
  size_t next, end;  // rows of the block
  size_t width;      // columns
  size_t together;   // rows that are best finished together
  void (*finish)(struct waiting *, size_t count);
  struct quantities quantities;
  const float *bias, *factor, *residual;
  float *out;
  uint16_t *bf16, *packed;
  size_t factor_stride, residual_stride, out_stride, bf16_stride;
  enum ck_operand_format packed_format;
};

typedef void finish_some(struct waiting *, size_t count);

void ck_product_amx(const struct product *, enum ck_operand_format);
void ck_product_avx512(const struct product *, enum ck_operand_format);
void ck_product_portable(const struct product *, enum ck_operand_format);
void ck_attention_amx(const struct ck_attention *, float *scratch);
void ck_attention_avx512(const struct ck_attention *, float *scratch);
void ck_attention_portable(const struct ck_attention *, float *scratch);
void ck_pack_rows_avx512(uint16_t *tiles, const float *x, size_t stride, size_t rows, size_t columns,
                     enum ck_operand_format format);
void ck_round_avx512(uint16_t *out, size_t out_stride, const float *x, size_t x_stride,
                      size_t rows, size_t columns);

// What the roads of AVX-512 need, and those of the matrix unit besides theirs.
enum { VECTOR_ROAD = CK_AVX512 | CK_AVX512_BF16 | CK_AVX512_VNNI };

CK_INLINE bool has(uint32_t features, uint32_t needed) { return (features & needed) == needed; }

#endif
