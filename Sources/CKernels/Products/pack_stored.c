// Weights that are packed out of files, for one product after the other.
#include "../turn.h"
#include "layout.h"

typedef uint16_t half_lanes __attribute__((ext_vector_type(32), aligned(2)));

// A step of a row of bfloat16, zeros behind its end, as pairs of inputs.
union stored_step {
  half_lanes halves;
  eight_lanes pairs[2];
};

CK_INLINE void read_step(union stored_step *step, const uint16_t *row, size_t columns) {
  if (columns == BLOCK) {
    step->halves = *(const half_lanes *)row;
  } else {
    uint16_t some[BLOCK] = {0};
    for (size_t i = 0; i < columns; i++) some[i] = row[i];
    step->halves = *(const half_lanes *)some;
  }
  half_lanes const exponent = step->halves & 0x7f80;
  step->halves = exponent == 0 ? step->halves & 0x8000 : step->halves;
}

enum { AHEAD = 512 };  // bytes of a row; a page's end stops the processor's own reading ahead

CK_DISPATCH void ck_pack_panel_of_bf16(uint16_t *packed, const uint16_t *const *rows,
                                       size_t outputs, size_t inputs) {
  // Eight outputs from their first input to their last: the processor fetches so many rows ahead.
  for (size_t first = 0; first < BLOCK; first += SIDE) {
    for (size_t step = 0; step < blocks(inputs, BLOCK); step++) {
      size_t const column = step * BLOCK;
      eight_lanes low[SIDE], high[SIDE];
      for (size_t i = 0; i < SIDE; i++) {
        size_t const output = first + i;
        if (output < outputs) __builtin_prefetch((const char *)(rows[output] + column) + AHEAD);
        union stored_step read;
        read_step(&read, output < outputs ? rows[output] + column : 0,
                  output < outputs ? min(BLOCK, inputs - column) : 0);
        low[i] = read.pairs[0];
        high[i] = read.pairs[1];
      }
      turn(low);
      turn(high);
      // Pairs of inputs are rows of a tile now.
      float *const tile =
          (float *)(packed + step * STEP_NUMBERS + first / TILE * (STEP_NUMBERS / 2)) + first % TILE;
      for (size_t pair = 0; pair < SIDE; pair++) {
        *(eight_lanes *)(tile + pair * TILE) = low[pair];
        *(eight_lanes *)(tile + (SIDE + pair) * TILE) = high[pair];
      }
    }
  }
}
