#ifndef PRODUCT_CHECKS_H
#define PRODUCT_CHECKS_H

#include "mlm_kernels.h"

typedef void product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                     int accumulate);

// What one way to multiply is compared with.
typedef struct {
  const char *name;
  const mlm_kernels *packing;
  product *multiply;
  int has_equal_bits;  // as the portable code, and not only on whole numbers
} product_path;

// Prints the largest error as a part of what rounding allows; returns whether nothing exceeds it.
int check_product(product_path path);

#endif
