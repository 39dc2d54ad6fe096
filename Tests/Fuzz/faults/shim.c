// Makes one system call of a program fail: LD_PRELOAD this, and FAULT=call:n:kind. The n-th `call`
// (read, mmap, …) then fails, with n = -k every k-th; kinds are names of errors, or "short" for a
// read or write of one byte, or "kill": the process is killed before the call. FAULT_COUNT=FILE gets
// how many such calls there were.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char wanted[32], kind[16];
static long which, calls;

static void read_fault(void) {
  static int done;
  if (done) return;
  done = 1;
  const char *fault = getenv("FAULT");
  if (fault) sscanf(fault, "%31[^:]:%ld:%15s", wanted, &which, kind);
}

static int is_hit(const char *call) {
  read_fault();
  if (strcmp(call, wanted) != 0) return 0;
  long number = __sync_add_and_fetch(&calls, 1);
  int is_hit = which > 0 ? number == which : which < 0 && number % -which == 0;
  if (is_hit && strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL);
  return is_hit;
}

static int error_number(void) {
  static const struct {
    const char *name;
    int number;
  } errors[] = {{"eio", EIO},       {"enospc", ENOSPC}, {"enomem", ENOMEM}, {"eintr", EINTR},
                {"eagain", EAGAIN}, {"emfile", EMFILE}, {"eacces", EACCES}};
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    if (strcmp(kind, errors[i].name) == 0) return errors[i].number;
  }
  return EIO;
}

static int is_short(void) { return strcmp(kind, "short") == 0; }

__attribute__((destructor)) static void write_count(void) {
  const char *path = getenv("FAULT_COUNT");
  if (!path) return;
  FILE *file = fopen(path, "w");
  if (!file) return;
  fprintf(file, "%ld\n", calls);
  fclose(file);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

// What fails as a whole.
#define WHOLE(result, name, call, parameters, ...) \
  result name parameters { \
    REAL(name); \
    if (is_hit(call)) { \
      errno = error_number(); \
      return (result)-1; \
    } \
    return real(__VA_ARGS__); \
  }

// What may also do a part of its work.
#define PARTIAL(name, call, parameters, full, part) \
  ssize_t name parameters { \
    REAL(name); \
    if (is_hit(call)) { \
      if (is_short()) return real part; \
      errno = error_number(); \
      return -1; \
    } \
    return real full; \
  }

PARTIAL(read, "read", (int d, void *b, size_t n), (d, b, n), (d, b, n > 1 ? 1 : n))
PARTIAL(pread, "pread", (int d, void *b, size_t n, off_t o), (d, b, n, o), (d, b, n > 1 ? 1 : n, o))
PARTIAL(pread64, "pread", (int d, void *b, size_t n, off64_t o), (d, b, n, o),
        (d, b, n > 1 ? 1 : n, o))
PARTIAL(pwrite, "pwrite", (int d, const void *b, size_t n, off_t o), (d, b, n, o),
        (d, b, n > 1 ? n / 2 : n, o))
PARTIAL(pwrite64, "pwrite", (int d, const void *b, size_t n, off64_t o), (d, b, n, o),
        (d, b, n > 1 ? n / 2 : n, o))

// Messages must arrive, to be looked at.
ssize_t write(int d, const void *b, size_t n) {
  REAL(write);
  if (d != 2 && is_hit("write")) {
    if (is_short()) return real(d, b, n > 1 ? n / 2 : n);
    errno = error_number();
    return -1;
  }
  return real(d, b, n);
}

WHOLE(int, fsync, "fsync", (int d), d)
WHOLE(int, rename, "rename", (const char *a, const char *b), a, b)
WHOLE(int, renameat2, "rename", (int d, const char *a, int e, const char *b, unsigned f), d, a, e, b, f)
WHOLE(int, rmdir, "rmdir", (const char *a), a)
WHOLE(int, ftruncate, "ftruncate", (int d, off_t o), d, o)
WHOLE(int, ftruncate64, "ftruncate", (int d, off64_t o), d, o)
WHOLE(int, unlink, "unlink", (const char *a), a)
WHOLE(int, mkdir, "mkdir", (const char *a, mode_t m), a, m)
WHOLE(int, fchmod, "fchmod", (int d, mode_t m), d, m)
WHOLE(int, flock, "flock", (int d, int o), d, o)
WHOLE(int, fstat, "fstat", (int d, struct stat *s), d, s)
WHOLE(int, fstat64, "fstat", (int d, struct stat64 *s), d, s)
WHOLE(int, lstat, "lstat", (const char *a, struct stat *s), a, s)
WHOLE(int, lstat64, "lstat", (const char *a, struct stat64 *s), a, s)
WHOLE(int, poll, "poll", (struct pollfd * p, nfds_t n, int t), p, n, t)

int close(int d) {
  REAL(close);
  int result = real(d);
  if (!is_hit("close")) return result;
  errno = error_number();
  return -1;
}

void *mmap(void *a, size_t n, int p, int f, int d, off_t o) {
  REAL(mmap);
  if (!is_hit(d >= 0 ? "mmap" : "mmapanon")) return real(a, n, p, f, d, o);
  errno = error_number();
  return MAP_FAILED;
}

void *mmap64(void *a, size_t n, int p, int f, int d, off64_t o) {
  REAL(mmap64);
  if (!is_hit(d >= 0 ? "mmap" : "mmapanon")) return real(a, n, p, f, d, o);
  errno = error_number();
  return MAP_FAILED;
}

static int failing_open(void) {
  if (!is_hit("open")) return 0;
  errno = error_number();
  return 1;
}

int open(const char *path, int flags, ...) {
  static int (*real)(const char *, int, ...);
  if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return failing_open() ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  static int (*real)(const char *, int, ...);
  if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return failing_open() ? -1 : real(path, flags, mode);
}
