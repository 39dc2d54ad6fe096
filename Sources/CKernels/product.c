// Which road a product takes.
#include "tiles.h"

size_t ck_linear_scratch(size_t rows) {
  return BLOCK_SUMS * (2 + least(SLAB_BLOCKS, blocks(rows, BLOCK)));
}

static void run(struct product p, enum ck_operand_format format, uint32_t features) {
  uint32_t const usable = features & ck_processor_features();
  p.panels = blocks(p.to->outputs, BLOCK);
  if (p.to->rows == 0 || p.to->outputs == 0) return;
  if (has(usable, VECTOR_ROAD | (format == CK_UINT8 ? CK_AMX_INT8 : CK_AMX_BF16))) {
    ck_product_amx(&p, format);
  } else if (has(usable, VECTOR_ROAD)) {
    ck_product_avx512(&p, format);
  } else {
    ck_product_portable(&p, format);
  }
}

// How many products, one after another, make a product of so many steps. Of long rows too few would
// stay in the cache; sums can go on from results that are only sums.
static size_t pieces(const struct ck_linear *to, size_t block_bytes, enum ck_operand_format format) {
  bool const only_sums = to->activation == CK_IDENTITY && to->factor == NULL;
  if (to->out == NULL || !only_sums) return 1;
  size_t const least_blocks = format == CK_BFLOAT16X2 ? SLAB_LEAST_BF16X2_BLOCKS : SLAB_LEAST_BLOCKS;
  return blocks(least_blocks * block_bytes, SLAB_BYTES);
}

void ck_linear_bf16(const struct ck_linear *to, const uint16_t *x, const uint16_t *w, enum ck_operand_format format,
                    float *scratch, uint32_t features) {
  size_t const steps = blocks(to->inputs, BLOCK), step_bytes = parts_of(format) * STEP_BYTES;
  size_t const most = steps == 0 ? 1 : blocks(steps, pieces(to, steps * step_bytes, format));
  for (size_t step = 0; step == 0 || step < steps; step += most) {
    bool const begins = step == 0, ends = step + most >= steps;
    struct ck_linear piece = *to;
    if (!begins) {
      piece.bias = NULL;
      piece.residual = to->out;
      piece.residual_stride = to->out_stride;
    }
    if (!ends) {
      piece.bf16 = NULL;
      piece.packed = NULL;
    }
    struct product const p = {
        .to = &piece,
        .x = (const char *)x + step * step_bytes,
        .w = (const char *)w + step * step_bytes,
        .steps = least(most, steps - step),
        .step_bytes = step_bytes,
        .block_bytes = steps * step_bytes,
        .scratch = scratch,
    };
    run(p, format, features);
  }
}

void ck_linear_int8(const struct ck_linear *to, const uint8_t *x, const float *x_scales,
                    const int32_t *x_zeros, const int8_t *w, const float *w_scales,
                    const int32_t *w_sums, float *scratch, uint32_t features) {
  struct product const p = {
      .to = to,
      .quantities = {x_scales, x_zeros, w_scales, w_sums},
      .x = (const char *)x,
      .w = (const char *)w,
      .steps = blocks(to->inputs, 64),
      .step_bytes = STEP_BYTES,
      .block_bytes = blocks(to->inputs, 64) * STEP_BYTES,
      .scratch = scratch,
  };
  run(p, CK_UINT8, features);
}
