// Late interaction: products of a query's rows with a document's, of which only the largest count.
#include "lanes.h"

// Rows of a document that are multiplied together: with sixteen rows of the query they make twelve
// sums of eight lanes, which leaves AVX2 the registers that the operands need.
enum { TOGETHER = 6 };

void ck_maxsim_pack(float *packed, const float *query, size_t rows, size_t columns) {
  for (size_t first = 0; first < rows; first += LANES) {
    for (size_t column = 0; column < columns; column++) {
      for (size_t lane = 0; lane < LANES; lane++) {
        size_t const row = first + lane;
        *packed++ = row < rows ? query[row * columns + column] : 0;
      }
    }
  }
}

// Raises each of `most` to the products of its row of the query with some rows of the document, and
// adds to `sound` zeros, or NaN where a product is not finite.
CK_INLINE void raise_to_products(lanes *most, lanes *sound, const float *query,
                                 const float *const *document, size_t columns) {
  lanes sums[TOGETHER];
  for (size_t r = 0; r < TOGETHER; r++) sums[r] = 0;
  for (size_t column = 0; column < columns; column++) {
    lanes const left = load(query + column * LANES);
    for (size_t r = 0; r < TOGETHER; r++) sums[r] += left * document[r][column];
  }
  for (size_t r = 0; r < TOGETHER; r++) {
    raise_to(most, &sums[r]);
    *sound += sums[r] * 0;
  }
}

CK_DISPATCH float ck_maxsim(const float *packed, size_t rows, const float *document,
                            size_t document_rows, size_t columns) {
  float total = 0;
  lanes sound = {0};
  for (size_t first = 0; first < rows && document_rows > 0; first += LANES) {
    lanes most;
    most = -__builtin_inff();
    for (size_t row = 0; row < document_rows; row += TOGETHER) {
      const float *together[TOGETHER];
      for (size_t r = 0; r < TOGETHER; r++) {
        // After the last row it comes again, which changes no maximum.
        size_t const place = row + r < document_rows ? row + r : document_rows - 1;
        together[r] = document + place * columns;
      }
      raise_to_products(&most, &sound, packed + first * columns, together, columns);
    }
    if (rows - first < LANES) keep_part(&most, rows - first);
    total += sum(&most);
  }
  return total + sum(&sound);
}
