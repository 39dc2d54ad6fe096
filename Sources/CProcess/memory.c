#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CProcess.h"

static _Atomic size_t bound = cp_no_bound;
// What cp_map has given out, whether it was written to yet or not.
static _Atomic size_t mapped;

void cp_set_memory_bound(size_t bytes) { bound = bytes; }
size_t cp_memory_bound(void) { return bound; }

size_t cp_memory_held(void) {
  // Of its seven numbers, in pages, the second is what is resident, the third what of it belongs to
  // files or is shared (Linux, Documentation/filesystems/proc.rst).
  int before = errno;
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    errno = before;
    return 0;
  }
  // A read may give less than there is, and half a number would be another.
  char text[128];
  size_t count = 0;
  while (count < sizeof text) {
    ssize_t added = read(file, text + count, sizeof text - count);
    if (added < 0 && errno == EINTR) continue;
    if (added <= 0) break;
    count += (size_t)added;
  }
  close(file);
  errno = before;
  size_t fields[3] = {0, 0, 0};
  int field = 0;
  for (size_t i = 0; i < count && field < 3; i++) {
    if (text[i] >= '0' && text[i] <= '9') {
      fields[field] = fields[field] * 10 + (size_t)(text[i] - '0');
    } else {
      field++;
    }
  }
  size_t own = fields[1] > fields[2] ? fields[1] - fields[2] : 0;
  own *= (size_t)sysconf(_SC_PAGESIZE);
  size_t given = mapped;
  return own > given ? own : given;
}

static bool allows(size_t bytes, size_t held) {
  return held <= bound && bytes <= bound - held;
}

bool cp_memory_allows(size_t bytes) {
  return bound == cp_no_bound || allows(bytes, cp_memory_held());
}

void *cp_map(size_t bytes) {
  // Counted first, so that of several threads that ask at once none is overlooked.
  mapped += bytes;
  if (bound != cp_no_bound && !allows(0, cp_memory_held())) cp_end_without_memory(bytes);
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) cp_end_without_memory(bytes);
  return memory;
}

void cp_unmap(void *memory, size_t bytes) {
  munmap(memory, bytes);
  mapped -= bytes;
}

void *cp_allocate(size_t bytes) {
  enum { LINE = 64 };
  void *memory = NULL;
  // Called here and not by the Swift runtime, which knows no message where it is a library.
  if (posix_memalign(&memory, LINE, bytes > 0 ? bytes : 1) != 0) cp_end_without_memory(bytes);
  return memory;
}

bool cp_can_map(size_t bytes) {
  void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return false;
  munmap(room, bytes);
  return true;
}

static char *append(char *end, const char *text) {
  while (*text != 0) *end++ = *text++;
  return end;
}

static char *append_number(char *end, size_t number) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) *end++ = digits[--count];
  return end;
}

_Noreturn void cp_end_without_memory(size_t bytes) {
  // Of several threads that end up here, one speaks.
  static atomic_flag is_ending = ATOMIC_FLAG_INIT;
  while (atomic_flag_test_and_set(&is_ending)) pause();
  char line[256];
  char *end = append(line, "embed: not enough memory: ");
  end = append_number(end, bytes);
  end = append(end, " more bytes are needed, ");
  end = append_number(end, cp_memory_held());
  end = append(end, " are held");
  size_t most = bound;
  if (most != cp_no_bound) {
    end = append(end, ", at most ");
    end = append_number(end, most);
    end = append(end, " may be (--memory)");
  }
  end = append(end, "; give less at a time, or more memory\n");
  // Nothing can be done where standard error does not take it.
  if (write(2, line, (size_t)(end - line)) < 0) _exit(1);
  _exit(1);
}
