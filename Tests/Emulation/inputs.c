#include "inputs.h"

#include "runtime.h"

static uint8_t arena[32 << 20] __attribute__((aligned(64)));
static ptrdiff_t used, kept;

void reset_memory(void) { used = kept; }
void keep_memory(void) { kept = used; }

void *memory(ptrdiff_t bytes) {
  void *result = arena + used;
  used += (bytes + 63) / 64 * 64;
  if (used > (ptrdiff_t)sizeof arena) {
    print("out of memory\n");
    end_program(4);
  }
  return result;
}

// SplitMix64.
static uint64_t next(run *run) {
  uint64_t z = run->seed += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static float number(run *run, float bound, int row, int column) {
  uint64_t word = next(run);
  float value = ((float)(word >> 40) / (float)(1 << 23) - 1) * bound;
  switch (run->kind) {
    case ordinary: return value;
    case ranges: {
      int shift = (int)(word & 63) - 30;
      if (shift > 30) return 0;
      float size = (float)(1u << (shift < 0 ? -shift : shift));
      return shift < 0 ? value / size : value * size;
    }
    default:
      if (row == 4) return 0;
      if (column != run->width / 2) return value;
      if (row == 1) return __builtin_nanf("");
      return row == 2 ? __builtin_inff() : row == 3 ? -__builtin_inff() : value;
  }
}

static mlm_matrix matrix(run *run, int rows, int columns, int is_compared) {
  ptrdiff_t stride = columns + gap, count = rows * stride;
  float *data = memory(count * (ptrdiff_t)sizeof(float));
  for (ptrdiff_t i = 0; i < count; i++) data[i] = 7;
  if (is_compared) {
    if (run->section_count == most_sections) end_program(4);
    run->sections[run->section_count].values = data;
    run->sections[run->section_count++].count = count;
  }
  return (mlm_matrix){data, rows, columns, stride};
}

static void fill(run *run, mlm_matrix x, float bound) {
  for (int r = 0; r < x.rows; r++) {
    for (int c = 0; c < x.columns; c++) x.data[r * x.stride + c] = number(run, bound, r, c);
  }
}

mlm_matrix input(run *run, int rows, int columns, float bound) {
  mlm_matrix x = matrix(run, rows, columns, 0);
  fill(run, x, bound);
  return x;
}

mlm_matrix changed(run *run, int rows, int columns, float bound) {
  mlm_matrix x = matrix(run, rows, columns, 1);
  fill(run, x, bound);
  return x;
}

mlm_matrix output(run *run, int rows, int columns) { return matrix(run, rows, columns, 1); }
