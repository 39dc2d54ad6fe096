// Private to CKernels: attention by blocks of 32 queries. Each road includes this behind its
// `multiply_rows`.
#ifndef ATTENTION_ROAD_H
#define ATTENTION_ROAD_H

#include "attention_pack.h"
#include "attention_rows.h"

// The scratch memory of one head.
struct attention_room {
  uint16_t *keys, *values;  // panels
  uint16_t *queries;        // a block of them, with all columns
  float *scores;            // [32, score_stride]
  size_t score_stride;
};

CK_INLINE struct attention_room divide(const struct ck_attention *a, float *scratch) {
  size_t const panels = blocks(a->keys, BLOCK) * blocks(a->size, BLOCK) * STEP_NUMBERS;
  struct attention_room room = {.keys = (uint16_t *)scratch};
  room.values = room.keys + panels;
  room.queries = room.values + panels;
  room.scores = (float *)(room.queries + blocks(a->size, BLOCK) * STEP_NUMBERS);
  // A line more, so that rows do not lie at multiples of a power of two.
  room.score_stride = blocks(a->keys, BLOCK) * BLOCK + LANES;
  return room;
}

// Some queries of one head, at most 32.
struct query_block {
  size_t first, count;
  size_t low, high;  // the keys that they attend to lie in blocks low ..< high of 32
};

CK_INLINE size_t first_key(const struct ck_attention *a, size_t query) {
  if (a->first == NULL || a->first[query] < 0) return 0;
  return least(a->keys, (size_t)a->first[query]);
}

CK_INLINE size_t last_key(const struct ck_attention *a, size_t query) {
  if (a->last == NULL) return a->keys;
  return a->last[query] < 0 ? 0 : least(a->keys, (size_t)a->last[query]);
}

CK_INLINE struct query_block query_block(const struct ck_attention *a, size_t first) {
  struct query_block block = {first, least(BLOCK, a->queries - first), 0, blocks(a->keys, BLOCK)};
  if (a->first == NULL && a->last == NULL) return block;
  size_t low = a->keys, high = 0;
  for (size_t i = first; i < first + block.count; i++) {
    size_t const begin = first_key(a, i), end = last_key(a, i);
    if (begin >= end) continue;
    low = least(low, begin);
    high = high < end ? end : high;
  }
  block.low = low < high ? low / BLOCK : 0;
  block.high = low < high ? blocks(high, BLOCK) : 0;
  return block;
}

// Scores of a block of queries with all keys that one of them attends to.
CK_INLINE void score(const struct ck_attention *a, const struct attention_room *room,
                     const struct query_block *block, size_t head) {
  const uint16_t *q = a->q + block->first * a->q_stride + head * a->size;
  size_t const steps = blocks(a->size, BLOCK);
  size_t stride = a->q_stride;
  if (block->count < BLOCK || a->size % BLOCK != 0) {
    // Tiles are read whole.
    stride = steps * BLOCK;
    for (size_t i = 0; i < block->count; i++) {
      for (size_t c = 0; c < stride; c += BLOCK) {
        uint16_t part[BLOCK];
        *(row_lanes *)(room->queries + i * stride + c) =
            *(const row_lanes *)row_part(part, q + i * a->q_stride, true, c, a->size);
      }
    }
    q = room->queries;
  }
  for (size_t i = block->low; i < block->high; i++) {
    multiply_rows(room->scores + (i - block->low) * BLOCK, room->score_stride, (const char *)q,
                  stride * 2, (const char *)(room->keys + i * steps * STEP_NUMBERS), steps,
                  block->count <= TILE, a->keys - i * BLOCK <= TILE);
  }
}

// The scores of a block as weights; their sums' inverses in factors.
CK_INLINE void weigh(const struct ck_attention *a, const struct attention_room *room,
                     const struct query_block *block, float factors[BLOCK]) {
  size_t const start = block->low * BLOCK, count = (block->high - block->low) * BLOCK;
  size_t const stride = room->score_stride;
  bool const plain = a->bias == NULL && a->first == NULL && a->last == NULL && a->keys % BLOCK == 0;
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
        .scale = a->scale,
    };
    prepare_scores(&row);
  }
  // Rows behind the last are numbers of no meaning, each by itself.
  for (size_t i = 0; i < block->count; i += ROWS_TOGETHER) {
    weigh_scores(factors + i, room->scores + i * stride, stride, count, a->bias ? 1 : a->scale);
  }
}

CK_INLINE void attend_block(const struct ck_attention *a, const struct attention_room *room,
                            const struct query_block *block, size_t head) {
  float factors[BLOCK];
  score(a, room, block, head);
  weigh(a, room, block, factors);
  size_t const steps = blocks(a->keys, BLOCK);
  for (size_t column = 0; column < a->size; column += BLOCK) {
    float sums[BLOCK][BLOCK] __attribute__((aligned(64)));
    size_t const width = least(BLOCK, a->size - column);
    const uint16_t *const panel =
        room->values + (column / BLOCK * steps + block->low) * STEP_NUMBERS;
    multiply_rows(sums[0], BLOCK, (const char *)room->scores, room->score_stride * 4,
                  (const char *)panel, block->high - block->low, block->count <= TILE,
                  width <= TILE);
    for (size_t i = 0; i < block->count; i++) {
      lanes low = *from(sums[i]) * factors[i], high = *from(sums[i] + LANES) * factors[i];
      store_result(a, block->first + i, head * a->size + column, width, &low, &high);
    }
  }
}

CK_INLINE void attend(const struct ck_attention *a, float *scratch) {
  struct attention_room const room = divide(a, scratch);
  size_t const together = a->heads / a->key_heads;
  for (size_t key_head = 0; key_head < a->key_heads; key_head++) {
    pack_keys(room.keys, a->k + key_head * a->size, a->k_stride, a->keys, a->size);
    pack_values(room.values, a->v + key_head * a->size, a->v_stride, a->keys, a->size);
    for (size_t first = 0; first < a->queries; first += BLOCK) {
      struct query_block const block = query_block(a, first);
      for (size_t i = 0; i < together; i++) {
        attend_block(a, &room, &block, key_head * together + i);
      }
    }
  }
}

#endif
