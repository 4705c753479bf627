// The product of packed bf16 operands on matrix tiles (AMX).
#include "mlm_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernels/copy_block.h"

#define TILES __attribute__((target("amx-tile,amx-bf16")))

// Tiles 0 to 3 are sums, 4 and 5 rows of a, 6 and 7 columns of b: all of 16 rows of 64 bytes.
static const struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_shapes = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

TILES static void block_product(float *c, ptrdiff_t stride, const uint16_t *a, const uint16_t *b,
                                ptrdiff_t panel, ptrdiff_t depth, int row_tiles, int column_tiles,
                                int accumulate) {
  float *below = c + MLM_TILE_ROWS * stride;
  size_t c_bytes = (size_t)stride * sizeof(float);
  int has_right = column_tiles > 1, has_below = row_tiles > 1;
  if (accumulate) {
    _tile_loadd(0, c, c_bytes);
    if (has_right) _tile_loadd(1, c + MLM_TILE_ROWS, c_bytes);
    if (has_below) _tile_loadd(2, below, c_bytes);
    if (has_right && has_below) _tile_loadd(3, below + MLM_TILE_ROWS, c_bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  if (has_right && has_below) {
    for (ptrdiff_t i = 0; i < depth * MLM_TILE_SIZE; i += MLM_TILE_SIZE) {
      _tile_loadd(4, a + i, 64);
      _tile_loadd(6, b + i, 64);
      _tile_dpbf16ps(0, 4, 6);
      _tile_loadd(7, b + panel + i, 64);
      _tile_dpbf16ps(1, 4, 7);
      _tile_loadd(5, a + panel + i, 64);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  } else {
    for (ptrdiff_t i = 0; i < depth * MLM_TILE_SIZE; i += MLM_TILE_SIZE) {
      _tile_loadd(4, a + i, 64);
      _tile_loadd(6, b + i, 64);
      _tile_dpbf16ps(0, 4, 6);
      if (has_right) {
        _tile_loadd(7, b + panel + i, 64);
        _tile_dpbf16ps(1, 4, 7);
      }
      if (has_below) {
        _tile_loadd(5, a + panel + i, 64);
        _tile_dpbf16ps(2, 5, 6);
      }
    }
  }
  _tile_stored(0, c, c_bytes);
  if (has_right) _tile_stored(1, c + MLM_TILE_ROWS, c_bytes);
  if (has_below) _tile_stored(2, below, c_bytes);
  if (has_right && has_below) _tile_stored(3, below + MLM_TILE_ROWS, c_bytes);
}

#define BLOCK_PRODUCT block_product
static void product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                    int accumulate)
#include "kernels/packed_product.inc"

// The shapes are set for each product, so that no thread keeps tiles in use between products:
// switching between threads is slower while it does.
TILES void mlm_tile_product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                            int accumulate) {
  _tile_loadconfig(&tile_shapes);
  product(c, a, b, inner, accumulate);
  _tile_release();
}
#else
void mlm_tile_product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                      int accumulate) {
  (void)c, (void)a, (void)b, (void)inner, (void)accumulate;
  __builtin_trap();
}
#endif
