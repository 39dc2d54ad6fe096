// Attention in the matrix unit.
#if defined(__x86_64__)

#include <immintrin.h>

#define CK_HARDWARE_BF16 1
#include "kernels.h"
#pragma clang attribute push(__attribute__((target( \
    "amx-tile,amx-bf16,amx-int8,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni"))), \
    apply_to = function)
#include "tiles.h"

// to = x · panel for 32 rows of x or `upper`, the first 16; 32 outputs or `left`, the first 16.
// The strides of `to` in floats, of x in bytes.
CK_INLINE void multiply_part(float *to, size_t to_stride, const char *x, size_t x_stride,
                             const char *panel, size_t steps, bool upper, bool left) {
  _tile_zero(0);
  if (!left) _tile_zero(1);
  if (!upper) _tile_zero(2);
  if (!upper && !left) _tile_zero(3);
  for (size_t step = 0; step < steps; step++) {
    _tile_loadd(4, x, x_stride);
    _tile_loadd(6, panel, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (!left) {
      _tile_loadd(7, panel + STEP_BYTES / 2, 64);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (!upper) {
      _tile_loadd(5, x + TILE * x_stride, x_stride);
      _tile_dpbf16ps(2, 5, 6);
      if (!left) _tile_dpbf16ps(3, 5, 7);
    }
    x += 64;
    panel += STEP_BYTES;
  }
  _tile_stored(0, to, to_stride * 4);
  if (!left) _tile_stored(1, to + TILE, to_stride * 4);
  if (!upper) _tile_stored(2, to + TILE * to_stride, to_stride * 4);
  if (!upper && !left) _tile_stored(3, to + TILE * to_stride + TILE, to_stride * 4);
}

CK_INLINE void multiply_rows(float *to, size_t to_stride, const char *x, size_t x_stride,
                             const char *panel, size_t steps, bool upper, bool left) {
  if (upper && left) {
    multiply_part(to, to_stride, x, x_stride, panel, steps, true, true);
  } else if (upper) {
    multiply_part(to, to_stride, x, x_stride, panel, steps, true, false);
  } else if (left) {
    multiply_part(to, to_stride, x, x_stride, panel, steps, false, true);
  } else {
    multiply_part(to, to_stride, x, x_stride, panel, steps, false, false);
  }
}

#include "attention_road.h"
#include "tile_shape.h"

void ck_attention_amx(const struct ck_attention *a, float *scratch) {
  configure_tiles();
  attend(a, scratch);
  _tile_release();
}

#pragma clang attribute pop

#else

#include "tiles.h"

void ck_attention_amx(const struct ck_attention *a, float *scratch) {
  ck_attention_portable(a, scratch);
}

#endif
