// Which instruction set's kernels a product or an attention runs.
#include "kernels.h"

// The best first.
static const struct kernels *const instruction_sets[] = {
#if defined(__x86_64__)
    &ck_amx_kernels,    &ck_avx512_bf16_kernels, &ck_avx512_vnni_kernels,
    &ck_avx512_kernels, &ck_avx_vnni_kernels,    &ck_avx2_kernels,
#elif defined(__aarch64__)
    &ck_neon_bf16_kernels, &ck_neon_dot_kernels,
#endif
    &ck_portable_kernels,
};

// The best kernels for the format that the features allow; the last need none.
static const struct kernels *choose(uint32_t features, enum ck_operand_format format) {
  uint32_t const usable = features & ck_processor_features();
  const struct kernels *const *set = instruction_sets;
  for (;; set++) {
    uint32_t const needed = format == CK_UINT8 ? (*set)->uint8_features : (*set)->bf16_features;
    if ((usable & needed) == needed) return *set;
  }
}

const char *ck_instruction_set(enum ck_operand_format format, uint32_t features) {
  return choose(features, format)->name;
}

size_t ck_register_products(enum ck_operand_format format, size_t times, uint32_t features,
                            float *room) {
  if (format == CK_FLOAT32) {
    // What bfloat16 is widened to.
    features &= CK_AVX512 | CK_AVX2 | CK_NEON;
    format = CK_BFLOAT16;
  }
  return choose(features, format)->multiply_registers[format](times, room);
}

// Sums, and behind those of a block, where a format is widened, twice the bytes of a row block.
size_t ck_linear_scratch(size_t rows, size_t inputs, enum ck_operand_format format) {
  size_t const sums = BLOCK_SUMS * (2 + min(SLAB_BLOCKS, blocks(rows, BLOCK)));
  size_t const wide = BLOCK_SUMS + 2 * ck_packed_bytes(BLOCK, inputs, format) / sizeof(float);
  return sums > wide ? sums : wide;
}

static void multiply(struct product *p, enum ck_operand_format format, uint32_t features) {
  const struct ck_linear *const to = p->to;
  p->first_panel = to->first_output / BLOCK;
  p->end_panel = blocks(to->end_output == 0 ? to->outputs : to->end_output, BLOCK);
  if (to->rows == 0 || p->first_panel >= p->end_panel) return;
  choose(features, format)->multiply[format](p);
}

// How many products, one after another, make a product of so many steps. Of long rows too few would
// stay in the cache; sums can go on from results that are only sums.
static size_t pieces(const struct ck_linear *to, size_t block_bytes,
                     enum ck_operand_format format) {
  bool const only_sums = to->activation == CK_IDENTITY && to->factor == NULL;
  if (to->out == NULL || !only_sums) return 1;
  size_t const min_blocks = format == CK_BFLOAT16X2 ? SLAB_MIN_BF16X2_BLOCKS : SLAB_MIN_BLOCKS;
  return blocks(min_blocks * block_bytes, SLAB_BYTES);
}

void ck_linear_bf16(const struct ck_linear *to, const uint16_t *x, const uint16_t *w,
                    enum ck_operand_format format, float *scratch, uint32_t features) {
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
    struct product p = {
        .to = &piece,
        .x = (const char *)x + step * step_bytes,
        .w = (const char *)w + step * step_bytes,
        .steps = min(most, steps - step),
        .step_bytes = step_bytes,
        .block_bytes = steps * step_bytes,
        .scratch = scratch,
    };
    multiply(&p, format, features);
  }
}

void ck_linear_int8(const struct ck_linear *to, const uint8_t *x, const float *x_scales,
                    const int32_t *x_zeros, const int8_t *w, const float *w_scales,
                    const int32_t *w_sums, float *scratch, uint32_t features) {
  size_t const steps = blocks(to->inputs, BYTE_COLUMNS);
  struct product p = {
      .to = to,
      .quantities = {x_scales, x_zeros, w_scales, w_sums},
      .x = (const char *)x,
      .w = (const char *)w,
      .steps = steps,
      .step_bytes = STEP_BYTES,
      .block_bytes = steps * STEP_BYTES,
      .scratch = scratch,
  };
  multiply(&p, CK_UINT8, features);
}

// As `divide_scratch` in attention_kernel.h shares it out.
size_t ck_attention_scratch(size_t keys, size_t size, enum ck_operand_format format) {
  size_t const parts = parts_of(format), products = attention_products(parts);
  size_t const steps = blocks(size, BLOCK), panels = blocks(keys, BLOCK);
  size_t const packed = panels * steps * (products + parts) + steps * products;
  // Scores, and what is lost of weights.
  size_t const rows = BLOCK * (panels * BLOCK + LANES);
  return packed * (STEP_NUMBERS / 2) + rows + (parts - 1) * rows / 2;
}

void ck_attention_bf16(const struct ck_attention *a, float *scratch, uint32_t features) {
  if (a->queries == 0 || a->size == 0 || a->key_heads == 0) return;
  choose(features, CK_BFLOAT16)->attend(a, scratch);
}

// All instruction sets round alike, so that no caller need choose.

void ck_pack_rows_bf16(uint16_t *packed, const float *x, size_t stride, size_t rows, size_t columns,
                       enum ck_operand_format format) {
  choose(UINT32_MAX, CK_BFLOAT16)->pack_rows(packed, x, stride, rows, columns, format);
}

void ck_round_to_bf16(uint16_t *out, uint16_t *errors, size_t out_stride, const float *x,
                      size_t x_stride, size_t rows, size_t columns) {
  choose(UINT32_MAX, CK_BFLOAT16)->round_rows(out, errors, out_stride, x, x_stride, rows, columns);
}
