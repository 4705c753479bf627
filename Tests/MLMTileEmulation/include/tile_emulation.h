#ifndef TILE_EMULATION_H
#define TILE_EMULATION_H

// Makes the tile instructions that `mlm_tile_product` uses work on an x86-64 processor that has none:
// the processor refuses each with SIGILL, and a signal handler does what the instruction would do,
// as Intel's manual describes it. So the code for tiles is tested, if slowly, on any machine.
//
// Returns 1, or 0 where this cannot be done.
int emulate_tiles(void);

#endif
