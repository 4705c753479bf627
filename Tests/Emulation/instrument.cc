// What the emulator is asked to do besides emulating: it counts the instructions that are executed, by
// name, and gives the emulated program a way to write and to end.
//
// Bochs compiles this file in place of its empty `instrument/stubs/instrument.cc`.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bochs.h"
#include "cpu/cpu.h"
#include "cpu/decoder/ia_opcodes.h"

// Ports of the emulated program: bytes for standard output, and the end with an exit code.
enum { port_write = 0xe9, port_end = 0xf4 };
// Where its code may lie.
enum { code_start = 0x100000, code_bytes = 0x100000 };

// Executions of each instruction, those of vectors of 512 bits apart.
static Bit64u executed[BX_IA_LAST][2];
static bool was_executed[code_bytes];

static bool has_512_bits(bxInstruction_c *i) {
  return strncmp(get_bx_opcode_name(i->getIaOpcode()), "BX_IA_EVEX", 10) == 0 && i->getVL() == BX_VL512;
}

// Writes to the file that EMULATION_COUNTS names a line for each instruction executed, `count name`,
// and for each place of one, `at address`.
static void write_counts() {
  const char *path = getenv("EMULATION_COUNTS");
  FILE *file = path ? fopen(path, "w") : 0;
  if (!file) return;
  for (unsigned opcode = 0; opcode < BX_IA_LAST; opcode++) {
    for (int wide = 0; wide < 2; wide++) {
      if (!executed[opcode][wide]) continue;
      fprintf(file, "%llu %s%s\n", (unsigned long long)executed[opcode][wide],
              get_bx_opcode_name(opcode) + strlen("BX_IA_"), wide ? " 512" : "");
    }
  }
  for (unsigned i = 0; i < code_bytes; i++) {
    if (was_executed[i]) fprintf(file, "at %x\n", code_start + i);
  }
  fclose(file);
}

void bx_instr_before_execution(unsigned cpu, bxInstruction_c *i) {
  executed[i->getIaOpcode()][has_512_bits(i)]++;
  bx_address place = BX_CPU(cpu)->get_instruction_pointer() - code_start;
  if (place < code_bytes) was_executed[place] = true;
}

void bx_instr_outp(Bit16u port, unsigned, unsigned value) {
  if (port == port_write) putchar((int)value);
  if (port == port_end) {
    write_counts();
    fflush(stdout);
    _Exit((int)value);
  }
}

// Nothing more is asked for.
void bx_instr_init_env(void) {}
void bx_instr_exit_env(void) {}
void bx_instr_initialize(unsigned) {}
void bx_instr_exit(unsigned) {}
void bx_instr_reset(unsigned, unsigned) {}
void bx_instr_hlt(unsigned) {}
void bx_instr_mwait(unsigned, bx_phy_address, unsigned, Bit32u) {}
void bx_instr_debug_promt() {}
void bx_instr_debug_cmd(const char *) {}
void bx_instr_cnear_branch_taken(unsigned, bx_address, bx_address) {}
void bx_instr_cnear_branch_not_taken(unsigned, bx_address) {}
void bx_instr_ucnear_branch(unsigned, unsigned, bx_address, bx_address) {}
void bx_instr_far_branch(unsigned, unsigned, Bit16u, bx_address, Bit16u, bx_address) {}
void bx_instr_opcode(unsigned, bxInstruction_c *, const Bit8u *, unsigned, bool, bool) {}
void bx_instr_interrupt(unsigned, unsigned) {}
void bx_instr_exception(unsigned, unsigned, unsigned) {}
void bx_instr_hwinterrupt(unsigned, unsigned, Bit16u, bx_address) {}
void bx_instr_tlb_cntrl(unsigned, unsigned, bx_phy_address) {}
void bx_instr_clflush(unsigned, bx_address, bx_phy_address) {}
void bx_instr_cache_cntrl(unsigned, unsigned) {}
void bx_instr_prefetch_hint(unsigned, unsigned, unsigned, bx_address) {}
void bx_instr_after_execution(unsigned, bxInstruction_c *) {}
void bx_instr_repeat_iteration(unsigned, bxInstruction_c *) {}
void bx_instr_inp(Bit16u, unsigned) {}
void bx_instr_inp2(Bit16u, unsigned, unsigned) {}
void bx_instr_lin_access(unsigned, bx_address, bx_phy_address, unsigned, unsigned, unsigned) {}
void bx_instr_phy_access(unsigned, bx_phy_address, unsigned, unsigned, unsigned) {}
void bx_instr_wrmsr(unsigned, unsigned, Bit64u) {}
void bx_instr_vmexit(unsigned, Bit32u, Bit64u) {}
