// Oniguruma's library, opened when a tokenizer first needs an expression that nothing else matches.
#ifndef CONIG_H
#define CONIG_H

#include <stddef.h>
#include <stdint.h>

// Room for a message of any of these functions.
#define CO_MESSAGE 160

// Opens the library and gives it classes, to be named in expressions: `\p{name}`. Each is a count
// and so many pairs of a first and a last scalar, and must live as long as the process. Call once,
// before the others. Returns 0, or -1 with a message.
int co_open(const char *const *names, const uint32_t *const *classes, size_t count, char *message);

// Compiles an expression in Oniguruma's syntax over UTF-8. Returns NULL with a message if it is
// none. The result may be shared by threads.
void *co_compile(const uint8_t *pattern, size_t count, char *message);

void co_free(void *regex);

// What the searches of one thread may take.
struct co_limits {
  // Steps back of a match, and places that it keeps to go back to.
  unsigned long retries;
  unsigned int places;
  // Seconds of computing in all. The clock is looked at wherever the expression says `(?{t})`, but
  // so many go by in between.
  double seconds;
  unsigned long callouts;
};

// The memory of one thread's searches. NULL if there is none left.
void *co_scan_new(struct co_limits limits);

void co_scan_free(void *scan);

// What searches have taken of `seconds`, if it was enough to look at the clock.
double co_scan_seconds(const void *scan);

// Looks for a match from `from` on. Returns 1 and where it is, 0 if there is none, 2 if that takes
// more than `retries` steps back, or -1 with a message.
int co_scan_next(void *scan, const void *regex, const uint8_t *text, size_t count, size_t from,
                 unsigned long retries, size_t *start, size_t *end, char *message);

#endif
