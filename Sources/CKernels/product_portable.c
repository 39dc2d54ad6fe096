// Products with no instructions for them: bfloat16 is widened, and bytes are multiplied as 32 bits.
#include "kernels.h"

#define CK_ROAD CK_DISPATCH

#include "multiply_portable.h"
#include "tile_product.h"

CK_DISPATCH static void multiply_whole(const struct product *p) {
  multiply(p, CK_BFLOAT16);
}

CK_DISPATCH static void multiply_split(const struct product *p) {
  multiply(p, CK_BFLOAT16X2);
}

CK_DISPATCH static void multiply_bytes(const struct product *p) {
  multiply(p, CK_UINT8);
}

void ck_product_portable(const struct product *p, enum ck_operand_format format) {
  switch (format) {
    case CK_FLOAT32: break;
    case CK_BFLOAT16: multiply_whole(p); break;
    case CK_BFLOAT16X2: multiply_split(p); break;
    case CK_UINT8: multiply_bytes(p); break;
  }
}
