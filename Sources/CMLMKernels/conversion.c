// Packing of bf16 operands by the instruction that rounds float32 numbers to bf16 (AVX512-BF16).
#include "mlm_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit"), min_vector_width(512))), \
    apply_to = function)
#define LEVEL(name) name##_conversion
#define ROW(m, r) ((m).data + (r) * (m).stride)

// The first of 16 places, those that there are of `count` places or more.
static inline __mmask16 first_places(ptrdiff_t count) {
  return count >= 16 ? 0xffff : count > 0 ? (__mmask16)((1 << count) - 1) : 0;
}

// A tile from numbers whose inner places lie side by side: 16 rows of 32.
static inline void LEVEL(pack_inner)(uint32_t *tile, const float *x, ptrdiff_t stride,
                                     ptrdiff_t rows, ptrdiff_t columns, float scale) {
  __m512 factor = _mm512_set1_ps(scale);
  __mmask16 left = first_places(columns), right = first_places(columns - MLM_TILE_DEPTH / 2);
  for (int outer = 0; outer < MLM_TILE_ROWS; outer++, x += stride) {
    __m512i both = _mm512_setzero_si512();
    if (outer < rows) {
      __m512 first = _mm512_mul_ps(_mm512_maskz_loadu_ps(left, x), factor);
      __m512 second =
          _mm512_mul_ps(_mm512_maskz_loadu_ps(right, x + MLM_TILE_DEPTH / 2), factor);
      both = (__m512i)_mm512_cvtne2ps_pbh(second, first);
    }
    _mm512_storeu_si512(tile + outer * MLM_TILE_ROWS, both);
  }
}

// A tile from numbers whose outer places lie side by side: 32 rows of 16.
static inline void LEVEL(pack_outer)(uint32_t *tile, const float *x, ptrdiff_t stride,
                                     ptrdiff_t rows, ptrdiff_t columns, float scale) {
  // The numbers of the even and of the odd row by turns.
  const __m512i by_turns = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24,
                                            8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  __m512 factor = _mm512_set1_ps(scale);
  __mmask16 there = first_places(columns);
  for (int row = 0; row < MLM_TILE_DEPTH; row += 2, x += 2 * stride) {
    __m512 even = _mm512_setzero_ps(), odd = _mm512_setzero_ps();
    if (row < rows) even = _mm512_mul_ps(_mm512_maskz_loadu_ps(there, x), factor);
    if (row + 1 < rows) odd = _mm512_mul_ps(_mm512_maskz_loadu_ps(there, x + stride), factor);
    __m512i both = (__m512i)_mm512_cvtne2ps_pbh(odd, even);
    _mm512_storeu_si512(tile + row / 2 * MLM_TILE_ROWS, _mm512_permutexvar_epi16(by_turns, both));
  }
}

#include "kernels/packing.inc"

void mlm_pack_by_conversion(uint16_t *packed, mlm_matrix x, int outer_is_rows, int by_pair,
                            float scale) {
  LEVEL(bfloat16_pack)(packed, x, outer_is_rows, by_pair, scale);
}
#pragma clang attribute pop
#else
void mlm_pack_by_conversion(uint16_t *packed, mlm_matrix x, int outer_is_rows, int by_pair,
                            float scale) {
  (void)packed, (void)x, (void)outer_is_rows, (void)by_pair, (void)scale;
  __builtin_trap();
}
#endif
