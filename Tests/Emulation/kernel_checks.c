// One call for every kernel of the table but the bf16 product, which has checks of its own.
#include <string.h>

#include "kernel_checks.h"

static void gated_forward(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, 2 * run->width, 5);
  k->gated_forward(output(run, run->rows, run->width), x, run->argument);
}

static void gated_backward(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, 2 * run->width, 5), dy = changed(run, run->rows, run->width, 1);
  int kind = run->argument % MLM_ACTIVATION_COUNT, in_place = run->argument >= MLM_ACTIVATION_COUNT;
  k->gated_backward(output(run, run->rows, 2 * run->width),
                    in_place ? dy : output(run, run->rows, run->width), dy, x, kind);
}

static void activation_forward(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 5);
  k->activation_forward(output(run, run->rows, run->width), x, run->argument);
}

static void activation_backward(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 5), dy = changed(run, run->rows, run->width, 1);
  int kind = run->argument % MLM_ACTIVATION_COUNT, in_place = run->argument >= MLM_ACTIVATION_COUNT;
  k->activation_backward(in_place ? dy : output(run, run->rows, run->width), dy, x, kind);
}

static void layer_norm_forward(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 3);
  mlm_matrix weight = input(run, 1, run->width, 1), bias = input(run, 1, run->width, 1);
  k->layer_norm_forward(output(run, run->rows, run->width), x, weight.data,
                        run->argument ? bias.data : 0, 1e-5f, output(run, 1, run->rows).data,
                        output(run, 1, run->rows).data);
}

// argument: 1 adds to the gradient, 2 has a bias.
static void layer_norm_backward(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 3), dy = input(run, run->rows, run->width, 1);
  mlm_matrix weight = input(run, 1, run->width, 1);
  float mean[16], inverse_deviation[16];
  for (int r = 0; r < run->rows; r++) mean[r] = 0.125f * (float)r, inverse_deviation[r] = 0.5f;
  float *dbias = run->argument & 2 ? changed(run, 1, run->width, 1).data : 0;
  k->layer_norm_backward(changed(run, run->rows, run->width, 1), changed(run, 1, run->width, 1).data,
                         dbias, dy, x, weight.data, mean, inverse_deviation, run->argument & 1);
}

// argument: all columns, those up to the row, and two on each side.
static void softmax_forward(const mlm_kernels *k, run *run) {
  mlm_matrix x = changed(run, run->rows < run->width ? run->rows : run->width, run->width, 8);
  k->softmax_forward(x, run->argument == 2 ? 2 : run->width,
                     run->argument == 0   ? run->width
                     : run->argument == 1 ? 0
                                          : 2);
}

static void softmax_backward(const mlm_kernels *k, run *run) {
  mlm_matrix dy = input(run, run->rows, run->width, 1), y = input(run, run->rows, run->width, 1);
  k->softmax_backward(output(run, run->rows, run->width), dy, y, 3);
}

static void cross_entropy_forward(const mlm_kernels *k, run *run) {
  int32_t targets[16];
  for (int r = 0; r < run->rows; r++) targets[r] = r % run->width;
  k->cross_entropy_forward(changed(run, run->rows, run->width, 8), targets,
                           output(run, 1, run->rows).data);
}

static void cross_entropy_backward(const mlm_kernels *k, run *run) {
  int32_t targets[16];
  for (int r = 0; r < run->rows; r++) targets[r] = (r * 7) % run->width;
  k->cross_entropy_backward(changed(run, run->rows, run->width, 1), targets, 0.3f);
}

static void rotary(const mlm_kernels *k, run *run) {
  mlm_matrix cosine = input(run, 1, run->rows * run->width, 1);
  mlm_matrix sine = input(run, 1, run->rows * run->width, 1);
  k->rotary(changed(run, run->rows, 2 * 2 * run->width, 1), 2, cosine.data, sine.data,
            run->argument ? -1 : 1);
}

static void dropout(const mlm_kernels *k, run *run) {
  mlm_dropout mask = {{0x243f6a88u, 0x85a308d3u}, 0x100000007u, 0xfffffff0u, 0x4ccccccc, 1.25f};
  k->dropout(changed(run, run->rows, run->width, 1), mask);
}

static void add(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 1);
  k->add(changed(run, run->rows, run->width, 1), x);
}

static void add_bias(const mlm_kernels *k, run *run) {
  mlm_matrix bias = input(run, 1, run->width, 1);
  k->add_bias(changed(run, run->rows, run->width, 1), bias.data);
}

static void add_column_sums(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 1);
  k->add_column_sums(changed(run, 1, run->width, 1).data, x);
}

static void mean_of_rows(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 1);
  k->mean_of_rows(output(run, 1, run->width).data, x);
}

static void maximum_of_rows(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 1);
  mlm_matrix index = output(run, 1, run->width);
  int32_t *rows = memory(run->width * (ptrdiff_t)sizeof *rows);
  k->maximum_of_rows(output(run, 1, run->width).data, rows, x);
  for (int c = 0; c < run->width; c++) index.data[c] = (float)rows[c];
}

// argument: 1 for bᵀ, 2 to accumulate, 4 for more columns than the model's heads have.
static void narrow_product(const mlm_kernels *k, run *run) {
  int outputs = run->argument & 4 ? 83 : 7;
  mlm_matrix a = input(run, run->rows, run->width, 1);
  mlm_matrix b = run->argument & 1 ? input(run, outputs, run->width, 1)
                                   : input(run, run->width, outputs, 1);
  k->narrow_product(changed(run, run->rows, outputs, 1), a, b, run->argument & 1, 0.7f,
                    run->argument >> 1 & 1);
}

static void to_bfloat16(const mlm_kernels *k, run *run) {
  mlm_matrix x = input(run, run->rows, run->width, 3);
  int count = run->rows * run->width;
  uint16_t *rounded = memory(count * (ptrdiff_t)sizeof *rounded);
  k->to_bfloat16(rounded, x);
  mlm_matrix widened = output(run, 1, count);
  for (int i = 0; i < count; i++) widened.data[i] = (float)rounded[i];
}

// The upper halves of numbers.
static void from_bfloat16(const mlm_kernels *k, run *run) {
  int count = run->rows * run->width;
  mlm_matrix x = input(run, 1, count, 3);
  uint16_t *halves = memory(2 * count * (ptrdiff_t)sizeof *halves);
  memcpy(halves, x.data, (size_t)count * sizeof(float));
  for (int i = 0; i < count; i++) halves[i] = halves[2 * i + 1];
  k->from_bfloat16(output(run, run->rows, run->width), halves);
}

// argument: 1 for rows as outer places, 2 for tiles by pair. As many rows as a tile and a half.
static void bfloat16_pack(const mlm_kernels *k, run *run) {
  int rows = 25, outer_is_rows = run->argument & 1;
  mlm_matrix x = input(run, rows, run->width, 3);
  int outer = outer_is_rows ? rows : run->width, inner = outer_is_rows ? run->width : rows;
  int count = (outer + 15) / 16 * ((inner + 31) / 32) * MLM_TILE_SIZE;
  uint16_t *packed = memory(count * (ptrdiff_t)sizeof *packed);
  k->bfloat16_pack(packed, x, outer_is_rows, run->argument >> 1, 0.3f);
  mlm_matrix widened = output(run, 1, count);
  for (int i = 0; i < count; i++) widened.data[i] = (float)packed[i];
}

static void sum_of_squares(const mlm_kernels *k, run *run) {
  // On both sides of the 8192 numbers summed at a time.
  mlm_matrix x = input(run, 1, run->width * (run->argument ? 131 : 1), 1);
  output(run, 1, 1).data[0] = (float)k->sum_of_squares(x.data, x.columns);
}

static void adamw(const mlm_kernels *k, run *run) {
  mlm_adamw step = {0.999f, 0.1f, 0.98f, 0.02f, 1e-3f, 3, 1e-8f, 0.5f};
  mlm_matrix gradients = input(run, 1, run->width, 1), p = changed(run, 1, run->width, 1);
  mlm_matrix m = changed(run, 1, run->width, 1), v = changed(run, 1, run->width, 1);
  for (int i = 0; i < run->width; i++) v.data[i] *= v.data[i];
  k->adamw(p.data, gradients.data, m.data, v.data, run->width, step);
}

#define CHECK(name, ...) {#name, name, __VA_ARGS__}

const kernel_check kernel_checks[] = {
    CHECK(gated_forward, 1e-5, MLM_ACTIVATION_COUNT, 0),
    CHECK(gated_backward, 1e-5, 2 * MLM_ACTIVATION_COUNT, 0),
    CHECK(activation_forward, 1e-5, MLM_ACTIVATION_COUNT, 0),
    CHECK(activation_backward, 1e-5, 2 * MLM_ACTIVATION_COUNT, 0),
    CHECK(layer_norm_forward, 1e-5, 2, 1),
    CHECK(layer_norm_backward, 1e-5, 4, 1),
    CHECK(softmax_forward, 1e-5, 3, 0),
    CHECK(softmax_backward, 1e-5, 1, 0),
    CHECK(cross_entropy_forward, 1e-5, 1, 0),
    CHECK(cross_entropy_backward, 0, 1, 0),
    CHECK(rotary, 1e-5, 2, 0),
    CHECK(dropout, 0, 1, 0),
    CHECK(add, 0, 1, 0),
    CHECK(add_bias, 0, 1, 0),
    CHECK(add_column_sums, 0, 1, 0),
    CHECK(mean_of_rows, 0, 1, 0),
    CHECK(maximum_of_rows, 0, 1, 0),
    CHECK(narrow_product, 1e-5, 8, 0),
    CHECK(to_bfloat16, 0, 1, 0),
    CHECK(from_bfloat16, 0, 1, 0),
    CHECK(bfloat16_pack, 0, 4, 0),
    CHECK(sum_of_squares, 1e-5, 2, 0),
    CHECK(adamw, 1e-5, 1, 0),
};
const kernel_check pack_check = CHECK(bfloat16_pack, 0, 4, 0);
const int kernel_check_count = sizeof kernel_checks / sizeof *kernel_checks;

// A kernel without a check does not compile; the one not above is the bf16 product.
_Static_assert(sizeof(mlm_kernels) / sizeof(void (*)(void)) ==
                   sizeof kernel_checks / sizeof *kernel_checks + 1,
               "each kernel of the table has a check");
