// The product of packed bf16 operands by the instruction that adds the products of two pairs of bf16
// numbers to a float32 (AVX512-BF16).
#include "mlm_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernels/copy_block.h"

#define DOT_PRODUCTS \
  __attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit"), min_vector_width(512)))

// With two tiles of columns 16 sums, which hide the time an instruction takes; 32 registers would not
// hold those of a whole tile.
enum { rows_at_once = 8, units_in_row = 16 };

// c (=|+=) a·b for 8 rows and one or two tiles of columns. Each element is one sum along the inner
// dimension, whatever the shape of the block and wherever the units of a lie.
DOT_PRODUCTS static inline __attribute__((always_inline)) void rows_product(
    float *c, ptrdiff_t stride, const uint16_t *a, const uint16_t *b, ptrdiff_t panel,
    ptrdiff_t depth, int column_tiles, int accumulate, int by_pair) {
  __m512 sums[rows_at_once][2];
  for (int r = 0; r < rows_at_once; r++) {
    for (int j = 0; j < column_tiles; j++) {
      sums[r][j] = accumulate ? _mm512_loadu_ps(c + r * stride + j * MLM_TILE_ROWS)
                              : _mm512_setzero_ps();
    }
  }
  for (ptrdiff_t i = 0; i < depth * MLM_TILE_SIZE; i += MLM_TILE_SIZE) {
    for (int pair = 0; pair < MLM_TILE_DEPTH / 2; pair++) {
      __m512i right[2];
      for (int j = 0; j < column_tiles; j++) {
        right[j] = _mm512_loadu_si512(b + j * panel + i + pair * MLM_TILE_DEPTH);
      }
      for (int r = 0; r < rows_at_once; r++) {
        int unit;
        ptrdiff_t place = by_pair ? pair * units_in_row + r : r * units_in_row + pair;
        memcpy(&unit, a + i + 2 * place, sizeof unit);
        for (int j = 0; j < column_tiles; j++) {
          sums[r][j] = _mm512_dpbf16_ps(sums[r][j], (__m512bh)_mm512_set1_epi32(unit),
                                        (__m512bh)right[j]);
        }
      }
    }
  }
  for (int r = 0; r < rows_at_once; r++) {
    for (int j = 0; j < column_tiles; j++) {
      _mm512_storeu_ps(c + r * stride + j * MLM_TILE_ROWS, sums[r][j]);
    }
  }
}

DOT_PRODUCTS static inline __attribute__((always_inline)) void block_product(
    float *c, ptrdiff_t stride, const uint16_t *a, const uint16_t *b, ptrdiff_t panel,
    ptrdiff_t depth, int row_tiles, int column_tiles, int accumulate, int by_pair) {
  for (int row = 0; row < row_tiles * MLM_TILE_ROWS; row += rows_at_once) {
    float *out = c + row * stride;
    int row_in_tile = row % MLM_TILE_ROWS;
    const uint16_t *left =
        a + row / MLM_TILE_ROWS * panel + row_in_tile * (by_pair ? 2 : 2 * units_in_row);
    if (column_tiles > 1) {
      rows_product(out, stride, left, b, panel, depth, 2, accumulate, by_pair);
    } else {
      rows_product(out, stride, left, b, panel, depth, 1, accumulate, by_pair);
    }
  }
}

#define BLOCK_PRODUCT(...) block_product(__VA_ARGS__, 0)
DOT_PRODUCTS static void product(mlm_matrix c, const uint16_t *a, const uint16_t *b,
                                 ptrdiff_t inner, int accumulate)
#include "kernels/packed_product.inc"
#undef BLOCK_PRODUCT

#define BLOCK_PRODUCT(...) block_product(__VA_ARGS__, 1)
DOT_PRODUCTS static void product_by_pair(mlm_matrix c, const uint16_t *a, const uint16_t *b,
                                         ptrdiff_t inner, int accumulate)
#include "kernels/packed_product.inc"
#undef BLOCK_PRODUCT

void mlm_dot_product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                     int accumulate, int a_is_by_pair) {
  (a_is_by_pair ? product_by_pair : product)(c, a, b, inner, accumulate);
}
#else
void mlm_dot_product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                     int accumulate, int a_is_by_pair) {
  (void)c, (void)a, (void)b, (void)inner, (void)accumulate, (void)a_is_by_pair;
  __builtin_trap();
}
#endif
