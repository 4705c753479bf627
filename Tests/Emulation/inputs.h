#ifndef INPUTS_H
#define INPUTS_H

// Matrices that a kernel reads and writes, the same at every level.

#include "mlm_kernels.h"

// Which numbers: of one size; of sizes from 2⁻³⁰ to 2³⁰ with zeros between; or of one size, with a
// row that has a NaN, one with each infinity, and one of zeros.
typedef enum { ordinary, ranges, special } variety;

enum { most_sections = 8, gap = 3 };

// What a run of a kernel is made for, and what it wrote: sections, each compared by itself.
typedef struct {
  int rows, width;
  variety kind;
  int argument;  // the kernel's choice, for those that have one
  // From here on: not set by the caller.
  uint64_t seed;
  int section_count;
  struct {
    const float *values;
    ptrdiff_t count;
  } sections[most_sections];
} run;

// Forgets all matrices of runs before, unless they are kept.
void reset_memory(void);
void keep_memory(void);

void *memory(ptrdiff_t bytes);

// Numbers up to ±bound; rows lie `gap` numbers apart.
mlm_matrix input(run *run, int rows, int columns, float bound);
// The same, and compared after the run: the kernel writes to it.
mlm_matrix changed(run *run, int rows, int columns, float bound);
// Compared after the run, gaps included.
mlm_matrix output(run *run, int rows, int columns);

#endif
