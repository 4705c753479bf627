#ifndef PRODUCT_CHECKS_H
#define PRODUCT_CHECKS_H

#include "mlm_kernels.h"

typedef void product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                     int accumulate);
typedef void pack(uint16_t *packed, mlm_matrix x, int outer_is_rows, int by_pair, float scale);

// What one way to multiply is compared with.
typedef struct {
  const char *name;
  pack *pack;
  product *multiply;
  int a_is_by_pair;
  int has_equal_bits;  // as the portable code, and not only on whole numbers
} product_path;

// Prints the largest error as a part of what rounding allows; returns whether nothing exceeds it.
int check_product(product_path path);

#endif
