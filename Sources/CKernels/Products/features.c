// Which of the instructions that products can use are here.
#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include "CKernels.h"

// Asked once; whoever asks at the same time finds the same.
static _Atomic uint32_t known;
enum { ASKED = 1u << 31 };

#if defined(__x86_64__)

static bool bit(unsigned word, int index) { return (word >> index & 1) != 0; }

// The register sets that the operating system saves, as XGETBV tells.
static uint32_t saved_registers(void) {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// Linux gives each process the tile registers only when it asks, and may refuse.
static bool may_use_tiles(void) {
#if defined(__linux__)
  enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
  return false;
#endif
}

static uint32_t ask(void) {
  unsigned a, b, c, d, subleaves, more = 0, ignored;
  enum { AVX_STATE = 0x6, AVX512_STATE = 0xe6, TILE_STATE = 0x60000 };
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  // XGETBV, fused products.
  if (!bit(c, 27) || !bit(c, 12)) return 0;
  uint32_t const saved = saved_registers();
  if ((saved & AVX_STATE) != AVX_STATE) return 0;
  if (!__get_cpuid_count(7, 0, &subleaves, &b, &c, &d) || !bit(b, 5)) return 0;
  if (subleaves >= 1) __get_cpuid_count(7, 1, &more, &ignored, &ignored, &ignored);
  uint32_t found = CK_AVX2 | (bit(more, 4) ? CK_AVX_VNNI : 0);
  if ((saved & AVX512_STATE) != AVX512_STATE) return found;
  if (!bit(b, 16) || !bit(b, 17) || !bit(b, 30) || !bit(b, 31)) return found;
  found |= CK_AVX512 | (bit(c, 11) ? CK_AVX512_VNNI : 0) | (bit(more, 5) ? CK_AVX512_BF16 : 0);
  bool const tiles = bit(d, 24) && (saved & TILE_STATE) == TILE_STATE;
  if (!tiles || !(found & CK_AVX512_BF16) || !(found & CK_AVX512_VNNI)) return found;
  if ((!bit(d, 22) && !bit(d, 25)) || !may_use_tiles()) return found;
  return found | (bit(d, 22) ? CK_AMX_BF16 : 0) | (bit(d, 25) ? CK_AMX_INT8 : 0);
}

#elif defined(__aarch64__)

static uint32_t ask(void) {
  uint32_t found = CK_NEON;
#if defined(__linux__)
  // Linux, arch/arm64/include/uapi/asm/hwcap.h.
  enum { ASIMDDP = 20, I8MM = 13, BF16 = 14 };
  unsigned long const first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
  if (first >> ASIMDDP & 1) found |= CK_NEON_DOT;
  if (second >> BF16 & 1) found |= CK_NEON_BF16;
  if (second >> I8MM & 1) found |= CK_NEON_I8MM;
#endif
  return found;
}

#else

static uint32_t ask(void) { return 0; }

#endif

uint32_t ck_processor_features(void) {
  uint32_t found = known;
  if (found == 0) known = found = ask() | ASKED;
  return found & ~(uint32_t)ASKED;
}
