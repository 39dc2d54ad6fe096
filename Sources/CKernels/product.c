// Which road a product takes.
#include "tiles.h"

size_t ck_linear_scratch(size_t rows) {
  return BLOCK_SUMS * (2 + least(SLAB_BLOCKS, blocks(rows, BLOCK)));
}

static void run(struct product p, enum kind kind, uint32_t features) {
  uint32_t const usable = features & ck_processor_features();
  size_t const end = p.to->first == 0 && p.to->end == 0 ? p.to->outputs : p.to->end;
  p.first = p.to->first / BLOCK;
  p.end = blocks(end, BLOCK);
  if (p.to->rows == 0 || p.first >= p.end) return;
  if (has(usable, VECTOR_ROAD | (kind == BYTES ? CK_AMX_INT8 : CK_AMX_BF16))) {
    ck_product_amx(&p, kind);
  } else if (has(usable, VECTOR_ROAD)) {
    ck_product_avx512(&p, kind);
  } else {
    ck_product_portable(&p, kind);
  }
}

void ck_linear_bf16(const struct ck_linear *to, const uint16_t *x, const uint16_t *w, size_t parts,
                    float *scratch, uint32_t features) {
  struct product const p = {
      .to = to,
      .x = (const char *)x,
      .w = (const char *)w,
      .steps = blocks(to->inputs, 32),
      .step_bytes = parts * STEP_BYTES,
      .scratch = scratch,
  };
  run(p, parts == 2 ? SPLIT : WHOLE, features);
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
      .scratch = scratch,
  };
  run(p, BYTES, features);
}
