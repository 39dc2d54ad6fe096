// Private to CKernels: attention by blocks of 32 queries. An instruction set defines
// `multiply_rows` before it includes this.
#ifndef ATTENTION_KERNEL_H
#define ATTENTION_KERNEL_H

#include "attention_pack.h"
#include "attention_softmax.h"

// The scratch memory of one head. Where numbers have two parts, [Qh Qh Ql] meets [Kh Kl Kh].
struct head_scratch {
  uint16_t *keys;     // a packed weight
  uint16_t *values;   // another, and behind it that of the lower parts
  uint16_t *queries;  // a block of them, with all columns
  float *scores;      // [32, score_stride]
  uint16_t *errors;   // [32, score_stride]: what weights lose by rounding, of two parts
  size_t score_stride;
  size_t steps;         // of a panel of keys, and of a row of queries
  size_t value_numbers; // of one part
};

CK_INLINE size_t attention_parts(const struct ck_attention *a) { return a->errors > 0 ? 2 : 1; }

CK_INLINE struct head_scratch divide_scratch(const struct ck_attention *a, float *scratch) {
  size_t const panels = blocks(a->keys, BLOCK), steps = blocks(a->size, BLOCK);
  size_t const parts = attention_parts(a);
  struct head_scratch room = {
      .keys = (uint16_t *)scratch,
      .steps = steps * attention_products(parts),
      .value_numbers = panels * steps * STEP_NUMBERS,
      // A cache line more, so that rows do not lie at multiples of a power of two.
      .score_stride = panels * BLOCK + LANES,
  };
  room.values = room.keys + panels * room.steps * STEP_NUMBERS;
  room.queries = room.values + parts * room.value_numbers;
  room.scores = (float *)(room.queries + room.steps * STEP_NUMBERS);
  room.errors = (uint16_t *)(room.scores + BLOCK * room.score_stride);
  return room;
}

// Some queries of one head, at most 32.
struct query_block {
  size_t first, count;
  size_t low, high;  // the keys that they attend to lie in blocks low ..< high of 32
};

// How many keys these are, up to a multiple of 16.
CK_INLINE size_t key_count(const struct ck_attention *a, const struct query_block *block) {
  return min(block->high * BLOCK, blocks(a->keys, TILE) * TILE) - block->low * BLOCK;
}

CK_INLINE size_t first_key(const struct ck_attention *a, size_t query) {
  if (a->first == NULL || a->first[query] < 0) return 0;
  return min(a->keys, (size_t)a->first[query]);
}

CK_INLINE size_t last_key(const struct ck_attention *a, size_t query) {
  if (a->last == NULL) return a->keys;
  return a->last[query] < 0 ? 0 : min(a->keys, (size_t)a->last[query]);
}

CK_INLINE struct query_block query_block(const struct ck_attention *a, size_t first) {
  struct query_block block = {first, min(BLOCK, a->queries - first), 0, blocks(a->keys, BLOCK)};
  if (a->first == NULL && a->last == NULL) return block;
  size_t low = a->keys, high = 0;
  for (size_t i = first; i < first + block.count; i++) {
    size_t const begin = first_key(a, i), end = last_key(a, i);
    if (begin >= end) continue;
    low = min(low, begin);
    high = high < end ? end : high;
  }
  block.low = low < high ? low / BLOCK : 0;
  block.high = low < high ? blocks(high, BLOCK) : 0;
  return block;
}

// Scores of a block of queries with all keys that one of them attends to.
CK_INLINE void score_block(const struct ck_attention *a, const struct head_scratch *room,
                           const struct query_block *block, size_t head) {
  const uint16_t *q = a->q + block->first * a->q_stride + head * a->size;
  size_t const part_columns = blocks(a->size, BLOCK) * BLOCK;
  size_t stride = a->q_stride, columns = a->size;
  if (block->count < BLOCK || a->size % BLOCK != 0 || a->errors > 0) {
    // A tile is read as a whole.
    stride = room->steps * BLOCK;
    columns = a->errors > 0 ? stride : a->size;
    for (size_t i = 0; i < block->count; i++) {
      for (size_t c = 0; c < stride; c += BLOCK) {
        uint16_t part[BLOCK];
        const uint16_t *const row = q + i * a->q_stride + (c < 2 * part_columns ? 0 : a->errors);
        *(row_lanes *)(room->queries + i * stride + c) =
            *(const row_lanes *)row_part(part, row, true, c % part_columns, a->size);
      }
    }
    q = room->queries;
  }
  for (size_t i = block->low; i < block->high; i++) {
    multiply_rows(room->scores + (i - block->low) * BLOCK, room->score_stride, (const char *)q,
                  stride * 2, (const char *)(room->keys + i * room->steps * STEP_NUMBERS), columns,
                  block->count, min(BLOCK, a->keys - i * BLOCK));
  }
}

// The scores of a block to weights; the inverses of their sums to factors.
CK_INLINE void softmax_block(const struct ck_attention *a, const struct head_scratch *room,
                             const struct query_block *block, float factors[BLOCK]) {
  size_t const start = block->low * BLOCK, count = key_count(a, block);
  size_t const stride = room->score_stride;
  bool const capped = a->cap > 0;
  bool const plain =
      a->bias == NULL && !capped && a->first == NULL && a->last == NULL && a->keys % TILE == 0;
  // What a cap is taken of is scaled to it, and multiplied by it as weights are made.
  float const left = a->bias != NULL ? 1 : capped ? a->cap : a->scale;
  for (size_t i = 0; i < block->count && !plain; i++) {
    size_t const query = block->first + i;
    size_t const begin = first_key(a, query), end = last_key(a, query);
    bool const none = begin >= end;
    struct score_row const row = {
        .scores = room->scores + i * stride,
        .count = count,
        .begin = none ? 0 : begin - start,
        .end = none ? 0 : end - start,
        .bias = a->bias ? a->bias + query * a->bias_stride + start : NULL,
        .scale = capped ? a->scale / a->cap : a->scale,
        .capped = capped,
    };
    bias_and_mask(&row);
  }
  // Rows behind the last hold numbers without meaning; no row depends on another.
  for (size_t i = 0; i < block->count; i += SOFTMAX_ROWS) {
    softmax_rows(factors + i, room->scores + i * stride,
                 a->errors > 0 ? room->errors + i * stride : NULL, stride, count, left);
  }
}

// Where 32 columns of the result of one query go.
CK_INLINE void store_result(const struct ck_attention *to, size_t query, size_t column,
                            size_t width, const lanes *low, const lanes *high) {
  if (to->out != NULL) {
    float *const out = to->out + query * to->out_stride + column;
    if (width == BLOCK) {
      store(out, *low);
      store(out + LANES, *high);
    } else {
      float each[BLOCK];
      store(each, *low);
      store(each + LANES, *high);
      for (size_t i = 0; i < width; i++) out[i] = each[i];
    }
  }
  if (to->packed == NULL) return;
  size_t const row = to->packed_row + query, start = to->packed_column + column;
  size_t const steps = blocks(to->packed_columns, BLOCK), parts = parts_of(to->packed_format);
  size_t const block = STEP_NUMBERS * parts;
  uint16_t *const tile = to->packed + row / BLOCK * steps * block + row % BLOCK * BLOCK;
  if (width == BLOCK && start % BLOCK == 0) {
    store_packed_row(tile + start / BLOCK * block, low, high, to->packed_format);
    return;
  }
  uint16_t room[STEP_NUMBERS + BLOCK];
  store_packed_row(room, low, high, to->packed_format);
  // Behind the last column of the matrix the rest of its block is zero.
  bool const last = start + width == to->packed_columns;
  size_t const end = last ? steps * BLOCK - start : width;
  for (size_t i = 0; i < end; i++) {
    uint16_t *const element = tile + (start + i) / BLOCK * block + (start + i) % BLOCK;
    for (size_t part = 0; part < parts; part++) {
      element[part * STEP_NUMBERS] = i < width ? room[part * STEP_NUMBERS + i] : 0;
    }
  }
}

typedef float block_sums[BLOCK][BLOCK] __attribute__((aligned(64)));

// Adds what the lower parts of weights and of values make.
CK_INLINE void add_lower_parts(const struct ck_attention *a, const struct head_scratch *room,
                               const struct query_block *block, block_sums sums,
                               const uint16_t *panel, size_t width) {
  block_sums high_low, low_high;
  size_t const keys = key_count(a, block);
  multiply_rows(high_low[0], BLOCK, (const char *)room->scores, room->score_stride * 4,
                (const char *)(panel + room->value_numbers), keys, block->count, width);
  multiply_rows(low_high[0], BLOCK, (const char *)room->errors, room->score_stride * 2,
                (const char *)panel, keys, block->count, width);
  for (size_t i = 0; i < block->count; i++) {
    for (size_t c = 0; c < BLOCK; c += LANES) {
      store(sums[i] + c, load(sums[i] + c) + (load(high_low[i] + c) + load(low_high[i] + c)));
    }
  }
}

CK_INLINE void attend_block(const struct ck_attention *a, const struct head_scratch *room,
                            const struct query_block *block, size_t head) {
  float factors[BLOCK];
  score_block(a, room, block, head);
  softmax_block(a, room, block, factors);
  size_t const steps = blocks(a->keys, BLOCK);
  for (size_t column = 0; column < a->size; column += BLOCK) {
    block_sums sums;
    size_t const width = min(BLOCK, a->size - column);
    const uint16_t *const panel =
        room->values + (column / BLOCK * steps + block->low) * STEP_NUMBERS;
    multiply_rows(sums[0], BLOCK, (const char *)room->scores, room->score_stride * 4,
                  (const char *)panel, key_count(a, block), block->count, width);
    if (a->errors > 0) add_lower_parts(a, room, block, sums, panel, width);
    for (size_t i = 0; i < block->count; i++) {
      lanes low = load(sums[i]) * factors[i], high = load(sums[i] + LANES) * factors[i];
      store_result(a, block->first + i, head * a->size + column, width, &low, &high);
    }
  }
}

CK_INLINE void attend(const struct ck_attention *a, float *scratch) {
  struct head_scratch const room = divide_scratch(a, scratch);
  size_t const together = a->heads / a->key_heads;
  for (size_t key_head = 0; key_head < a->key_heads; key_head++) {
    const uint16_t *const k = a->k + key_head * a->size, *const v = a->v + key_head * a->size;
    size_t const part = blocks(a->size, BLOCK) * STEP_NUMBERS;
    pack_keys(room.keys, room.steps, k, a->k_stride, a->keys, a->size);
    pack_values(room.values, v, a->v_stride, a->keys, a->size);
    if (a->errors > 0) {
      pack_keys(room.keys + part, room.steps, k + a->errors, a->k_stride, a->keys, a->size);
      pack_keys(room.keys + 2 * part, room.steps, k, a->k_stride, a->keys, a->size);
      pack_values(room.values + room.value_numbers, v + a->errors, a->v_stride, a->keys, a->size);
    }
    for (size_t first = 0; first < a->queries; first += BLOCK) {
      struct query_block const block = query_block(a, first);
      for (size_t i = 0; i < together; i++) {
        attend_block(a, &room, &block, key_head * together + i);
      }
    }
  }
}

#endif
