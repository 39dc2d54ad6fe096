// The way back through activations, softmax and norms. A row is read in the same lanes wherever it
// stands, as on the way forward.
#include "vector_math.h"

// The first `count` ≤ 16 floats at x, then zeros; a plain load where `count` is known to be 16.
CK_INLINE void load_first(lanes *y, const float *x, size_t count) {
  if (count == LANES) {
    *y = load(x);
  } else {
    load_part(y, x, count, 0);
  }
}

CK_INLINE void store_first(float *x, size_t count, const lanes *y) {
  if (count == LANES) {
    store(x, *y);
  } else {
    store_part(x, count, y);
  }
}

// BODY(i, count) of all elements: 16 from i on, at last those that are left.
#define FOR_ALL(columns, BODY) \
  do { \
    size_t const rest_ = (columns) % LANES, whole_ = (columns) - rest_; \
    for (size_t i_ = 0; i_ < whole_; i_ += LANES) BODY(i_, LANES); \
    if (rest_ > 0) BODY(whole_, rest_); \
  } while (0)

// x ← Φ(x) + x φ(x), which is 1 − q for x ≥ 0 and q below, q = Φ(−|x|) − |x| φ(x): no cancellation.
CK_INLINE void gelu_slope(lanes *x) {
  lanes a, tail, density;
  magnitude(&a, x);
  // φ(14) is 1e-43, and ∞ · 0 would be NaN.
  a = a > 14 ? 14 : a;
  tail = a;
  normal_tail(&tail);
  tail = a > 6 ? 0 : tail;
  density = a * a * -0.5f;
  exponential(&density);
  lanes q = tail - a * density * 0x1.988454p-2f;  // 1 / √(2π)
  *x = *x < 0 ? q : 1 - q;
}

// s ← σ(u) + x u' σ(u) (1 − σ(u)), a = |x| and b = |u| for an odd u with u' = s. With e = exp(−b)
// it is r + w for x ≥ 0 and e r − w below, r = 1 / (1 + e), w = a u' e r².
CK_INLINE void gate_slope(lanes *s, const lanes *x, const lanes *a, const lanes *b) {
  lanes e = -*b;
  exponential(&e);
  lanes r = 1 / (1 + e);
  lanes w = *a * *s * e * r * r;
  *s = *x < 0 ? e * r - w : r + w;
}

CK_INLINE void silu_slope(lanes *x) {
  lanes a, slope = 1;
  magnitude(&a, x);
  // From here on e is 0.
  a = a > 88 ? 88 : a;
  gate_slope(&slope, x, &a, &a);
  *x = slope;
}

CK_INLINE void quick_gelu_slope(lanes *x) {
  lanes a, b, slope = 1.702f;
  magnitude(&a, x);
  a = a > 88 ? 88 : a;
  b = a * 1.702f;
  gate_slope(&slope, x, &a, &b);
  *x = slope;
}

CK_INLINE void gelu_tanh_slope(lanes *x) {
  float const scale = 0x1.988454p0f;  // 2 √(2/π)
  lanes a, b, slope;
  magnitude(&a, x);
  // u(12) is 142.
  a = a > 12 ? 12 : a;
  b = a * scale * (a * a * 0.044715f + 1);
  slope = scale * (a * a * 0.134145f + 1);
  gate_slope(&slope, x, &a, &b);
  *x = slope;
}

// A NaN keeps its slope, as in torch: what it made is NaN already.
CK_INLINE void relu_slope(lanes *x) {
  lanes const one = 1;
  *x = *x <= 0 ? 0 : one;
}

CK_INLINE void tanh_slope(lanes *y) { *y = (1 - *y) * (1 + *y); }

CK_INLINE void sigmoid_slope(lanes *y) { *y = *y * (1 - *y); }

#define CK_SLOPE(name, function) \
  CK_DISPATCH void name(float *dx, const float *x, const float *dy, size_t count) { \
    size_t const rest = count % LANES, whole = count - rest; \
    for (size_t i = 0; i < whole; i += LANES) { \
      lanes slope = load(x + i); \
      function(&slope); \
      store(dx + i, load(dy + i) * slope); \
    } \
    if (rest > 0) { \
      lanes slope, given; \
      load_part(&slope, x + whole, rest, 0); \
      load_part(&given, dy + whole, rest, 0); \
      function(&slope); \
      given *= slope; \
      store_part(dx + whole, rest, &given); \
    } \
  }

CK_SLOPE(ck_gelu_slope, gelu_slope)
CK_SLOPE(ck_gelu_tanh_slope, gelu_tanh_slope)
CK_SLOPE(ck_quick_gelu_slope, quick_gelu_slope)
CK_SLOPE(ck_silu_slope, silu_slope)
CK_SLOPE(ck_relu_slope, relu_slope)
CK_SLOPE(ck_tanh_slope, tanh_slope)
CK_SLOPE(ck_sigmoid_slope, sigmoid_slope)

// Σ a[i] b[i].
CK_INLINE float products(const float *a, const float *b, size_t columns) {
  lanes sums = 0, left, right;
#define ADD_PRODUCT(i, n) \
  { \
    load_first(&left, a + (i), n); \
    load_first(&right, b + (i), n); \
    sums += left * right; \
  }
  FOR_ALL(columns, ADD_PRODUCT);
  return sum(&sums);
}

CK_DISPATCH void ck_softmax_slope(float *dx, const float *y, const float *dy, size_t rows,
                                  size_t columns, float scale) {
  for (size_t r = 0; r < rows; r++, dx += columns, y += columns, dy += columns) {
    float const mean = products(y, dy, columns);
    lanes weight, given;
#define WRITE_SOFTMAX(i, n) \
  { \
    load_first(&weight, y + (i), n); \
    load_first(&given, dy + (i), n); \
    given = weight * scale * (given - mean); \
    store_first(dx + (i), n, &given); \
  }
    FOR_ALL(columns, WRITE_SOFTMAX);
  }
}

// A row that was normalised, and the derivative by what came of it.
struct norm_row {
  const float *x, *residual, *weight, *dy;
  float mean, factor;
};

// z = x + residual.
CK_INLINE void load_sum(lanes *z, const struct norm_row *row, size_t i, size_t count) {
  load_first(z, row->x + i, count);
  if (row->residual != NULL) {
    lanes more;
    load_first(&more, row->residual + i, count);
    *z += more;
  }
}

CK_INLINE void set_mean(struct norm_row *row, size_t columns) {
  lanes sums = 0, z;
#define ADD_ELEMENTS(i, n) \
  { \
    load_sum(&z, row, i, n); \
    sums += z; \
  }
  FOR_ALL(columns, ADD_ELEMENTS);
  row->mean = sum(&sums) / (float)columns;
}

CK_INLINE void set_factor(struct norm_row *row, float epsilon, size_t columns) {
  lanes sums = 0, z;
#define ADD_SQUARES(i, n) \
  { \
    load_sum(&z, row, i, n); \
    z -= row->mean; \
    if ((n) < LANES) keep_part(&z, n); \
    sums += z * z; \
  }
  FOR_ALL(columns, ADD_SQUARES);
  row->factor = 1 / __builtin_elementwise_sqrt(sum(&sums) / (float)columns + epsilon);
}

// Adds the row's share to dweight and dbias, and gives Σ e and Σ e x̂.
CK_INLINE void add_shares(float *dweight, float *dbias, const struct norm_row *row, size_t columns,
                          float *total, float *projected) {
  lanes sums = 0, products = 0, z, given, weight, old;
#define ADD_SHARES(i, n) \
  { \
    load_sum(&z, row, i, n); \
    z = (z - row->mean) * row->factor; \
    load_first(&given, row->dy + (i), n); \
    load_first(&weight, row->weight + (i), n); \
    weight *= given; \
    sums += weight; \
    products += weight * z; \
    if (dweight != NULL) { \
      load_first(&old, dweight + (i), n); \
      old += given * z; \
      store_first(dweight + (i), n, &old); \
    } \
    if (dbias != NULL) { \
      load_first(&old, dbias + (i), n); \
      old += given; \
      store_first(dbias + (i), n, &old); \
    } \
  }
  FOR_ALL(columns, ADD_SHARES);
  *total = sum(&sums);
  *projected = sum(&products);
}

// dx = ρ (e − mean(e) − x̂ mean(e ⊙ x̂)).
CK_INLINE void write_slope(float *dx, const struct norm_row *row, float mean, float projected,
                           size_t columns) {
  lanes z, given, weight;
#define WRITE_SLOPE(i, n) \
  { \
    load_sum(&z, row, i, n); \
    z = (z - row->mean) * row->factor; \
    load_first(&given, row->dy + (i), n); \
    load_first(&weight, row->weight + (i), n); \
    z = row->factor * (given * weight - mean - z * projected); \
    store_first(dx + (i), n, &z); \
  }
  FOR_ALL(columns, WRITE_SLOPE);
}

CK_DISPATCH void ck_layer_norm_slope(float *dx, float *dweight, float *dbias, const float *x,
                                     const float *residual, const float *weight, const float *dy,
                                     float epsilon, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    size_t const start = r * columns;
    struct norm_row row = {x + start, residual == NULL ? NULL : residual + start, weight,
                           dy + start, 0, 0};
    float total, projected;
    set_mean(&row, columns);
    set_factor(&row, epsilon, columns);
    add_shares(dweight, dbias, &row, columns, &total, &projected);
    if (dx == NULL) continue;
    write_slope(dx + start, &row, total / (float)columns, projected / (float)columns, columns);
  }
}

CK_DISPATCH void ck_rms_norm_slope(float *dx, float *dweight, const float *x, const float *weight,
                                   const float *dy, float epsilon, size_t rows, size_t columns,
                                   size_t stride) {
  for (size_t r = 0; r < rows; r++) {
    struct norm_row row = {x + r * stride, NULL, weight, dy + r * stride, 0, 0};
    float total, projected;
    set_factor(&row, epsilon, columns);
    add_shares(dweight, NULL, &row, columns, &total, &projected);
    if (dx == NULL) continue;
    write_slope(dx + r * stride, &row, 0, projected / (float)columns, columns);
  }
}
