// Oniguruma's library, opened when a tokenizer first needs an expression that nothing else matches.
#ifndef CONIG_H
#define CONIG_H

#include <stddef.h>
#include <stdint.h>

// Room for a message of any of these functions.
#define CO_MESSAGE 160

// Opens the library and defines classes that expressions can name: `\p{name}`. Each is a count and
// that many pairs of a first and a last scalar, and must live as long as the process. Call once,
// before the others. Returns 0, or -1 with a message.
int co_open(const char *const *names, const uint32_t *const *classes, size_t count, char *message);

// Compiles an expression in Oniguruma's syntax over UTF-8. Returns NULL with a message if it is
// none. The result may be shared by threads.
void *co_compile(const uint8_t *pattern, size_t count, char *message);

void co_free(void *regex);

// What the searches of one thread may take.
struct co_limits {
  // Steps back of a match, and entries of its stack.
  unsigned long retries;
  unsigned int stack;
  // Steps forward of all searches: bytes between one `(?{t})` of the expression and the next, or
  // between the start of a match and a `(?{p})`, and `between` more for each.
  unsigned long steps, between;
};

// The memory of one thread's searches. NULL if there is none left.
void *co_scan_new(struct co_limits limits);

void co_scan_free(void *scan);

// The steps forward that are left.
unsigned long co_scan_steps(const void *scan);

// Looks for a match from `from` on. Returns 1 and where it is, 0 if there is none, 2 if that takes
// more than `retries` steps back, or -1 with a message.
int co_scan_next(void *scan, const void *regex, const uint8_t *text, size_t count, size_t from,
                 unsigned long retries, size_t *start, size_t *end, char *message);

#endif
