// Runs every kernel at every level that the emulated processor has, and compares with the portable one.
#include "inputs.h"
#include "kernel_checks.h"
#include "product_checks.h"
#include "runtime.h"

// On both sides of whole vectors of 4, 8 and 16 numbers, and of several of them.
static const int widths[] = {1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 257};
static const char *const level_names[] = {"portable", "v3", "v4"};

static int is_finite(float x) { return x - x == 0; }

// The largest difference of two runs as a part of the section's largest number.
static double difference(const run *found, const run *expected) {
  double largest = 0;
  for (int s = 0; s < expected->section_count; s++) {
    double scale = 0x1p-126, off = 0;
    for (ptrdiff_t i = 0; i < expected->sections[s].count; i++) {
      float x = found->sections[s].values[i], y = expected->sections[s].values[i];
      if (is_finite(y) && __builtin_fabsf(y) > scale) scale = __builtin_fabsf(y);
      if (x == y || (x != x && y != y)) continue;
      if (!is_finite(x) || !is_finite(y)) return __builtin_inf();
      double between = (double)x - (double)y;
      if (between < 0) between = -between;
      if (between > off) off = between;
    }
    if (off / scale > largest) largest = off / scale;
  }
  return largest;
}

static double largest_difference(const kernel_check *check, const mlm_kernels *kernels,
                                 const char *name) {
  double largest = 0;
  for (int w = 0; w < (int)(sizeof widths / sizeof *widths); w++) {
    if (check->skips_one_column && widths[w] == 1) continue;
    for (variety kind = ordinary; kind <= special; kind++) {
      for (int argument = 0; argument < check->choices; argument++) {
        reset_memory();
        run runs[2];
        for (int i = 0; i < 2; i++) {
          runs[i] = (run){.rows = 5, .width = widths[w], .kind = kind, .argument = argument};
          check->call(i ? mlm_kernels_at(MLM_LEVEL_PORTABLE) : kernels, &runs[i]);
        }
        double off = difference(&runs[0], &runs[1]);
        if (off > check->tolerance) {
          print("  ");
          print(check->name);
          print(": ");
          print(name);
          print(", width ");
          print_integer(widths[w]);
          print(", numbers ");
          print_integer(kind);
          print(", argument ");
          print_integer(argument);
          print(": difference ");
          print_number(off);
          print("\n");
        }
        if (!(off <= largest)) largest = off;
      }
    }
  }
  return largest;
}

static int check_kernels(int highest) {
  int passes = 1;
  print_padded("kernel", 26);
  for (int level = MLM_LEVEL_V3; level <= highest; level++) print_padded(level_names[level], 12);
  print("allowed\n");
  for (int i = 0; i < kernel_check_count; i++) {
    double found[MLM_LEVEL_V4 + 1];
    int holds = 1;
    for (int level = MLM_LEVEL_V3; level <= highest; level++) {
      found[level] =
          largest_difference(&kernel_checks[i], mlm_kernels_at(level), level_names[level]);
      holds &= found[level] <= kernel_checks[i].tolerance;
    }
    print_padded(kernel_checks[i].name, 26);
    for (int level = MLM_LEVEL_V3; level <= highest; level++) {
      print_number(found[level]);
      print_padded("", found[level] == 0 ? 11 : 6);
    }
    print_number(kernel_checks[i].tolerance);
    print(holds ? "\n" : "  FAILED\n");
    passes &= holds;
  }
  return passes;
}

// Packing by conversion against the portable one.
static int check_conversion(void) {
  mlm_kernels kernels = *mlm_kernels_at(MLM_LEVEL_PORTABLE);
  kernels.bfloat16_pack = mlm_pack_by_conversion;
  int passes = largest_difference(&pack_check, &kernels, "conversion") == 0;
  print(passes ? "packing by conversion: the portable numbers\n" : "packing by conversion FAILED\n");
  return passes;
}

static void dot_product(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                        int accumulate) {
  mlm_dot_product(c, a, b, inner, accumulate, 0);
}

static void dot_product_by_pair(mlm_matrix c, const uint16_t *a, const uint16_t *b, ptrdiff_t inner,
                                int accumulate) {
  mlm_dot_product(c, a, b, inner, accumulate, 1);
}

// Returns the exit code: 0, or 1 where a difference is larger than allowed.
int run_checks(void) {
  int highest = mlm_highest_level(), tiles = mlm_matrix_tiles(), dots = mlm_has_dot_products();
  mlm_cpu_model cpu = mlm_this_cpu();
  print("found: ");
  print(cpu.vendor == MLM_VENDOR_INTEL ? "Intel" : cpu.vendor == MLM_VENDOR_AMD ? "AMD" : "other");
  print(" family ");
  print_integer(cpu.family);
  print(" model ");
  print_integer(cpu.model);
  print(", level ");
  print(level_names[highest]);
  print(dots ? ", dot products" : "");
  print(tiles == MLM_TILES_USABLE ? ", matrix tiles" : "");
  print(tiles != MLM_TILES_NONE && !tiles_were_asked_for ? " THAT WERE NOT ASKED FOR\n" : "\n");
  int passes = tiles == MLM_TILES_NONE || tiles_were_asked_for;
  if (highest > MLM_LEVEL_PORTABLE) passes &= check_kernels(highest);
  for (int level = MLM_LEVEL_PORTABLE; level <= highest; level++) {
    const mlm_kernels *kernels = mlm_kernels_at(level);
    const char *names[] = {"bf16 product, portable", "bf16 product, v3", "bf16 product, v4"};
    passes &= check_product((product_path){names[level], kernels->bfloat16_pack,
                                           kernels->bfloat16_product, 0, 1});
  }
  pack *fastest_pack = mlm_kernels_at(highest)->bfloat16_pack;
  if (dots) {
    fastest_pack = mlm_pack_by_conversion;
    passes &= check_conversion();
    passes &= check_product(
        (product_path){"bf16 product, dot products", fastest_pack, dot_product, 0, 0});
    passes &= check_product((product_path){"bf16 product, a by pair", fastest_pack,
                                           dot_product_by_pair, 1, 0});
  }
  if (tiles == MLM_TILES_USABLE) {
    passes &= check_product((product_path){"bf16 product, tiles", fastest_pack, mlm_tile_product,
                                           0, 1});
  }
  print(passes ? "all as they should be\n" : "NOT AS THEY SHOULD BE\n");
  return !passes;
}
