// Packed operands: weights, and rows in 8 bits. Rows of bfloat16 are packed by the instruction
// sets.
#include "bf16.h"

enum {
  LEVELS = 254,  // steps from a row's smallest number to its largest: rounding cannot leave a byte
  RANGES_TOGETHER = 4,
};

// Numbers of a range with smaller steps are taken for zeros: the inverse would overflow.
static const float min_step = 0x1p-120f;

typedef uint32_t packed_lanes __attribute__((ext_vector_type(16), aligned(1)));
typedef int16_t key_lanes __attribute__((ext_vector_type(32), aligned(2)));

size_t ck_packed_bytes(size_t rows, size_t columns, enum ck_operand_format format) {
  if (format == CK_FLOAT32) return rows * columns * sizeof(float);
  size_t const steps = blocks(columns, format == CK_UINT8 ? BYTE_COLUMNS : BLOCK);
  return blocks(rows, BLOCK) * steps * parts_of(format) * STEP_BYTES;
}

// Sixteen words of an output, a word of each row of its tile: `line` words from one to the next.
CK_INLINE void scatter(uint32_t *tile, const uint32_t *words) {
#pragma clang loop unroll(full)
  for (size_t i = 0; i < TILE; i++) tile[i * TILE] = words[i];
}

CK_DISPATCH void ck_pack_weight_bf16(uint16_t *packed, const float *w, size_t outputs,
                                     size_t inputs, enum ck_operand_format format) {
  size_t const steps = blocks(inputs, BLOCK), parts = parts_of(format);
  for (size_t o = 0; o < blocks(outputs, BLOCK) * BLOCK; o++) {
    uint16_t *const first = packed + o / BLOCK * steps * parts * STEP_NUMBERS +
                            o % BLOCK / TILE * (STEP_NUMBERS / 2) + o % TILE * 2;
    for (size_t step = 0; step < steps; step++) {
      size_t const column = step * BLOCK;
      // Pairs of inputs.
      union {
        uint16_t halves[BLOCK];
        uint32_t pairs[TILE];
      } row[2];
      round_row(row[0].halves, row[1].halves, w + (o < outputs ? o * inputs + column : 0),
                o < outputs ? min(BLOCK, inputs - column) : 0);
      for (size_t part = 0; part < parts; part++) {
        scatter((uint32_t *)(first + (step * parts + part) * STEP_NUMBERS), row[part].pairs);
      }
    }
  }
}

// Rows of float32 and of bfloat16.
typedef void read_lanes(lanes *y, const void *x, size_t i);

CK_INLINE void read_float(lanes *y, const void *x, size_t i) { *y = load((const float *)x + i); }

CK_INLINE void read_bf16(lanes *y, const void *x, size_t i) {
  load_bf16(y, (const uint16_t *)x + i);
}

// A row in steps of 64 columns: the last one, where it is not whole, as a copy with zeros behind.
struct stepped_row {
  const char *start;
  size_t columns, step_bytes;
  float last[BYTE_COLUMNS];
};

CK_INLINE void in_steps(struct stepped_row *row, const void *x, size_t columns, size_t size) {
  size_t const rest = columns % BYTE_COLUMNS * size;
  row->start = x;
  row->columns = columns;
  row->step_bytes = BYTE_COLUMNS * size;
  if (rest == 0) return;
  const char *const from = row->start + columns * size - rest;
  char *const last = (char *)row->last;
  for (size_t i = 0; i < rest; i++) last[i] = from[i];
  for (size_t i = rest; i < row->step_bytes; i++) last[i] = 0;
}

CK_INLINE const void *step_of(const struct stepped_row *row, size_t step) {
  bool const whole = (step + 1) * BYTE_COLUMNS <= row->columns;
  return whole ? (const void *)(row->start + step * row->step_bytes) : row->last;
}

struct range {
  float smallest, largest;
  float invalid;  // 0, or NaN where a number is not finite
};

// The range of a row, zero in it; in four parts, which do not wait for each other.
CK_INLINE struct range range(const struct stepped_row *row, read_lanes *read) {
  lanes above[4], below[4], invalid[4];
  for (int j = 0; j < 4; j++) above[j] = below[j] = invalid[j] = 0;
  for (size_t step = 0; step < blocks(row->columns, BYTE_COLUMNS); step++) {
    const void *const x = step_of(row, step);
    // Unrolled: parts in memory would wait for each other.
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
      lanes y;
      read(&y, x, j * LANES);
      raise_to(&above[j], &y);
      below[j] = y < below[j] ? y : below[j];
      invalid[j] += y - y;
    }
  }
  for (int j = 1; j < 4; j++) {
    raise_to(&above[0], &above[j]);
    below[0] = below[j] < below[0] ? below[j] : below[0];
    invalid[0] += invalid[j];
  }
  below[0] = -below[0];
  return (struct range){-largest(&below[0]), largest(&above[0]), sum(&invalid[0])};
}

// Of a row of bfloat16 the number whose integer is `key`: as integers they are in their order once
// the lower bits of the negative ones are inverted, infinities and NaNs first and last.
CK_INLINE float of_key(int32_t key) {
  uint32_t const bits = (uint32_t)(key ^ (key >> 15 & INT16_MAX)) << 16;
  float number;
  __builtin_memcpy(&number, &bits, sizeof number);
  return number;
}

// The same of a row of bfloat16.
CK_INLINE struct range bf16_range(const struct stepped_row *row) {
  key_lanes above[2] = {0, 0}, below[2] = {0, 0};
  for (size_t step = 0; step < blocks(row->columns, BYTE_COLUMNS); step++) {
    const key_lanes *const x = step_of(row, step);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 2; j++) {
      key_lanes const key = x[j] ^ (x[j] >> 15 & INT16_MAX);
      above[j] = key > above[j] ? key : above[j];
      below[j] = key < below[j] ? key : below[j];
    }
  }
  above[0] = above[1] > above[0] ? above[1] : above[0];
  below[0] = below[1] < below[0] ? below[1] : below[0];
  float const smallest = of_key(__builtin_reduce_min(below[0]));
  float const largest = of_key(__builtin_reduce_max(above[0]));
  return (struct range){smallest, largest, (smallest - smallest) + (largest - largest)};
}

CK_INLINE struct range range_of(const struct stepped_row *row, read_lanes *read) {
  return read == read_bf16 ? bf16_range(row) : range(row, read);
}

// How numbers become bytes: x · inverse + point, rounded.
struct byte_scale {
  float step, inverse, point;
};

// 1.5 · 2²³: adding it rounds to the nearest integer, which is lowest in the sum.
static const float byte_rounding = 0x1.8p23f;

CK_INLINE struct byte_scale byte_scale(const struct range *r) {
  // Half of each, because the difference of two floats may overflow.
  float const step = (r->largest / LEVELS - r->smallest / LEVELS) + r->invalid;
  bool const varies = step > min_step;
  float const inverse = varies ? 1 / step : 0;
  // The smallest number comes to lie between -¼ and ¾, the largest is not beyond 254¾.
  float const point = (-r->smallest * inverse + 0.25f + byte_rounding) - byte_rounding;
  return (struct byte_scale){step, inverse, varies ? point : 0};
}

CK_INLINE void quantize_row(uint8_t *to, const struct byte_scale *scale,
                            const struct stepped_row *row, read_lanes *read) {
  float const point = scale->point + byte_rounding;
  for (size_t step = 0; step < blocks(row->columns, BYTE_COLUMNS); step++) {
    const void *const x = step_of(row, step);
    packed_lanes all = 0;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) {
      lanes y;
      read(&y, x, i * LANES);
      y = y * scale->inverse + point;
      all += *(const packed_lanes *)&y << 8 * i;
    }
    // What the bits of byte_rounding, 0x4b400000, added to the two upper bytes.
    *(packed_lanes *)to = all - 0x8b400000;
    to += STEP_BYTES;
  }
}

// `size` bytes of a number.
CK_INLINE void quantize_rows(uint8_t *packed, float *scales, int32_t *zeros, const void *x,
                             size_t stride, size_t rows, size_t columns, size_t size,
                             read_lanes *read) {
  size_t const steps = blocks(columns, BYTE_COLUMNS);
  // A range is ready long after its row is read: those of some rows do not wait for each other.
  for (size_t first = 0; first < rows; first += RANGES_TOGETHER) {
    size_t const count = min(RANGES_TOGETHER, rows - first);
    struct stepped_row row[RANGES_TOGETHER];
    struct range ranges[RANGES_TOGETHER];
    for (size_t i = 0; i < count; i++) {
      in_steps(&row[i], (const char *)x + (first + i) * stride * size, columns, size);
      ranges[i] = range_of(&row[i], read);
    }
    for (size_t i = 0; i < count; i++) {
      size_t const r = first + i;
      struct byte_scale const scale = byte_scale(&ranges[i]);
      scales[r] = scale.step;
      zeros[r] = (int32_t)scale.point;
      uint8_t *const to = packed + r / BLOCK * steps * STEP_BYTES + r % BLOCK * BYTE_COLUMNS;
      quantize_row(to, &scale, &row[i], read);
    }
  }
  // The rest of the last block: its sums are computed and dropped.
  for (size_t r = rows; r < blocks(rows, BLOCK) * BLOCK; r++) {
    uint8_t *const to = packed + r / BLOCK * steps * STEP_BYTES + r % BLOCK * BYTE_COLUMNS;
    for (size_t step = 0; step < steps; step++) {
      for (size_t i = 0; i < BYTE_COLUMNS; i++) to[step * STEP_BYTES + i] = 0;
    }
  }
}

CK_DISPATCH void ck_pack_rows_uint8(uint8_t *packed, float *scales, int32_t *zeros,
                                    const float *x, size_t stride, size_t rows, size_t columns) {
  quantize_rows(packed, scales, zeros, x, stride, rows, columns, sizeof *x, read_float);
}

CK_DISPATCH void ck_pack_rows_uint8_of_bf16(uint8_t *packed, float *scales, int32_t *zeros,
                                            const uint16_t *x, size_t stride, size_t rows,
                                            size_t columns) {
  quantize_rows(packed, scales, zeros, x, stride, rows, columns, sizeof *x, read_bf16);
}

// 64 numbers as bytes with a sign, which lie as rows of 8 bits do; adds them to `sums`. A NaN has
// no integer; its scale makes the results NaN.
CK_INLINE void quantize_weights(uint32_t words[TILE], integer_lanes *sums, const float *x,
                                float inverse) {
  integer_lanes all = 0;
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    lanes y = load(x + i * LANES) * inverse;
    y = y > -127 ? y < 127 ? y : 127 : -127;
    y = y + 0x1.8p23f;
    // What the bits of 1.5 · 2²³ are without.
    integer_lanes const q = *(const integer_lanes *)&y - 0x4b400000;
    *sums += q;
    all |= (q & 255) << 8 * i;
  }
  *(integer_lanes *)words = all;
}

CK_DISPATCH void ck_pack_weight_int8(int8_t *packed, float *scales, int32_t *sums,
                                     const float *w, size_t outputs, size_t inputs) {
  size_t const steps = blocks(inputs, BYTE_COLUMNS);
  for (size_t o = 0; o < blocks(outputs, BLOCK) * BLOCK; o++) {
    struct stepped_row row;
    in_steps(&row, w + (o < outputs ? o * inputs : 0), o < outputs ? inputs : 0, sizeof *w);
    struct range const r = range(&row, read_float);
    float const most = r.largest > -r.smallest ? r.largest : -r.smallest;
    float const scale = most / 127 + r.invalid, inverse = scale > min_step ? 1 / scale : 0;
    int8_t *const first = packed + o / BLOCK * steps * STEP_BYTES +
                          o % BLOCK / TILE * (STEP_BYTES / 2) + o % TILE * 4;
    integer_lanes all = 0;
    for (size_t step = 0; step < steps; step++) {
      static const float zeros[BYTE_COLUMNS] = {0};
      uint32_t words[TILE];
      quantize_weights(words, &all, o < outputs ? step_of(&row, step) : zeros, inverse);
      scatter((uint32_t *)(first + step * STEP_BYTES), words);
    }
    int32_t sum = 0;
    for (int i = 0; i < LANES; i++) sum += all[i];
    scales[o] = scale;
    sums[o] = sum;
  }
}
