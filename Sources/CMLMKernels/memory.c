// Memory that was freed and that the C library keeps.
#include "mlm_kernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void mlm_give_back_freed_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
