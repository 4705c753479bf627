#include "mlm_kernels.h"

extern const mlm_kernels mlm_kernels_portable;
#if defined(__x86_64__)
extern const mlm_kernels mlm_kernels_v3, mlm_kernels_v4;
#endif

int mlm_highest_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return MLM_LEVEL_V4;
  if (__builtin_cpu_supports("x86-64-v3")) return MLM_LEVEL_V3;
#endif
  return MLM_LEVEL_PORTABLE;
}

const mlm_kernels *mlm_kernels_at(int level) {
#if defined(__x86_64__)
  if (level >= MLM_LEVEL_V4) return &mlm_kernels_v4;
  if (level == MLM_LEVEL_V3) return &mlm_kernels_v3;
#endif
  (void)level;
  return &mlm_kernels_portable;
}
