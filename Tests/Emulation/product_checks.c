// Products of bf16 numbers: each way to multiply against the portable code and against sums in double.
#include "product_checks.h"

#include "inputs.h"
#include "runtime.h"

// Both sides of whole tiles, of blocks of tiles, and of the depth summed at a time.
static const int shapes[][3] = {
    {1, 1, 16},   {16, 32, 16}, {17, 33, 17},  {32, 64, 32},  {33, 31, 48},
    {5, 600, 40}, {70, 513, 97}, {600, 40, 33}, {40, 100, 16}, {49, 70, 80},
};

// The smallest numbers have products that float32 has only without a leading one, or not at all.
typedef enum {
  whole_numbers,
  random_numbers,
  wide_ranges,
  smallest_numbers,
  with_nan,
  with_infinity,
} contents;

static void fill(mlm_matrix x, contents kind, uint32_t seed, int is_left) {
  uint32_t state = seed;
  for (int r = 0; r < x.rows; r++) {
    for (int c = 0; c < x.columns; c++) {
      state = state * 1664525 + 1013904223;
      float value = (float)(int)(state >> 9) / (float)(1 << 22) - 1;
      if (kind == whole_numbers) value = (float)((int)(state >> 16) % 33 - 16);
      if (kind == wide_ranges) {
        int shift = (int)(state >> 5 & 63) - 31;
        float size = (float)(1u << (shift < 0 ? -shift : shift));
        value = state % 7 == 0 ? 0 : shift < 0 ? value / size : value * size;
      }
      if (kind == smallest_numbers) value *= 0x1p-68f;
      if (kind >= with_nan) value = __builtin_fabsf(value) + 1;
      x.data[r * x.stride + c] = value;
    }
  }
  float *in_middle = x.data + (x.rows - 1) / 2 * x.stride;
  if (is_left && kind == with_nan) *in_middle = __builtin_nanf("");
  if (is_left && kind == with_infinity) *in_middle = __builtin_inff();
}

// The rows of x are its outer places.
static uint16_t *packed(pack *pack, mlm_matrix x, int by_pair) {
  uint16_t *result = memory((x.rows + 15) / 16 * ((x.columns + 31) / 32) * MLM_TILE_SIZE * 2);
  pack(result, x, 1, by_pair, 1);
  return result;
}

static mlm_matrix matrix(int rows, int columns) {
  ptrdiff_t stride = columns + gap;
  mlm_matrix x = {memory(rows * stride * (ptrdiff_t)sizeof(float)), rows, columns, stride};
  for (ptrdiff_t i = 0; i < rows * stride; i++) x.data[i] = 7;
  return x;
}

static double rounded(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

// The largest error of c = start + a·b as a part of K·2⁻²⁴·Σ|a·b|, of operands rounded to bf16, and
// of K·2⁻¹²⁶ where sums below that count as zero; a sample of elements, the last row and column
// among them.
static double error(mlm_matrix c, mlm_matrix a, mlm_matrix b, double start) {
  double largest = 0;
  int row_step = (int)c.rows / 8 + 1, column_step = (int)c.columns / 8 + 1;
  for (int r = (int)c.rows - 1; r >= 0; r -= row_step) {
    for (int j = (int)c.columns - 1; j >= 0; j -= column_step) {
      double sum = start, size = start < 0 ? -start : start;
      for (int k = 0; k < a.columns; k++) {
        double term = rounded(a.data[r * a.stride + k]) * rounded(b.data[j * b.stride + k]);
        sum += term;
        size += term < 0 ? -term : term;
      }
      double off = c.data[r * c.stride + j] - sum;
      double part = (off < 0 ? -off : off) / ((size * 0x1p-24 + 0x1p-126) * (double)(a.columns + 2));
      if (!(part <= largest)) largest = part;
    }
  }
  return largest;
}

static int has_equal_bits(mlm_matrix a, mlm_matrix b) {
  for (ptrdiff_t i = 0; i < a.rows * a.stride; i++) {
    float x = a.data[i], y = b.data[i];
    if (x != y && !(x != x && y != y)) return 0;
  }
  return 1;
}

static int is_bad_row_only(mlm_matrix c, contents kind) {
  for (int r = 0; r < c.rows; r++) {
    for (int j = 0; j < c.columns; j++) {
      float x = c.data[r * c.stride + j];
      int is_bad = r == (c.rows - 1) / 2;
      int is_right = !is_bad ? x - x == 0 : kind == with_nan ? x != x : x == __builtin_inff();
      if (!is_right) return 0;
    }
  }
  return 1;
}

// A part of the rows gives the bits that those rows have in the whole product.
static int rows_are_independent(product_path path, mlm_matrix whole, mlm_matrix a, uint16_t *right) {
  for (int first = 0; first < a.rows; first += 13) {
    int count = (int)a.rows - first < 19 ? (int)a.rows - first : 19;
    mlm_matrix part = {a.data + first * a.stride, count, a.columns, a.stride};
    mlm_matrix expected = {whole.data + first * whole.stride, count, whole.columns, whole.stride};
    mlm_matrix c = matrix(count, (int)whole.columns);
    path.multiply(c, packed(path.pack, part, path.a_is_by_pair), right, a.columns, 0);
    if (!has_equal_bits(c, expected)) return 0;
  }
  return 1;
}

int check_product(product_path path) {
  const mlm_kernels *portable = mlm_kernels_at(MLM_LEVEL_PORTABLE);
  double largest = 0;
  int same = 1, differ = 0, specials = 1, independent = 1;
  for (int s = 0; s < (int)(sizeof shapes / sizeof *shapes); s++) {
    for (contents kind = whole_numbers; kind <= with_infinity; kind++) {
      reset_memory();
      int m = shapes[s][0], k = shapes[s][1], n = shapes[s][2];
      mlm_matrix a = matrix(m, k), b = matrix(n, k);
      fill(a, kind, 1 + (uint32_t)s, 1);
      fill(b, kind, 100 + (uint32_t)s, 0);
      uint16_t *left = packed(path.pack, a, path.a_is_by_pair), *right = packed(path.pack, b, 1);
      uint16_t *portable_left = packed(portable->bfloat16_pack, a, 0);
      uint16_t *portable_right = packed(portable->bfloat16_pack, b, 1);
      for (int accumulate = 0; accumulate < 2; accumulate++) {
        mlm_matrix c = matrix(m, n), expected = matrix(m, n);
        path.multiply(c, left, right, k, accumulate);
        portable->bfloat16_product(expected, portable_left, portable_right, k, accumulate);
        int equal = has_equal_bits(c, expected);
        if (kind == whole_numbers || (path.has_equal_bits && kind != smallest_numbers)) same &= equal;
        if (kind == random_numbers || kind == wide_ranges) differ |= !equal;
        if (kind == random_numbers || kind == wide_ranges || kind == smallest_numbers) {
          double part = error(c, a, b, accumulate ? 7 : 0);
          if (!(part <= largest)) largest = part;
        }
        if (kind >= with_nan) specials &= is_bad_row_only(c, kind);
        if (kind == random_numbers && !accumulate) {
          independent &= rows_are_independent(path, c, a, right);
        }
      }
    }
  }
  int passes = largest <= 1 && same && specials && independent;
  print_padded(path.name, 28);
  print("error ");
  print_number(largest);
  print(" of the bound, ");
  print(!same ? "WRONG BITS" : differ ? "whole numbers exact" : "bits of the portable code");
  print(specials ? ", NaN and infinity kept" : ", NaN OR INFINITY LOST");
  print(independent ? ", rows independent" : ", ROWS DEPEND ON OTHERS");
  print(passes ? "\n" : "  FAILED\n");
  return passes;
}
