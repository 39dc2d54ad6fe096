// Every instruction set that this processor has, against portable code: products of random
// operands and shapes in each format, and attention. Plain C, so that it runs wherever there is a
// compiler and an emulator: see `run`.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static uint64_t state = 1;

// Uniform in low ..< high (Marsaglia's xorshift64, "Xorshift RNGs", 2003).
static float number(float low, float high) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return low + (high - low) * (float)(state >> 40) / (float)(1 << 24);
}

static void *memory(size_t bytes) {
  void *const start = aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (start == NULL) abort();
  return memset(start, 0xff, (bytes + 127) / 64 * 64);
}

static float *numbers(size_t count, float low, float high) {
  float *const x = memory(count * sizeof *x);
  for (size_t i = 0; i < count; i++) x[i] = number(low, high);
  return x;
}

struct shape {
  size_t rows, inputs, outputs;
};

// x · wᵀ by the features; `out` is [rows, outputs]. All but portable code makes it in two parts, as
// threads do that share it.
static void multiply(float *out, const float *x, const float *w, struct shape s,
                     enum ck_operand_format format, uint32_t features) {
  void *const left = memory(ck_packed_bytes(s.rows, s.inputs, format));
  void *const right = memory(ck_packed_bytes(s.outputs, s.inputs, format));
  float *const x_scales = memory(s.rows * 4), *const w_scales = memory((s.outputs + 32) * 4);
  int32_t *const zeros = memory(s.rows * 4), *const sums = memory((s.outputs + 32) * 4);
  float *const scratch = memory(ck_linear_scratch(s.rows, s.inputs, format) * 4);
  if (format == CK_UINT8) {
    ck_pack_rows_uint8(left, x_scales, zeros, x, s.inputs, s.rows, s.inputs);
    ck_pack_weight_int8(right, w_scales, sums, w, s.outputs, s.inputs);
  } else {
    ck_pack_rows_bf16(left, x, s.inputs, s.rows, s.inputs, format);
    ck_pack_weight_bf16(right, w, s.outputs, s.inputs, format);
  }
  size_t const cut = features == 0 ? 0 : s.outputs / 2 / 32 * 32;
  for (size_t first = 0;; first = cut) {
    struct ck_linear const to = {.rows = s.rows, .inputs = s.inputs, .outputs = s.outputs,
                                 .first_output = first, .end_output = first < cut ? cut : 0,
                                 .out = out, .out_stride = s.outputs};
    if (format == CK_UINT8) {
      ck_linear_int8(&to, left, x_scales, zeros, right, w_scales, sums, scratch, features);
    } else {
      ck_linear_bf16(&to, left, right, format, scratch, features);
    }
    if (first == cut) break;
  }
  void *const all[] = {left, right, x_scales, w_scales, zeros, sums, scratch};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

// Whether all numbers are as near as sums of so many products of numbers below 1 allow.
static bool near(const float *a, const float *b, size_t count, float tolerance) {
  for (size_t i = 0; i < count; i++) {
    if (!(fabsf(a[i] - b[i]) <= tolerance)) return false;
  }
  return true;
}

static bool products_agree(struct shape s, enum ck_operand_format format, uint32_t features) {
  float *const x = numbers(s.rows * s.inputs, -1, 1);
  float *const w = numbers(s.outputs * s.inputs, -1, 1);
  size_t const count = s.rows * s.outputs;
  float *const found = memory(count * 4), *const expected = memory(count * 4);
  multiply(found, x, w, s, format, features);
  multiply(expected, x, w, s, format, 0);
  // Sums of bytes are integers, so those are the same.
  bool const same = memcmp(found, expected, count * 4) == 0;
  float const tolerance = 1e-6f * (float)(s.inputs + 1);
  bool const agree = format == CK_UINT8 ? same : near(found, expected, count, tolerance);
  free(x), free(w), free(found), free(expected);
  return agree;
}

static bool attention_agrees(size_t tokens, size_t size, enum ck_operand_format format,
                             uint32_t features) {
  enum { HEADS = 3 };
  size_t const width = HEADS * size, count = tokens * 3 * width;
  float *const exact = numbers(count, -2, 2);
  bool const two = format == CK_BFLOAT16X2;
  uint16_t *const x = memory(2 * count * 2 + 64 * 3 * width * 2);
  ck_round_to_bf16(x, two ? x + count : NULL, 3 * width, exact, 3 * width, tokens, 3 * width);
  float *const scratch = memory(ck_attention_scratch(tokens, size, format) * 4);
  float *const found = memory(tokens * width * 4), *const expected = memory(tokens * width * 4);
  struct ck_attention a = {
      .queries = tokens, .keys = tokens, .heads = HEADS, .key_heads = HEADS, .size = size,
      .q = x, .k = x + width, .v = x + 2 * width,
      .q_stride = 3 * width, .k_stride = 3 * width, .v_stride = 3 * width,
      .errors = two ? count : 0,
      .scale = 1 / sqrtf((float)size), .out = found, .out_stride = width};
  ck_attention_bf16(&a, scratch, features);
  a.out = expected;
  ck_attention_bf16(&a, scratch, 0);
  // Values are below 2: each may be off by 2⁻⁸ of that, of two parts by 2⁻¹³.
  bool const agree = near(found, expected, tokens * width, two ? 0x1p-11f : 0x1p-6f);
  free(exact), free(x), free(scratch), free(found), free(expected);
  return agree;
}

int main(void) {
  static struct shape const shapes[] = {{1, 1, 1},    {3, 64, 32},   {31, 33, 35},
                                        {33, 65, 31}, {100, 96, 70}, {17, 1000, 48}};
  static const char *const formats[] = {"f32", "bf16", "bf16x2", "int8"};
  uint32_t const here = ck_processor_features();
  const char *seen[4][16] = {{NULL}};
  int failures = 0;
  // Every choice among the features that are here leads to one of the sets.
  for (uint32_t features = here;; features = (features - 1) & here) {
    for (int format = CK_BFLOAT16; format <= CK_UINT8; format++) {
      const char *const set = ck_instruction_set(format, features);
      const char **place = seen[format];
      while (*place != NULL && strcmp(*place, set) != 0) place++;
      if (*place != NULL) continue;
      *place = set;
      bool agree = true;
      for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        agree = agree && products_agree(shapes[i], format, features);
      }
      for (size_t tokens = 1; format != CK_UINT8 && tokens < 80; tokens += 13) {
        agree = agree && attention_agrees(tokens, tokens % 2 == 0 ? 32 : 40, format, features);
      }
      printf("%s %s: %s\n", formats[format], set, agree ? "as portable code" : "DIFFERS");
      failures += !agree;
    }
    if (features == 0) break;
  }
  return failures > 0;
}
