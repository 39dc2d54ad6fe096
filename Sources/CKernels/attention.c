// Which road attention takes, and the one that every processor has.
#include "multiply_portable.h"
#include "multiply_rows.h"
#include "attention_road.h"

size_t ck_attention_scratch(size_t keys, size_t size) {
  size_t const panel_steps = blocks(keys, BLOCK) * blocks(size, BLOCK);
  return panel_steps * STEP_NUMBERS + blocks(size, BLOCK) * (STEP_NUMBERS / 2) +
         BLOCK * (blocks(keys, BLOCK) * BLOCK + LANES);
}

CK_DISPATCH void ck_attention_portable(const struct ck_attention *a, float *scratch) {
  attend(a, scratch);
}

void ck_attention_bf16(const struct ck_attention *a, float *scratch, uint32_t features) {
  uint32_t const usable = features & ck_processor_features();
  if (a->queries == 0 || a->size == 0 || a->key_heads == 0) return;
  if (has(usable, VECTOR_ROAD | CK_AMX_BF16)) {
    ck_attention_amx(a, scratch);
  } else if (has(usable, VECTOR_ROAD)) {
    ck_attention_avx512(a, scratch);
  } else {
    ck_attention_portable(a, scratch);
  }
}
