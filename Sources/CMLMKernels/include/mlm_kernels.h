#ifndef MLM_KERNELS_H
#define MLM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The loops between matrix products, compiled once for each CPU level.
//
// A matrix is row-major float32; `stride` is the distance between rows in elements. Rows are
// processed one by one, so an element depends on its own row and never on how many rows there are.
// R = rows, C = columns, H = columns of one attention head.

#pragma clang assume_nonnull begin

typedef struct {
  float *data;
  ptrdiff_t rows, columns, stride;
} mlm_matrix;

// What one AdamW step multiplies by; the caller computes the bias corrections in double.
typedef struct {
  float decay_factor;         // 1 − learning rate · weight decay, or 1
  float beta1_rest;           // 1 − β₁
  float beta2, beta2_rest;    // β₂ and 1 − β₂
  float step_size;            // learning rate / (1 − β₁ᵗ)
  float inverse_root_correction;  // 1 / √(1 − β₂ᵗ)
  float epsilon;
  float gradient_scale;
} mlm_adamw;

// Which elements dropout keeps: those whose random word is at least `threshold`.
typedef struct {
  uint32_t key[2];
  uint64_t step;
  uint64_t first_row;
  uint32_t threshold;
  float scale;
} mlm_dropout;

// Tiles of packed bf16 operands: rows of a left tile, its columns, and numbers of either.
enum { MLM_TILE_ROWS = 16, MLM_TILE_DEPTH = 32, MLM_TILE_SIZE = MLM_TILE_ROWS * MLM_TILE_DEPTH };

// Activation functions.
enum {
  MLM_GELU = 0, MLM_GELU_TANH = 1, MLM_RELU = 2, MLM_SILU = 3, MLM_TANH = 4, MLM_IDENTITY = 5,
  MLM_ACTIVATION_COUNT = 6
};

typedef struct {
  // y = f(x), f one of the activations above       y, x: (R, C)
  void (*activation_forward)(mlm_matrix y, mlm_matrix x, int kind);
  // dx = dy · f′(x)                                dx may be dy
  void (*activation_backward)(mlm_matrix dx, mlm_matrix dy, mlm_matrix x, int kind);
  // y = f(x₁) · x₂                                 y: (R, C)   x = x₁|x₂: (R, 2C)
  void (*gated_forward)(mlm_matrix y, mlm_matrix x, int kind);
  // dx = dy·x₂·f′(x₁) | dy·f(x₁)                   dx, x: (R, 2C)   dy, y: (R, C)
  // y = f(x₁) · x₂, once more                      y may be dy
  void (*gated_backward)(mlm_matrix dx, mlm_matrix y, mlm_matrix dy, mlm_matrix x, int kind);

  // y = (x − mean) / √(variance + ε) · weight + bias
  void (*layer_norm_forward)(mlm_matrix y, mlm_matrix x, const float *weight,
                             const float *_Nullable bias, float epsilon, float *mean,
                             float *inverse_deviation);
  // dx (=|+=), dweight += , dbias +=
  void (*layer_norm_backward)(mlm_matrix dx, float *dweight, float *_Nullable dbias, mlm_matrix dy,
                              mlm_matrix x, const float *weight, const float *mean,
                              const float *inverse_deviation, int accumulates_input);

  // x = softmax(x) over columns r − before to r + after of row r, of which there is at least one;
  // the others become 0
  void (*softmax_forward)(mlm_matrix x, ptrdiff_t before, ptrdiff_t after);
  // dx = y · (dy − Σ dy·y) · scale                 dx may be dy
  void (*softmax_backward)(mlm_matrix dx, mlm_matrix dy, mlm_matrix y, float scale);

  // x = softmax(x), losses = −log x[target]        x: (R, C)   targets, losses: (R)
  void (*cross_entropy_forward)(mlm_matrix x, const int32_t *targets, float *losses);
  // x = (x − onehot(target)) · scale
  void (*cross_entropy_backward)(mlm_matrix x, const int32_t *targets, float scale);

  // Rotates pairs (j, j + H/2) of every head of row r by the angle at position r of the table.
  // sine_sign −1 undoes a rotation.   x: (R, heads·H)   cosine, sine: (R, H/2)
  void (*rotary)(mlm_matrix x, ptrdiff_t heads, const float *cosine, const float *sine,
                 float sine_sign);

  // x = kept ? x · scale : 0
  void (*dropout)(mlm_matrix x, mlm_dropout mask);

  // y += x
  void (*add)(mlm_matrix y, mlm_matrix x);
  // y += bias, for each row
  void (*add_bias)(mlm_matrix y, const float *bias);
  // sum += Σ of the rows of x
  void (*add_column_sums)(float *sum, mlm_matrix x);
  // y = mean of the rows of x                      y: (C)
  void (*mean_of_rows)(float *y, mlm_matrix x);
  // y = largest of the rows of x, index = its row   y, index: (C)
  void (*maximum_of_rows)(float *y, int32_t *index, mlm_matrix x);

  // c (=|+=) scale · a·bᵀ or scale · a·b, each element summed in one order
  void (*narrow_product)(mlm_matrix c, mlm_matrix a, mlm_matrix b, int transpose_b, float scale,
                         int accumulate);

  // rounded = x to the nearest bf16, ties to even, and x = rounded        x, rounded: (R, C), rounded
  // without gaps between rows
  void (*to_bfloat16)(uint16_t *rounded, mlm_matrix x);
  void (*from_bfloat16)(mlm_matrix x, const uint16_t *rounded);
  // Rounds scale · x to bf16 and lays it out in tiles for a product (packing.inc), each by its 16 outer
  // places or by its 16 pairs of inner places. The rows of op(A) and the columns of op(B), which are
  // the outer places, are rows of x or columns.
  // packed: ⌈outer/16⌉ · ⌈inner/32⌉ · 512 numbers, aligned to 64 bytes
  void (*bfloat16_pack)(uint16_t *packed, mlm_matrix x, int outer_is_rows, int by_pair, float scale);
  // c (=|+=) a·b, of operands that share `inner` places, a packed by outer place, b by pair
  void (*bfloat16_product)(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                           int accumulate);

  double (*sum_of_squares)(const float *values, ptrdiff_t count);
  void (*adamw)(float *parameters, const float *gradients, float *m, float *v, ptrdiff_t count,
                mlm_adamw step);
} mlm_kernels;

// Levels, in rising order. A level above what the compiler's target knows is the portable one.
enum { MLM_LEVEL_PORTABLE = 0, MLM_LEVEL_V3 = 1, MLM_LEVEL_V4 = 2 };

// The highest level this CPU and its operating system can run.
int mlm_highest_level(void);

// The kernels of a level, which must not be above `mlm_highest_level()`.
const mlm_kernels *mlm_kernels_at(int level);

enum { MLM_TILES_NONE = 0, MLM_TILES_REFUSED = 1, MLM_TILES_USABLE = 2 };

// Whether the CPU has matrix tiles for bf16 (AMX), and the operating system lets this process use them,
// for which it is asked.
int mlm_matrix_tiles(void);

// `bfloat16_product` on matrix tiles, which must be usable.
void mlm_tile_product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                      int accumulate);

// Whether the CPU has dot products of bf16 pairs (AVX512-BF16), and the operating system lets it use
// AVX-512.
int mlm_has_dot_products(void);

// `bfloat16_product` by dot products, which the CPU must have. Within the same bound, but an element is
// one sum, pair by pair, so that its last bits are others. a is packed either way.
void mlm_dot_product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                     int accumulate, int a_is_by_pair);

// `bfloat16_pack` by the instruction that rounds, which a CPU with dot products has. The same numbers,
// but 0 for those below 2⁻¹²⁶, for which dot products and tiles take them anyway.
void mlm_pack_by_conversion(uint16_t *packed, mlm_matrix x, int outer_is_rows, int by_pair,
                            float scale);

enum { MLM_VENDOR_OTHER = 0, MLM_VENDOR_INTEL = 1, MLM_VENDOR_AMD = 2 };

// A CPU as CPUID names it, the extended parts added to family and model; all 0 on other architectures.
typedef struct {
  int vendor, family, model, stepping;
} mlm_cpu_model;

mlm_cpu_model mlm_this_cpu(void);

// The number of CPUs this process may run on.
int mlm_available_cpus(void);

// Gives memory that was freed back to the system, where the C library (glibc) would keep it.
void mlm_give_back_freed_memory(void);

#pragma clang assume_nonnull end

#endif
