// Products of bfloat16 and 8-bit matrices: y = activation(x · wᵀ + bias) · factor + residual.
//
// The matrix unit (AMX) is used where there is one, then AVX512_BF16 and AVX512_VNNI, then plain
// vector code: all read the same layouts. No allocation and no threads; callers give the memory,
// which should be 64-byte aligned, and where it is large on huge pages (madvise): it is read at
// the speed of the caches. A row's result depends on that row alone, on no other and not on their
// number; it is the same in any call on one processor, not on two whose features differ.
#ifndef CKERNELS_PRODUCTS_H
#define CKERNELS_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

// What the processor has and the system lets this process use.
enum {
  CK_AVX512 = 1,  // F, BW, DQ and VL
  CK_AVX512_BF16 = 2,
  CK_AVX512_VNNI = 4,
  CK_AMX_BF16 = 8,
  CK_AMX_INT8 = 16,
};

// The features of this processor. The first call asks Linux for the tile registers, which it grants
// for the life of the process: make it before there are other threads. Every product takes a set of
// features and uses those in it that are here as well: 0 is the portable code.
uint32_t ck_processor_features(void);

// Layouts. Rows and columns are in blocks of 32 (columns of 8-bit numbers in blocks of 64), missing
// ones zero. A matrix of `parts` 2 has each number as the sum of two bfloat16, which keeps 16 bits
// of it: the blocks of the higher part and of the lower alternate.

// Elements of a [rows, columns] matrix of bfloat16 as tiles or as panels.
size_t ck_bf16_count(size_t rows, size_t columns, size_t parts);
// tiles = x [rows, columns] with `stride` floats from one row to the next, the left operand of a
// product. The tiles of rows 32 i … begin at i · ck_bf16_count(32, columns, parts).
void ck_tiles_bf16(uint16_t *tiles, const float *x, size_t stride, size_t rows, size_t columns,
                   size_t parts);
// panels = w [outputs, inputs], the right operand.
void ck_panels_bf16(uint16_t *panels, const float *w, size_t outputs, size_t inputs, size_t parts);

enum ck_activation {
  CK_IDENTITY,
  CK_GELU,
  CK_GELU_TANH,
  CK_QUICK_GELU,
  CK_SILU,
  CK_RELU,
  CK_TANH,
  CK_SIGMOID,
};

// The sizes of a product and what becomes of its sums. Pointers may be NULL except where said;
// strides are in elements from one row to the next.
struct ck_linear {
  size_t rows, inputs, outputs;
  // Only the outputs first ..< end are made, for callers who share them out among threads: all if
  // both are 0. `first` is a multiple of 32, and so is `end` or it is `outputs`.
  size_t first, end;
  const float *bias;  // [outputs]
  enum ck_activation activation;
  const float *factor;  // [rows, outputs]
  size_t factor_stride;
  const float *residual;  // [rows, outputs]; may be `out`
  size_t residual_stride;
  // Each of these that is given receives the result, on whose bits they agree; the sums of long rows
  // of inputs may be added up in another order where `out` is one of them.
  float *out;  // [rows, outputs]
  size_t out_stride;
  uint16_t *narrow;  // [rows, outputs], rounded to bfloat16
  size_t narrow_stride;
  uint16_t *tiles;  // as ck_tiles_bf16 of the result makes them, of 1 or 2 parts
  size_t tile_parts;
};

// Floats of scratch memory that a product of so many rows needs.
size_t ck_linear_scratch(size_t rows);

// x: tiles of [rows, inputs], w: panels of [outputs, inputs], both of `parts` parts. Sums are
// float32. With 1 part a product is exact and the sum of float32 quality; with 2 parts the lowest
// of four partial products is left out, and the result's error is about 2⁻¹⁸ of its terms.
// Rows by the 256 or more use the machine best, and the result of a product that the next one reads
// should stay in the second-level cache: 512 rows or fewer for BERT.
void ck_linear_bf16(const struct ck_linear *to, const uint16_t *x, const uint16_t *w, size_t parts,
                    float *scratch, uint32_t features);

// Eight bits. A row of the left operand has a scale and a zero point of its own, an output's weights
// have a scale: x ≈ (q − zero) · scale with q in 0 … 255, w ≈ q · scale with q in -127 … 127. Sums
// are exact integers, for up to 65,536 inputs.

// Bytes of a [rows, columns] matrix as tiles or as panels of 8 bits.
size_t ck_int8_count(size_t rows, size_t columns);
// The tiles of x [rows, columns] with `stride` floats from one row to the next; scales, zeros [rows].
// A row that has a NaN or an infinity has a scale of NaN.
void ck_tiles_int8(uint8_t *tiles, float *scales, int32_t *zeros, const float *x, size_t stride,
                   size_t rows, size_t columns);
// The same of rows of bfloat16.
void ck_tiles_int8_narrow(uint8_t *tiles, float *scales, int32_t *zeros, const uint16_t *x,
                          size_t stride, size_t rows, size_t columns);
// panels = w [outputs, inputs]; scales and sums (Σ q of an output) have room for a multiple of 32.
void ck_panels_int8(int8_t *panels, float *scales, int32_t *sums, const float *w, size_t outputs,
                    size_t inputs);
// x and w as the two above make them.
void ck_linear_int8(const struct ck_linear *to, const uint8_t *x, const float *x_scales,
                    const int32_t *x_zeros, const int8_t *w, const float *w_scales,
                    const int32_t *w_sums, float *scratch, uint32_t features);

#endif
