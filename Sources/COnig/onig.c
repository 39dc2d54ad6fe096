#include "COnig.h"

#include <dlfcn.h>
#include <oniguruma.h>
#include <stdio.h>
#include <stdlib.h>

// The functions of the library that are used, by their declarations.
#define FUNCTIONS(X)                                                                               \
  X(onig_initialize)                                                                               \
  X(onig_unicode_define_user_property)                                                             \
  X(onig_set_parse_depth_limit)                                                                    \
  X(onig_new)                                                                                      \
  X(onig_free)                                                                                     \
  X(onig_error_code_to_str)                                                                        \
  X(onig_region_new)                                                                               \
  X(onig_region_free)                                                                              \
  X(onig_region_clear)                                                                             \
  X(onig_new_match_param)                                                                          \
  X(onig_free_match_param)                                                                         \
  X(onig_initialize_match_param)                                                                   \
  X(onig_set_match_stack_limit_size_of_match_param)                                                \
  X(onig_set_retry_limit_in_match_of_match_param)                                                  \
  X(onig_set_retry_limit_in_search_of_match_param)                                                 \
  X(onig_set_progress_callout_of_match_param)                                                      \
  X(onig_set_callout_user_data_of_match_param)                                                     \
  X(onig_get_current_by_callout_args)                                                              \
  X(onig_get_start_by_callout_args)                                                                \
  X(onig_get_contents_by_callout_args)                                                             \
  X(onig_search_with_param)

#define DECLARE(name) __typeof__(name) *name;
// Written by co_open alone, before anything reads it.
static struct {
  FUNCTIONS(DECLARE)
  OnigEncoding utf8;
  OnigSyntaxType *syntax;
} library;

struct scan {
  OnigRegion *region;
  OnigMatchParam *param;
  // Steps that are left, and how many each callout stands for at least.
  unsigned long steps, between;
  // Where the callout before was.
  const UChar *last;
};

// Called at each position that is tried and wherever else an expression says so: counts the bytes
// that the match has gone forward since the callout before or, where it says `p`, since its start.
static int count_steps(OnigCalloutArgs *args, void *memory) {
  struct scan *scan = memory;
  const UChar *now = library.onig_get_current_by_callout_args(args);
  const UChar *before = scan->last;
  if (*library.onig_get_contents_by_callout_args(args) == 'p') {
    const UChar *start = library.onig_get_start_by_callout_args(args);
    if (start < before) before = start;
  }
  unsigned long steps = 1 + scan->between;
  if (now > before) steps += (unsigned long)(now - before);
  scan->last = now;
  if (steps > scan->steps) {
    scan->steps = 0;
    return ONIGERR_RETRY_LIMIT_IN_MATCH_OVER;
  }
  scan->steps -= steps;
  return ONIG_CALLOUT_SUCCESS;
}

// Oniguruma's messages have at most ONIG_MAX_ERROR_MESSAGE_LEN bytes, which is less than there is.
static void say(char *message, int code, OnigErrorInfo *info) {
  int length = library.onig_error_code_to_str((UChar *)message, code, info);
  message[length < 0 ? 0 : length] = 0;
}

static int load(char *message) {
  void *handle = dlopen("libonig.so.5", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(message, CO_MESSAGE, "libonig.so.5 is not there; install it (Debian: libonig5)");
    return -1;
  }
#define LOOK_UP(name)                                                                              \
  library.name = (__typeof__(name) *)dlsym(handle, #name);                                         \
  if (!library.name) {                                                                             \
    snprintf(message, CO_MESSAGE, "libonig.so.5 has no " #name "; should be of 6.9.8 or later");   \
    return -1;                                                                                     \
  }
  FUNCTIONS(LOOK_UP)
  library.utf8 = (OnigEncoding)dlsym(handle, "OnigEncodingUTF8");
  library.syntax = (OnigSyntaxType *)dlsym(handle, "OnigSyntaxOniguruma");
  if (library.utf8 && library.syntax) return 0;
  snprintf(message, CO_MESSAGE, "libonig.so.5 has no UTF-8 or no syntax of its own");
  return -1;
}

int co_open(const char *const *names, const uint32_t *const *classes, size_t count,
            char *message) {
  if (load(message)) return -1;
  int code = library.onig_initialize(&library.utf8, 1);
  for (size_t i = 0; code == ONIG_NORMAL && i < count; i++) {
    code = library.onig_unicode_define_user_property(names[i], (OnigCodePoint *)classes[i]);
  }
  // The compiler calls itself for each group within a group; 4096 would be the library's limit.
  if (code == ONIG_NORMAL) code = library.onig_set_parse_depth_limit(250);
  if (code == ONIG_NORMAL) return 0;
  say(message, code, NULL);
  return -1;
}

void *co_compile(const uint8_t *pattern, size_t count, char *message) {
  OnigErrorInfo info = {0};
  regex_t *regex = NULL;
  int code = library.onig_new(&regex, pattern, pattern + count, ONIG_OPTION_NONE, library.utf8,
                              library.syntax, &info);
  if (code == ONIG_NORMAL) return regex;
  say(message, code, &info);
  return NULL;
}

void co_free(void *regex) { library.onig_free(regex); }

void *co_scan_new(struct co_limits limits) {
  struct scan *scan = calloc(1, sizeof *scan);
  if (!scan) return NULL;
  scan->steps = limits.steps;
  scan->between = limits.between;
  scan->region = library.onig_region_new();
  scan->param = library.onig_new_match_param();
  if (!scan->region || !scan->param) {
    co_scan_free(scan);
    return NULL;
  }
  library.onig_initialize_match_param(scan->param);
  library.onig_set_retry_limit_in_match_of_match_param(scan->param, limits.retries);
  library.onig_set_match_stack_limit_size_of_match_param(scan->param, limits.stack);
  library.onig_set_progress_callout_of_match_param(scan->param, count_steps);
  library.onig_set_callout_user_data_of_match_param(scan->param, scan);
  return scan;
}

void co_scan_free(void *memory) {
  struct scan *scan = memory;
  if (scan->region) library.onig_region_free(scan->region, 1);
  if (scan->param) library.onig_free_match_param(scan->param);
  free(scan);
}

unsigned long co_scan_steps(const void *memory) { return ((const struct scan *)memory)->steps; }

int co_scan_next(void *memory, const void *regex, const uint8_t *text, size_t count, size_t from,
                 unsigned long retries, size_t *start, size_t *end, char *message) {
  struct scan *scan = memory;
  const UChar *stop = text + count;
  scan->last = text + from;
  library.onig_region_clear(scan->region);
  library.onig_set_retry_limit_in_search_of_match_param(scan->param, retries);
  // A compiled expression is only read.
  int code = library.onig_search_with_param((regex_t *)regex, text, stop, text + from, stop,
                                            scan->region, ONIG_OPTION_NONE, scan->param);
  if (code == ONIG_MISMATCH) return 0;
  if (code == ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER) return 2;
  if (code < 0) {
    say(message, code, NULL);
    return -1;
  }
  *start = (size_t)scan->region->beg[0];
  *end = (size_t)scan->region->end[0];
  return 1;
}
