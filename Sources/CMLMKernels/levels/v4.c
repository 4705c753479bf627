// x86-64-v4: AVX-512, 16 floats in a register. The compiler would prefer 8 without being asked.
#if defined(__x86_64__)
// Before the attribute: it is for our functions only.
#include <float.h>
#include <math.h>
#include <string.h>

#include "../include/mlm_kernels.h"

#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"), min_vector_width(512))), \
    apply_to = function)
#define LEVEL(name) name##_v4
#include "../kernels/table.inc"
#pragma clang attribute pop
#endif
