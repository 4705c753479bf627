// Copies a block of a matrix to memory that it does not overlap; its rows are too short for calls of
// memcpy.
#pragma once
#include <stddef.h>
#include <string.h>

static inline __attribute__((always_inline)) void copy_block(float *to, ptrdiff_t to_stride,
                                                             const float *from,
                                                             ptrdiff_t from_stride, ptrdiff_t rows,
                                                             ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++, to += to_stride, from += from_stride) {
    ptrdiff_t c = 0;
    for (; c + 16 <= columns; c += 16) memcpy(to + c, from + c, 16 * sizeof(float));
#define COPY(count)                                     \
  if (columns & (count)) {                              \
    memcpy(to + c, from + c, (count) * sizeof(float));  \
    c += (count);                                       \
  }
    COPY(8)
    COPY(4)
    COPY(2)
    COPY(1)
#undef COPY
  }
}
