// Private to CKernels: what an instruction set offers. Each is one file, isa_….c: its micro-kernel
// and the shared code that it includes, compiled for its instructions, and a table of the kernels.
// A new one is a new file and a line in dispatch.c, which chooses among the tables.
#ifndef KERNELS_H
#define KERNELS_H

#include "layout.h"

// What the sums of an integer product stand for:
// (sum − row_zeros[r] · column_sums[c]) · row_scales[r] · column_scales[c].
struct quantities {
  const float *row_scales;
  const int32_t *row_zeros;
  const float *column_scales;
  const int32_t *column_sums;
};

// A product as a kernel takes it: of one row and one output at least.
struct product {
  const struct ck_linear *to;
  struct quantities quantities;  // pointers are NULL where sums are float32
  const char *x, *w;             // packed rows and packed weight
  size_t steps, step_bytes;      // of one row block or panel
  size_t block_bytes;            // from one row block or panel to the next
  size_t first_panel, end_panel; // that are made
  float *scratch;
};

struct kernels {
  const char *name;
  // The features without which these kernels cannot run: of bfloat16, and of 8 bits.
  uint32_t bf16_features, uint8_features;
  // By the format of the operands.
  void (*multiply[CK_UINT8 + 1])(const struct product *);
  // As ck_register_products.
  size_t (*multiply_registers[CK_UINT8 + 1])(size_t times, float *room);
  void (*attend)(const struct ck_attention *, float *scratch);
  // As ck_pack_rows_bf16 and ck_round_to_bf16.
  void (*pack_rows)(uint16_t *packed, const float *x, size_t stride, size_t rows, size_t columns,
                    enum ck_operand_format format);
  void (*round_rows)(uint16_t *out, uint16_t *errors, size_t out_stride, const float *x,
                     size_t x_stride, size_t rows, size_t columns);
};

extern const struct kernels ck_portable_kernels;
#if defined(__x86_64__)
extern const struct kernels ck_amx_kernels, ck_avx512_bf16_kernels, ck_avx512_vnni_kernels,
    ck_avx512_kernels, ck_avx_vnni_kernels, ck_avx2_kernels;

// What several instructions together need; AMX needs all that AVX-512 has as well.
enum {
  AVX_VNNI_FEATURES = CK_AVX2 | CK_AVX_VNNI,
  AVX512_VNNI_FEATURES = CK_AVX512 | CK_AVX512_VNNI,
  AVX512_BF16_FEATURES = CK_AVX512 | CK_AVX512_VNNI | CK_AVX512_BF16,
};
#elif defined(__aarch64__)
extern const struct kernels ck_neon_bf16_kernels, ck_neon_dot_kernels;

enum { NEON_BF16_FEATURES = CK_NEON_BF16 | CK_NEON_I8MM };
#endif

#endif
