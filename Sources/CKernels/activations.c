// The activations over whole matrices.
#include "vector_math.h"

// Every element by itself, so rows and columns are one run of numbers.
#define CK_ACTIVATION(name, function) \
  CK_DISPATCH void name(float *x, size_t rows, size_t columns) { \
    size_t const count = rows * columns, whole = count - count % LANES; \
    for (size_t i = 0; i < whole; i += LANES) { \
      lanes y = load(x + i); \
      function(&y); \
      store(x + i, y); \
    } \
    if (whole < count) { \
      lanes y; \
      load_part(&y, x + whole, count - whole, 0); \
      function(&y); \
      store_part(x + whole, count - whole, &y); \
    } \
  }

CK_ACTIVATION(ck_gelu, gelu)
CK_ACTIVATION(ck_gelu_tanh, gelu_tanh)
CK_ACTIVATION(ck_quick_gelu, quick_gelu)
CK_ACTIVATION(ck_silu, silu)
CK_ACTIVATION(ck_relu, relu)
CK_ACTIVATION(ck_tanh, hyperbolic_tangent)
CK_ACTIVATION(ck_sigmoid, sigmoid)
