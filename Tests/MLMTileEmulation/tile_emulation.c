#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "tile_emulation.h"

#if defined(__x86_64__) && defined(__linux__)
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

enum { tile_count = 8, tile_rows = 16, row_bytes = 64 };

// One thread's tiles. Not usable before they are configured, and not after their release.
static _Thread_local struct {
  int is_configured;
  uint8_t rows[tile_count];
  uint16_t bytes[tile_count];
  uint8_t data[tile_count][tile_rows][row_bytes];
} tiles;

static struct sigaction previous;

// The parts of an instruction with a three-byte VEX prefix.
typedef struct {
  int opcode, prefix, length;
  int mode, reg, rm, second;  // second: the register in the prefix
  uint8_t *base;              // of the memory operand
  int64_t index;              // scaled
} instruction;

static int64_t register_value(const ucontext_t *context, int number) {
  static const int places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                 REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                 REG_R12, REG_R13, REG_R14, REG_R15};
  return context->uc_mcontext.gregs[places[number]];
}

// Reads an instruction of map 0F38; 0 if it is another.
static int decode(const ucontext_t *context, instruction *result) {
  const uint8_t *start = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP], *p = start;
  if (*p++ != 0xc4) return 0;
  int high_reg = !(*p & 0x80), high_index = !(*p & 0x40), high_base = !(*p & 0x20);
  if ((*p++ & 0x1f) != 2) return 0;
  if (*p & 0x84) return 0;  // W and L are zero
  result->second = ~(*p >> 3) & 15;
  result->prefix = *p++ & 3;
  result->opcode = *p++;
  result->mode = *p >> 6;
  result->reg = (*p >> 3 & 7) | high_reg << 3;
  result->rm = (*p & 7) | high_base << 3;
  int short_rm = *p++ & 7;
  result->index = 0;
  result->base = 0;
  if (result->mode != 3) {
    int64_t base = 0;
    int has_base = 1;
    if (short_rm == 4) {
      int index = (*p >> 3 & 7) | high_index << 3, number = (*p & 7) | high_base << 3;
      if (index != 4) result->index = register_value(context, index) * (1 << (*p >> 6));
      has_base = !((*p & 7) == 5 && result->mode == 0);
      if (has_base) base = register_value(context, number);
      p++;
    } else if (short_rm == 5 && result->mode == 0) {
      has_base = 0;
      base = -1;  // relative to the next instruction, whose place is not known yet
    } else {
      base = register_value(context, result->rm);
    }
    int relative = !has_base && base == -1;
    if (relative) base = 0;
    if (result->mode == 1) {
      base += (int8_t)*p++;
    } else if (result->mode == 2 || !has_base) {
      int32_t displacement;
      memcpy(&displacement, p, sizeof displacement);
      base += displacement;
      p += sizeof displacement;
    }
    if (relative) base += (int64_t)p;
    result->base = (uint8_t *)base;
  }
  result->length = (int)(p - start);
  return 1;
}

// A bf16 number as float; denormal ones count as zero.
static float widened(const uint8_t *bytes) {
  uint32_t bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 24;
  if ((bits & 0x7f800000u) == 0) bits &= 0x80000000u;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// sum += a · b, where a row of b holds pairs of inner places.
static void multiply(int sum, int a, int b) {
  for (int row = 0; row < tiles.rows[sum]; row++) {
    float totals[2 * tile_rows] = {0};
    for (int pair = 0; pair < tiles.bytes[a] / 4; pair++) {
      for (int column = 0; column < tiles.bytes[sum] / 4; column++) {
        for (int part = 0; part < 2; part++) {
          float x = widened(tiles.data[a][row] + 4 * pair + 2 * part);
          float y = widened(tiles.data[b][pair] + 4 * column + 2 * part);
          totals[2 * column + part] = fmaf(x, y, totals[2 * column + part]);
        }
      }
    }
    for (int column = 0; column < tiles.bytes[sum] / 4; column++) {
      float value;
      memcpy(&value, tiles.data[sum][row] + 4 * column, sizeof value);
      value += totals[2 * column] + totals[2 * column + 1];
      memcpy(tiles.data[sum][row] + 4 * column, &value, sizeof value);
    }
  }
}

static void configure(const uint8_t *shapes) {
  memset(&tiles, 0, sizeof tiles);
  tiles.is_configured = shapes[0] == 1;
  for (int tile = 0; tile < tile_count; tile++) {
    memcpy(&tiles.bytes[tile], shapes + 16 + 2 * tile, 2);
    tiles.rows[tile] = shapes[48 + tile];
    if (tiles.rows[tile] > tile_rows || tiles.bytes[tile] > row_bytes) tiles.is_configured = 0;
  }
}

// Does the instruction; 0 if it is none for tiles, or its tiles are not configured.
static int perform(const instruction *it) {
  enum { none, p66, pf3, pf2 };
  if (it->opcode == 0x49 && it->prefix == none) {
    if (it->mode != 3) {
      configure(it->base);
      return tiles.is_configured;
    }
    tiles.is_configured = 0;
    return it->reg == 0 && it->rm == 0;
  }
  if (!tiles.is_configured || it->reg >= tile_count) return 0;
  if (it->opcode == 0x49 && it->prefix == pf2 && it->mode == 3) {
    memset(tiles.data[it->reg], 0, sizeof tiles.data[it->reg]);
    return 1;
  }
  if (it->opcode == 0x4b && (it->prefix == pf2 || it->prefix == pf3) && it->mode != 3) {
    for (int row = 0; row < tiles.rows[it->reg]; row++) {
      uint8_t *memory = it->base + row * it->index;
      if (it->prefix == pf2) {
        memcpy(tiles.data[it->reg][row], memory, tiles.bytes[it->reg]);
      } else {
        memcpy(memory, tiles.data[it->reg][row], tiles.bytes[it->reg]);
      }
    }
    return 1;
  }
  if (it->opcode == 0x5c && it->prefix == pf3 && it->mode == 3 && it->rm < tile_count &&
      it->second < tile_count) {
    multiply(it->reg, it->rm, it->second);
    return 1;
  }
  return 0;
}

static void handle(int signal, siginfo_t *information, void *state) {
  ucontext_t *context = state;
  instruction it;
  if (decode(context, &it) && perform(&it)) {
    context->uc_mcontext.gregs[REG_RIP] += it.length;
    return;
  }
  // Any other refusal is what it was before: the instruction is met again and ends the program.
  (void)information;
  sigaction(signal, &previous, 0);
}

static void install(void) {
  struct sigaction action = {0};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGILL, &action, &previous);
}

int emulate_tiles(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return pthread_once(&once, install) == 0;
}
#else
int emulate_tiles(void) { return 0; }
#endif
