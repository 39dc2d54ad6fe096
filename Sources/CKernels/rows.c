// What is done to a row as a whole: its columns are read in the same lanes wherever the row stands.
#include "vector_math.h"

CK_INLINE void softmax(float *x, size_t columns, float scale) {
  size_t const rest = columns % LANES, whole = columns - rest;
  // The part after the last whole vector stays in registers; -∞ there adds nothing.
  lanes tail;
  load_part(&tail, x + whole, rest, -__builtin_inff());
  lanes peaks = tail;
  for (size_t i = 0; i < whole; i += LANES) raise_to(&peaks, &load(x + i));
  float const peak = largest(&peaks);

  lanes sums = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    lanes y = (load(x + i) - peak) * scale;
    exponential(&y);
    store(x + i, y);
    sums += y;
  }
  if (rest > 0) {
    tail = (tail - peak) * scale;
    exponential(&tail);
    sums += tail;
  }

  float const factor = 1 / sum(&sums);
  for (size_t i = 0; i < whole; i += LANES) store(x + i, load(x + i) * factor);
  if (rest > 0) {
    tail *= factor;
    store_part(x + whole, rest, &tail);
  }
}

CK_DISPATCH void ck_softmax(float *x, size_t rows, size_t columns, float scale) {
  for (size_t r = 0; r < rows; r++) softmax(x + r * columns, columns, scale);
}

// y = x + residual, and the sum of its elements.
CK_INLINE float add(float *y, const float *x, const float *residual, size_t columns) {
  size_t const rest = columns % LANES, whole = columns - rest;
  lanes sums = 0, more;
  for (size_t i = 0; i < whole; i += LANES) {
    lanes both = load(x + i) + load(residual + i);
    store(y + i, both);
    sums += both;
  }
  if (rest > 0) {
    lanes both;
    load_part(&both, x + whole, rest, 0);
    load_part(&more, residual + whole, rest, 0);
    both += more;
    store_part(y + whole, rest, &both);
    sums += both;
  }
  return sum(&sums);
}

CK_INLINE float total(const float *x, size_t columns) {
  size_t const rest = columns % LANES, whole = columns - rest;
  lanes sums = 0, more;
  for (size_t i = 0; i < whole; i += LANES) sums += load(x + i);
  if (rest > 0) {
    load_part(&more, x + whole, rest, 0);
    sums += more;
  }
  return sum(&sums);
}

// Σ (x - mean)².
CK_INLINE float squares(const float *x, float mean, size_t columns) {
  size_t const rest = columns % LANES, whole = columns - rest;
  lanes sums = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    lanes y = load(x + i) - mean;
    sums += y * y;
  }
  if (rest > 0) {
    lanes y;
    load_part(&y, x + whole, rest, 0);
    y -= mean;
    keep_part(&y, rest);
    sums += y * y;
  }
  return sum(&sums);
}

// out = (x - mean) · factor · weight + bias.
CK_INLINE void scale_and_shift(float *out, const float *x, float mean, float factor,
                               const float *weight, const float *bias, size_t columns) {
  size_t const rest = columns % LANES, whole = columns - rest;
  for (size_t i = 0; i < whole; i += LANES) {
    store(out + i, (load(x + i) - mean) * factor * load(weight + i) + load(bias + i));
  }
  if (rest > 0) {
    lanes y, w, b;
    load_part(&y, x + whole, rest, 0);
    load_part(&w, weight + whole, rest, 0);
    load_part(&b, bias + whole, rest, 0);
    y = (y - mean) * factor * w + b;
    store_part(out + whole, rest, &y);
  }
}

CK_DISPATCH void ck_layer_norm(float *out, const float *x, const float *residual,
                               const float *weight, const float *bias, float epsilon, size_t rows,
                               size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float *const to = out + r * columns;
    const float *y = x + r * columns;
    float all;
    if (residual == NULL) {
      all = total(y, columns);
    } else {
      all = add(to, y, residual + r * columns, columns);
      y = to;
    }
    float const mean = all / (float)columns;
    float const variance = squares(y, mean, columns) / (float)columns;
    float const factor = 1 / __builtin_elementwise_sqrt(variance + epsilon);
    scale_and_shift(to, y, mean, factor, weight, bias, columns);
  }
}

CK_DISPATCH void ck_rms_norm(float *out, const float *x, const float *weight, float epsilon,
                             size_t rows, size_t columns) {
  size_t const rest = columns % LANES, whole = columns - rest;
  for (size_t r = 0; r < rows; r++, out += columns, x += columns) {
    float const mean = squares(x, 0, columns) / (float)columns;
    float const factor = 1 / __builtin_elementwise_sqrt(mean + epsilon);
    for (size_t i = 0; i < whole; i += LANES) {
      store(out + i, load(x + i) * factor * load(weight + i));
    }
    if (rest > 0) {
      lanes y, w;
      load_part(&y, x + whole, rest, 0);
      load_part(&w, weight + whole, rest, 0);
      y = y * factor * w;
      store_part(out + whole, rest, &y);
    }
  }
}

CK_DISPATCH void ck_add_to_rows(float *x, const float *vector, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns) {
    for (size_t c = 0; c < columns; c++) x[c] += vector[c];
  }
}
