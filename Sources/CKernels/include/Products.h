// Products of bfloat16 and 8-bit matrices: y = activation(x · wᵀ + bias) · factor + residual.
//
// The matrix unit (AMX) is used where there is one, then AVX-512 with its instructions for bfloat16
// and bytes, with that for bytes, by itself, then AVX2 with or without one for bytes, then plain
// vector code; all of them read the same layouts. No allocation and no threads; callers give the
// memory, which should be 64-byte aligned, and on huge pages (madvise) where it is large: it is
// read at the speed of the caches. A row's result depends on that row alone, on no other and not on
// their number; it is the same in any call on one processor, not on two whose features differ.
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
  CK_AVX2 = 32,  // and FMA
  CK_AVX_VNNI = 64,
  CK_NEON = 128,
  CK_NEON_DOT = 256,  // of bytes with a sign
  CK_NEON_BF16 = 512,
  CK_NEON_I8MM = 1024,
};

// The features of this processor. The first call asks Linux for the tile registers, which it grants
// for the life of the process: make it before there are other threads. Every product takes a set of
// features and uses those of them that are here as well: 0 is the portable code.
uint32_t ck_processor_features(void);

// How the numbers of an operand lie in memory.
enum ck_operand_format {
  CK_FLOAT32,  // rows of floats, not packed
  CK_BFLOAT16,
  CK_BFLOAT16X2,  // each number is the sum of two bfloat16, which keeps 16 bits of it
  // A row of the left operand has a scale and a zero point, an output's weights have a scale:
  // x ≈ (q − zero) · scale with q in 0 … 255, w ≈ q · scale with q in -127 … 127.
  CK_UINT8,
};

// The name of the instruction set whose kernels multiply such operands.
const char *ck_instruction_set(enum ck_operand_format format, uint32_t features);

// Its products of what is in registers, or comes into them with no product waiting: the rate that a
// product cannot pass. Room for 1024 floats, 64-byte aligned, which are read and written. Returns
// how many pairs of numbers were multiplied and added: of CK_BFLOAT16X2, of their parts, three for
// one of the product's.
size_t ck_register_products(enum ck_operand_format format, size_t times, uint32_t features,
                            float *room);

// Packed operands: rows and columns are in blocks of 32 (columns of 8 bits in blocks of 64),
// missing ones zero. Of CK_BFLOAT16X2 the blocks of the higher part and of the lower alternate.

// Bytes of a [rows, columns] matrix as packed rows or as a packed weight [outputs, inputs].
size_t ck_packed_bytes(size_t rows, size_t columns, enum ck_operand_format format);

// packed = x [rows, columns] with `stride` floats from one row to the next, the left operand of a
// product. Rows 32 i … begin at byte i · ck_packed_bytes(32, columns, format).
void ck_pack_rows_bf16(uint16_t *packed, const float *x, size_t stride, size_t rows, size_t columns,
                       enum ck_operand_format format);
// The same in 8 bits; scales, zeros [rows]. A row that has a NaN or an infinity has a scale of NaN.
void ck_pack_rows_uint8(uint8_t *packed, float *scales, int32_t *zeros, const float *x,
                        size_t stride, size_t rows, size_t columns);
// The same of rows of bfloat16.
void ck_pack_rows_uint8_of_bf16(uint8_t *packed, float *scales, int32_t *zeros, const uint16_t *x,
                                size_t stride, size_t rows, size_t columns);

// packed = w [outputs, inputs], the right operand.
void ck_pack_weight_bf16(uint16_t *packed, const float *w, size_t outputs, size_t inputs,
                         enum ck_operand_format format);
// The same of up to 32 outputs, each a row of bfloat16 that lies anywhere; numbers too small for a normal
// one are zeros.
void ck_pack_panel_of_bf16(uint16_t *packed, const uint16_t *const *rows, size_t outputs,
                           size_t inputs);
// The same in 8 bits; scales and sums (Σ q of an output) have room for a multiple of 32.
void ck_pack_weight_int8(int8_t *packed, float *scales, int32_t *sums, const float *w,
                         size_t outputs, size_t inputs);

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
  // The outputs that are made, from a multiple of 32 to another or to the last; where the end is 0,
  // all.
  size_t first_output, end_output;
  const float *bias;  // [outputs]
  enum ck_activation activation;
  const float *factor;  // [rows, outputs]
  size_t factor_stride;
  const float *residual;  // [rows, outputs]; may be `out`
  size_t residual_stride;
  // Each of these that is given receives the result, on whose bits they agree; the sums of long
  // rows of inputs may be added up in another order where `out` is one of them.
  float *out;  // [rows, outputs]
  size_t out_stride;
  uint16_t *bf16;  // [rows, outputs], rounded to bfloat16
  size_t bf16_stride;
  uint16_t *packed;  // as ck_pack_rows_bf16 of the result makes it
  enum ck_operand_format packed_format;  // CK_BFLOAT16 or CK_BFLOAT16X2
};

// Floats of scratch memory that a product with this many rows and inputs needs.
size_t ck_linear_scratch(size_t rows, size_t inputs, enum ck_operand_format format);

// x: packed rows [rows, inputs], w: a packed weight [outputs, inputs], both CK_BFLOAT16 or both
// CK_BFLOAT16X2. Sums are float32. Of CK_BFLOAT16 a product is exact and the sum of float32
// quality; of CK_BFLOAT16X2 the lowest of four partial products is left out, and the result's error
// is about 2⁻¹⁸ of its terms. Rows by the 256 or more use the machine best, and the result of a
// product that the next one reads should stay in the second-level cache: 512 rows or fewer for
// BERT.
void ck_linear_bf16(const struct ck_linear *to, const uint16_t *x, const uint16_t *w,
                    enum ck_operand_format format, float *scratch, uint32_t features);

// The same of 8 bits. Sums are exact integers, for up to 65,536 inputs.
void ck_linear_int8(const struct ck_linear *to, const uint8_t *x, const float *x_scales,
                    const int32_t *x_zeros, const int8_t *w, const float *w_scales,
                    const int32_t *w_sums, float *scratch, uint32_t features);

#endif
