#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CProcess.h"

enum { slots = 1024 };

// A slot is free while `count` is 0; `start` is written before `count`, so the handler, which may
// run at any instant, never sees half a range.
static struct {
  _Atomic uintptr_t start;
  _Atomic size_t count;
  atomic_bool broken;
} guarded[slots];

static pthread_mutex_t editing = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page_size;

static void page_is_gone(int signal_number, siginfo_t *info, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)info->si_addr;
  for (int slot = 0; slot < slots; slot++) {
    size_t count = atomic_load(&guarded[slot].count);
    if (count == 0 || address - atomic_load(&guarded[slot].start) >= count) continue;
    // A zero page takes the place of the lost one, so the instruction can be tried again; whoever
    // owns the map asks cp_guard_broken before it trusts what it read.
    void *page = (void *)(address & ~(page_size - 1));
    if (mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page) {
      atomic_store(&guarded[slot].broken, true);
      return;
    }
  }
  // Not ours: die as the process would have without this handler.
  signal(signal_number, SIG_DFL);
}

static void install(void) {
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {.sa_sigaction = page_is_gone, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, NULL);
}

int cp_guard_map(const void *bytes, size_t count) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  if (count == 0) return -1;
  pthread_mutex_lock(&editing);
  int slot = 0;
  while (slot < slots && atomic_load(&guarded[slot].count) != 0) slot++;
  if (slot == slots) {
    slot = -1;
  } else {
    atomic_store(&guarded[slot].broken, false);
    atomic_store(&guarded[slot].start, (uintptr_t)bytes);
    // The tail of the last page belongs to the map as well.
    atomic_store(&guarded[slot].count, (count + page_size - 1) & ~(page_size - 1));
  }
  pthread_mutex_unlock(&editing);
  return slot;
}

bool cp_guard_broken(int slot) { return slot >= 0 && atomic_load(&guarded[slot].broken); }

void cp_guard_end(int slot) {
  if (slot >= 0) atomic_store(&guarded[slot].count, 0);
}
