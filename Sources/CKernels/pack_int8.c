// Matrices of float32 as the tiles and panels of 8-bit numbers that products read.
#include "lanes.h"
#include "tiles.h"

enum { COLUMNS = 64 };  // of a step

// Numbers of a range with smaller steps are taken for zeros: the inverse would overflow.
static const float least_step = 0x1p-120f;

typedef uint8_t byte_lanes __attribute__((ext_vector_type(16), aligned(1)));

size_t ck_int8_count(size_t rows, size_t columns) {
  return blocks(rows, BLOCK) * blocks(columns, COLUMNS) * STEP_BYTES;
}

// Lanes from i on of a row of `count`, zeros behind it.
CK_INLINE void load_from(lanes *y, const float *x, size_t i, size_t count) {
  if (i + LANES <= count) {
    *y = *from(x + i);
  } else {
    load_part(y, x + i, i < count ? count - i : 0, 0);
  }
}

struct range {
  float least, largest;
  float bad;  // 0, or NaN where a number is not finite
};

// The range of a row, zero in it; in four parts, which do not wait for each other.
CK_INLINE struct range range(const float *x, size_t count) {
  lanes above[4], below[4], bad[4];
  for (int j = 0; j < 4; j++) above[j] = below[j] = bad[j] = 0;
  for (size_t i = 0; i < count; i += COLUMNS) {
    for (size_t j = 0; j < 4; j++) {
      lanes y;
      load_from(&y, x, i + j * LANES, count);
      raise_to(&above[j], &y);
      below[j] = y < below[j] ? y : below[j];
      bad[j] += y - y;
    }
  }
  for (int j = 1; j < 4; j++) {
    raise_to(&above[0], &above[j]);
    below[0] = below[j] < below[0] ? below[j] : below[0];
    bad[0] += bad[j];
  }
  below[0] = -below[0];
  return (struct range){-largest(&below[0]), largest(&above[0]), sum(&bad[0])};
}

CK_INLINE void quantize_row(uint8_t *to, float *scale, int32_t *zero, const float *x,
                            size_t columns) {
  struct range const r = range(x, columns);
  // Half of each, because the difference of two floats may overflow.
  float const step = (r.largest / 255 - r.least / 255) + r.bad;
  bool const varies = step > least_step;
  float const inverse = varies ? 1 / step : 0;
  // 1.5 · 2²³: adding it rounds to the nearest integer, which is lowest in the sum.
  float const rounding = 0x1.8p23f;
  float const point = varies ? (-r.least * inverse + rounding) - rounding : 0;
  *scale = step;
  *zero = (int32_t)point;
  for (size_t i = 0; i < columns; i += COLUMNS) {
    for (size_t j = 0; j < COLUMNS; j += LANES) {
      lanes y;
      load_from(&y, x, i + j, columns);
      y = y * inverse + point;
      y = y > 0 ? y : 0;
      y = (y < 255 ? y : 255) + rounding;
      whole_lanes const q = *(whole_lanes *)&y;
      *(byte_lanes *)(to + j) = __builtin_convertvector(q, byte_lanes);
    }
    to += STEP_BYTES;
  }
}

CK_DISPATCH void ck_tiles_int8(uint8_t *tiles, float *scales, int32_t *zeros, const float *x,
                               size_t stride, size_t rows, size_t columns) {
  size_t const steps = blocks(columns, COLUMNS);
  for (size_t r = 0; r < blocks(rows, BLOCK) * BLOCK; r++) {
    uint8_t *const to = tiles + r / BLOCK * steps * STEP_BYTES + r % BLOCK * COLUMNS;
    if (r < rows) {
      quantize_row(to, scales + r, zeros + r, x + r * stride, columns);
    } else {
      for (size_t step = 0; step < steps; step++) {
        for (size_t i = 0; i < COLUMNS; i++) to[step * STEP_BYTES + i] = 0;
      }
    }
  }
}

CK_DISPATCH void ck_panels_int8(int8_t *panels, float *scales, int32_t *sums, const float *w,
                                size_t outputs, size_t inputs) {
  size_t const steps = blocks(inputs, COLUMNS);
  for (size_t o = 0; o < blocks(outputs, BLOCK) * BLOCK; o++) {
    const float *const row = w + (o < outputs ? o * inputs : 0);
    size_t const count = o < outputs ? inputs : 0;
    struct range const r = range(row, count);
    float const most = r.largest > -r.least ? r.largest : -r.least;
    float const scale = most / 127 + r.bad, inverse = scale > least_step ? 1 / scale : 0;
    int32_t sum = 0;
    for (size_t i = 0; i < steps * COLUMNS; i++) {
      float const x = i < count ? row[i] * inverse : 0;
      // A NaN has no integer; its scale makes the results NaN.
      float const held = x > -127 ? x < 127 ? x : 127 : -127;
      int32_t const q = (int32_t)((held + 0x1.8p23f) - 0x1.8p23f);
      // Four inputs, an output after the other, 16 outputs of one tile.
      size_t const place = (o / BLOCK * steps + i / COLUMNS) * STEP_BYTES +
                           o % BLOCK / TILE * (STEP_BYTES / 2) + i % COLUMNS / 4 * (TILE * 4) +
                           o % TILE * 4 + i % 4;
      panels[place] = (int8_t)q;
      sum += q;
    }
    scales[o] = scale;
    sums[o] = sum;
  }
}
