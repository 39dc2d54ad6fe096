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
  float *scratch;
};

struct kernels {
  // The features without which these kernels cannot run: of bfloat16, and of 8 bits.
  uint32_t bf16_features, uint8_features;
  // By the format of the operands.
  void (*multiply[CK_UINT8 + 1])(const struct product *);
  void (*attend)(const struct ck_attention *, float *scratch);
  // As ck_pack_rows_bf16 and ck_round_to_bf16.
  void (*pack_rows)(uint16_t *packed, const float *x, size_t stride, size_t rows, size_t columns,
                    enum ck_operand_format format);
  void (*round_rows)(uint16_t *out, size_t out_stride, const float *x, size_t x_stride, size_t rows,
                     size_t columns);
};

extern const struct kernels ck_portable_kernels;
#if defined(__x86_64__)
extern const struct kernels ck_avx512_kernels, ck_amx_kernels;

// What the kernels of AVX-512 need, and those of the matrix unit as well.
enum { AVX512_FEATURES = CK_AVX512 | CK_AVX512_BF16 | CK_AVX512_VNNI };
#endif

#endif
