#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "mlm_kernels.h"

#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

int mlm_available_cpus(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

#if defined(__x86_64__)
#include <cpuid.h>

int mlm_has_dot_products(void) {
  const unsigned dot_products = 1u << 5;
  unsigned a, b, c, d;
  return mlm_highest_level() >= MLM_LEVEL_V4 && __get_cpuid_count(7, 1, &a, &b, &c, &d) &&
         (a & dot_products);
}

mlm_cpu_model mlm_this_cpu(void) {
  mlm_cpu_model cpu = {0};
  unsigned a, b, c, d;
  if (!__get_cpuid(0, &a, &b, &c, &d)) return cpu;
  if (b == signature_INTEL_ebx && c == signature_INTEL_ecx && d == signature_INTEL_edx) {
    cpu.vendor = MLM_VENDOR_INTEL;
  } else if (b == signature_AMD_ebx && c == signature_AMD_ecx && d == signature_AMD_edx) {
    cpu.vendor = MLM_VENDOR_AMD;
  }
  if (!__get_cpuid(1, &a, &b, &c, &d)) return cpu;
  cpu.stepping = a & 15;
  cpu.model = a >> 4 & 15;
  cpu.family = a >> 8 & 15;
  if (cpu.family == 6 || cpu.family == 15) cpu.model |= (a >> 16 & 15) << 4;
  if (cpu.family == 15) cpu.family += a >> 20 & 255;
  return cpu;
}
#else
int mlm_has_dot_products(void) { return 0; }
mlm_cpu_model mlm_this_cpu(void) { return (mlm_cpu_model){0}; }
#endif

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>

static unsigned long long enabled_state(void) {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (unsigned long long)high << 32 | low;
}

// Executes no tile instruction. Leaf 0x1D, which describes the tiles, is not read: hypervisors hide it.
int mlm_matrix_tiles(void) {
  const unsigned bf16 = 1u << 22, tile = 1u << 24, saves_state = 1u << 27;
  const unsigned long long tile_state = 3ull << 17;
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & bf16) || !(d & tile)) return MLM_TILES_NONE;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & saves_state)) return MLM_TILES_NONE;
  if ((enabled_state() & tile_state) != tile_state) return MLM_TILES_REFUSED;
  // ARCH_REQ_XCOMP_PERM for the tiles' data, which is state 18.
  return syscall(SYS_arch_prctl, 0x1023, 18) == 0 ? MLM_TILES_USABLE : MLM_TILES_REFUSED;
}
#else
int mlm_matrix_tiles(void) { return MLM_TILES_NONE; }
#endif
