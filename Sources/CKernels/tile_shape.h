// Private to CKernels: the registers of the matrix unit. Each thread has its own, and whoever is done
// releases them, because the system saves what is not released.
#ifndef TILE_SHAPE_H
#define TILE_SHAPE_H

#include <immintrin.h>

#include "kernels.h"

// Eight tiles of 16 rows and 64 bytes.
CK_INLINE void configure_tiles(void) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } const shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
  _tile_loadconfig(&shape);
}

#endif
