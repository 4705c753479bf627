// x86-64-v3: AVX2 and FMA, 8 floats in a register.
#if defined(__x86_64__)
// Before the attribute: it is for our functions only.
#include <float.h>
#include <math.h>
#include <string.h>

#include "../include/mlm_kernels.h"

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define LEVEL(name) name##_v3
#include "../kernels/table.inc"
#pragma clang attribute pop
#endif
