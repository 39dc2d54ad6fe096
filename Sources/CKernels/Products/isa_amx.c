// Kernels for the matrix unit: 32 · 32 sums in four tile registers, fed from the other four.
//
// A panel's next few steps (24 KB) stay in the L1 cache while all row blocks of a slab go past
// them, from L2 and, by the hint of stream loads, without room in L1. Meanwhile the vector units
// run the epilogue of the block before, a few rows per step, and the panel's following steps are
// fetched into L2.
#if defined(__x86_64__)

#include <immintrin.h>

#include "CKernels.h"

#define CK_HARDWARE_BF16 1
#pragma clang attribute push(__attribute__((target( \
    "amx-tile,amx-bf16,amx-int8,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni"))), \
    apply_to = function)
#include "epilogue.h"

// Steps that stay in L1, times parts.
enum { RESIDENT_STEPS = 12 };

// Eight tiles of 16 rows and 64 bytes. Each thread has its own, and whoever is done releases them,
// because the system saves what is not released.
CK_INLINE void configure_tiles(void) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } const shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
  _tile_loadconfig(&shape);
}

#define CK_PREPARE() configure_tiles()
#define CK_RELEASE() _tile_release()

// Tiles 0…3 are sums; 4, 5 the upper and lower half of a row block, 6, 7 the left and right half of
// a panel. Without a lower half 2, 3 and 5 are left alone.
#define CK_PRODUCTS(multiply, half) \
  multiply(0, 4, 6); \
  multiply(1, 4, 7); \
  if (!half) { \
    multiply(2, 5, 6); \
    multiply(3, 5, 7); \
  }

#define CK_LEFT(x, half) \
  _tile_stream_loadd(4, x, TILE_LINE); \
  if (!half) _tile_stream_loadd(5, (x) + STEP_BYTES / 2, TILE_LINE)

#define CK_RIGHT(w) \
  _tile_loadd(6, w, TILE_LINE); \
  _tile_loadd(7, (w) + STEP_BYTES / 2, TILE_LINE)

CK_INLINE void multiply_step(enum ck_operand_format format, bool half, const char *x,
                             const char *w) {
  CK_LEFT(x, half);
  if (format == CK_BFLOAT16X2) {
    CK_RIGHT(w + STEP_BYTES);
    CK_PRODUCTS(_tile_dpbf16ps, half)
  }
  CK_RIGHT(w);
  if (format == CK_UINT8) {
    CK_PRODUCTS(_tile_dpbusd, half)
  } else {
    CK_PRODUCTS(_tile_dpbf16ps, half)
  }
  if (format == CK_BFLOAT16X2) {
    CK_LEFT(x + STEP_BYTES, half);
    CK_PRODUCTS(_tile_dpbf16ps, half)
  }
}

CK_INLINE void load_sums(const float *sums, bool half) {
  _tile_loadd(0, sums, TILE_LINE);
  _tile_loadd(1, sums + BLOCK_SUMS / 4, TILE_LINE);
  if (half) return;
  _tile_loadd(2, sums + BLOCK_SUMS / 2, TILE_LINE);
  _tile_loadd(3, sums + BLOCK_SUMS / 4 * 3, TILE_LINE);
}

CK_INLINE void zero_sums(bool half) {
  _tile_zero(0);
  _tile_zero(1);
  if (half) return;
  _tile_zero(2);
  _tile_zero(3);
}

CK_INLINE void store_sums(float *sums, bool half) {
  _tile_stored(0, sums, TILE_LINE);
  _tile_stored(1, sums + BLOCK_SUMS / 4, TILE_LINE);
  if (half) return;
  _tile_stored(2, sums + BLOCK_SUMS / 2, TILE_LINE);
  _tile_stored(3, sums + BLOCK_SUMS / 4 * 3, TILE_LINE);
}

CK_INLINE size_t multiply_registers(enum ck_operand_format format, size_t times, float *room) {
  CK_RIGHT((const char *)room);
  CK_LEFT((const char *)room, false);
  zero_sums(false);
#pragma clang loop unroll(disable)
  for (size_t i = 0; i < times; i++) {
    if (format == CK_UINT8) {
      CK_PRODUCTS(_tile_dpbusd, false)
    } else {
      CK_PRODUCTS(_tile_dpbf16ps, false)
    }
  }
  store_sums(room, false);
  return times * BLOCK * BLOCK * (format == CK_UINT8 ? BYTE_COLUMNS : BLOCK);
}

// Some steps of a panel that all row blocks of a slab go past, and what goes on beside it.
struct pass {
  const char *w;
  size_t steps, step_bytes;
  size_t lines;  // of the steps after these, to fetch per step and row block
  size_t late;   // steps before any row's epilogue
  size_t rate;   // rows whose epilogue runs with each step that follows, times 256
};

// Continues until this many rows are done, and some more if they are better done together.
CK_INLINE void run_due(struct epilogue *e, size_t rows) {
  size_t const due = (rows + e->rows_together - 1) & -e->rows_together;
  if (e->next < min(due, e->end)) e->run(e, due - e->next);
}

// A row block's share in a pass: `from` NULL begins with sums of zero.
CK_INLINE void multiply_block(const struct pass *pass, enum ck_operand_format format, bool half,
                              const char *x, size_t block, const float *from, float *to,
                              struct epilogue *before) {
  const char *w = pass->w;
  size_t const first = min(block * pass->lines, pass->step_bytes / TILE_LINE);
  size_t const lines = min(pass->lines, pass->step_bytes / TILE_LINE - first);
  const char *next = w + pass->steps * pass->step_bytes + first * TILE_LINE;
  if (from == NULL) {
    zero_sums(half);
  } else {
    load_sums(from, half);
  }
  for (size_t step = 0; step < pass->steps; step++) {
    multiply_step(format, half, x, w);
    for (size_t i = 0; i < lines; i++) _mm_prefetch(next + i * TILE_LINE, _MM_HINT_T1);
    run_due(before, (step + 1 - pass->late) * pass->rate / 256);
    x += pass->step_bytes;
    w += pass->step_bytes;
    next += pass->step_bytes;
  }
  store_sums(to, half);
}

// All panels for the row blocks first ..< first + count.
CK_INLINE void multiply_slab(const struct product *p, enum ck_operand_format format, size_t first,
                             size_t count) {
  size_t const block_bytes = p->block_bytes;
  // Without inputs, one pass of no steps, which makes zeros.
  size_t const steps = p->steps > 0 ? p->steps : 1;
  size_t const most = blocks(steps, blocks(steps * p->step_bytes, RESIDENT_STEPS * STEP_BYTES));
  size_t const rows = min(count * BLOCK, p->to->rows - first * BLOCK);
  bool const ends_half = (rows - 1) % BLOCK < TILE;
  // The sums of the block before are hardly stored with the first step; of few steps it is needed.
  size_t const late = most > 8 ? 1 : 0;
  struct pass pass = {
      .step_bytes = p->step_bytes,
      .lines = blocks(p->step_bytes / TILE_LINE, count),
      .late = late,
      .rate = blocks(BLOCK * 256, most - late),
  };
  // Sums of a block whose epilogue runs while the next one is made, and of that.
  float *const ready = p->scratch, *const sums = p->scratch + 2 * BLOCK_SUMS;
  struct epilogue before = {.rows_together = 1};
  for (size_t panel = p->first_panel; panel < p->end_panel; panel++) {
    for (size_t step = 0; step == 0 || step < p->steps; step += most) {
      pass.steps = min(most, p->steps - step);
      pass.w = p->w + panel * block_bytes + step * p->step_bytes;
      bool const begins = step == 0, ends = step + pass.steps == p->steps;
      for (size_t block = 0; block < count; block++) {
        const char *const x = p->x + (first + block) * block_bytes + step * p->step_bytes;
        float *const between = sums + block * BLOCK_SUMS;
        float *const to = ends ? ready + (panel * count + block) % 2 * BLOCK_SUMS : between;
        if (ends_half && block + 1 == count) {
          multiply_block(&pass, format, true, x, block, begins ? NULL : between, to, &before);
        } else {
          multiply_block(&pass, format, false, x, block, begins ? NULL : between, to, &before);
        }
        if (!ends) continue;
        while (before.next < before.end) before.run(&before, BLOCK);
        before = epilogue(p, to, first + block, panel);
      }
    }
  }
  while (before.next < before.end) before.run(&before, BLOCK);
}

CK_INLINE void multiply(const struct product *p, enum ck_operand_format format) {
  size_t const all = blocks(p->to->rows, BLOCK);
  size_t const slab = slab_blocks(p->to->rows, p->steps * p->step_bytes);
  for (size_t first = 0; first < all; first += slab) {
    multiply_slab(p, format, first, min(slab, all - first));
  }
}

CK_INLINE void multiply_part(float *to, size_t to_stride, const char *x, size_t x_stride,
                             const char *panel, size_t steps, bool upper, bool left) {
  _tile_zero(0);
  if (!left) _tile_zero(1);
  if (!upper) _tile_zero(2);
  if (!upper && !left) _tile_zero(3);
  for (size_t step = 0; step < steps; step++) {
    _tile_loadd(4, x, x_stride);
    _tile_loadd(6, panel, TILE_LINE);
    _tile_dpbf16ps(0, 4, 6);
    if (!left) {
      _tile_loadd(7, panel + STEP_BYTES / 2, TILE_LINE);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (!upper) {
      _tile_loadd(5, x + TILE * x_stride, x_stride);
      _tile_dpbf16ps(2, 5, 6);
      if (!left) _tile_dpbf16ps(3, 5, 7);
    }
    x += TILE_LINE;
    panel += STEP_BYTES;
  }
  _tile_stored(0, to, to_stride * 4);
  if (!left) _tile_stored(1, to + TILE, to_stride * 4);
  if (!upper) _tile_stored(2, to + TILE * to_stride, to_stride * 4);
  if (!upper && !left) _tile_stored(3, to + TILE * to_stride + TILE, to_stride * 4);
}

// What attention multiplies with: to = x · panel for `rows` of 32 rows of x and `outputs` of the 32
// of a panel, and some more. The strides of `to` in floats, of x in bytes.
CK_INLINE void multiply_rows(float *to, size_t to_stride, const char *x, size_t x_stride,
                             const char *panel, size_t inputs, size_t rows, size_t outputs) {
  size_t const steps = blocks(inputs, BLOCK);
  bool const left = outputs <= TILE;
  if (rows <= TILE && left) {
    multiply_part(to, to_stride, x, x_stride, panel, steps, true, true);
  } else if (rows <= TILE) {
    multiply_part(to, to_stride, x, x_stride, panel, steps, true, false);
  } else if (left) {
    multiply_part(to, to_stride, x, x_stride, panel, steps, false, true);
  } else {
    multiply_part(to, to_stride, x, x_stride, panel, steps, false, false);
  }
}

#include "entry_points.h"

const struct kernels ck_amx_kernels = {
    .name = "amx",
    .bf16_features = AVX512_BF16_FEATURES | CK_AMX_BF16,
    .uint8_features = AVX512_BF16_FEATURES | CK_AMX_INT8,
    CK_ENTRY_POINTS,
};

#pragma clang attribute pop

#endif
