// Products with no instructions for them: bfloat16 is widened, and bytes are multiplied as 32 bits.
#include "kernels.h"

#define CK_ROAD CK_DISPATCH

#include "multiply_portable.h"
#include "tile_product.h"

CK_DISPATCH static void multiply_whole(const struct product *p) {
  multiply(p, WHOLE);
}

CK_DISPATCH static void multiply_split(const struct product *p) {
  multiply(p, SPLIT);
}

CK_DISPATCH static void multiply_bytes(const struct product *p) {
  multiply(p, BYTES);
}

void ck_product_portable(const struct product *p, enum kind kind) {
  switch (kind) {
    case WHOLE: multiply_whole(p); break;
    case SPLIT: multiply_split(p); break;
    case BYTES: multiply_bytes(p); break;
  }
}
