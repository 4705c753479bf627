// What the compiler's target has: SSE2 on x86-64, NEON on arm64.
#define LEVEL(name) name##_portable
#include "../kernels/table.inc"
