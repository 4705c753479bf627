#ifndef KERNEL_CHECKS_H
#define KERNEL_CHECKS_H

#include "inputs.h"

// How one kernel of the table is run, and how far a level may be from the portable one.
typedef struct {
  const char *name;
  void (*call)(const mlm_kernels *kernels, run *run);
  // Of the largest number of a section: 1e-5 where sums are taken in another order or multiplications
  // fused, as in the tests of the levels; 0 where every level does the same operations.
  double tolerance;
  int choices;          // values of `argument`
  int skips_one_column; // a variance near ε would magnify rounding
} kernel_check;

extern const kernel_check kernel_checks[];
extern const int kernel_check_count;
// Of the packing of bf16 operands, which has a form outside the table.
extern const kernel_check pack_check;

#endif
