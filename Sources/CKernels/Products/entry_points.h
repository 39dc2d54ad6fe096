// Private to CKernels: the kernels of an instruction set as functions, made of its `multiply` and
// `attend`, which are inlined; CK_ENTRY_POINTS names them in its table.
#ifndef ENTRY_POINTS_H
#define ENTRY_POINTS_H

#include "attention_kernel.h"

// An instruction set that has registers to prepare and to release does so here.
#if !defined(CK_PREPARE)
#define CK_PREPARE() (void)0
#define CK_RELEASE() (void)0
#endif

#define CK_MULTIPLY(name, format) \
  CK_KERNEL static void name(const struct product *p) { \
    CK_PREPARE(); \
    multiply(p, format); \
    CK_RELEASE(); \
  }

#define CK_MULTIPLY_REGISTERS(name, format) \
  CK_KERNEL static size_t name(size_t times, float *room) { \
    CK_PREPARE(); \
    size_t const products = multiply_registers(format, times, room); \
    CK_RELEASE(); \
    return products; \
  }

CK_MULTIPLY_REGISTERS(multiply_bf16_registers, CK_BFLOAT16)
CK_MULTIPLY_REGISTERS(multiply_uint8_registers, CK_UINT8)

CK_MULTIPLY(multiply_bf16, CK_BFLOAT16)
CK_MULTIPLY(multiply_bf16x2, CK_BFLOAT16X2)
CK_MULTIPLY(multiply_uint8, CK_UINT8)

CK_KERNEL static void attend_heads(const struct ck_attention *a, float *scratch) {
  CK_PREPARE();
  attend(a, scratch);
  CK_RELEASE();
}

CK_KERNEL static void pack_rows(uint16_t *packed, const float *x, size_t stride, size_t rows,
                                size_t columns, enum ck_operand_format format) {
  pack_bf16(packed, x, stride, rows, columns, format);
}

CK_KERNEL static void round_rows(uint16_t *out, uint16_t *errors, size_t out_stride, const float *x,
                                 size_t x_stride, size_t rows, size_t columns) {
  round_to_bf16(out, errors, out_stride, x, x_stride, rows, columns);
}

#define CK_ENTRY_POINTS \
  .multiply = {[CK_BFLOAT16] = multiply_bf16, \
               [CK_BFLOAT16X2] = multiply_bf16x2, \
               [CK_UINT8] = multiply_uint8}, \
  .multiply_registers = {[CK_BFLOAT16] = multiply_bf16_registers, \
                         [CK_BFLOAT16X2] = multiply_bf16_registers, \
                         [CK_UINT8] = multiply_uint8_registers}, \
  .attend = attend_heads, .pack_rows = pack_rows, .round_rows = round_rows

#endif
