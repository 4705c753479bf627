// From the processor's reset to the first instruction of the image at 1 MB, in 64-bit mode with
// every extension of the registers that the processor has switched on.
//
// Linked at the last 64 kB below 4 GB. The first GB of memory and this page are mapped to themselves.
.set image, 0x100000
.set tables, 0x1000  // four pages: one of each level, and one for this page

.section .text
.code16
start16:
  cli
  // The segment starts where this file does.
  lgdtl %cs:(descriptors_place - start16)
  movl %cr0, %eax
  orl $1, %eax
  movl %eax, %cr0
  ljmpl $8, $start32

.code32
start32:
  movw $16, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  cld
  movl $tables, %edi
  xorl %eax, %eax
  movl $(4 * 1024), %ecx
  rep stosl
  movl $(tables + 0x1003), tables
  movl $(tables + 0x2003), tables + 0x1000
  movl $(tables + 0x3003), tables + 0x1018
  movl $(tables + 0x2000), %edi
  movl $0x83, %eax  // present, writable, 2 MB
  movl $512, %ecx
1:
  movl %eax, (%edi)
  addl $0x200000, %eax
  addl $8, %edi
  loop 1b
  movl $0xffe00083, tables + 0x3ff8
  movl $tables, %eax
  movl %eax, %cr3
  // Physical address extension; SSE, its exceptions; XSAVE.
  movl $(1 << 5 | 1 << 9 | 1 << 10), %eax
  movl %eax, %cr4
  movl $1, %eax
  cpuid
  btl $26, %ecx
  jnc 2f
  movl %cr4, %eax
  orl $(1 << 18), %eax
  movl %eax, %cr4
  movl $0xd, %eax
  xorl %ecx, %ecx
  cpuid
  xorl %ecx, %ecx
  xsetbv
2:
  movl $0xc0000080, %ecx
  rdmsr
  orl $(1 << 8), %eax
  wrmsr
  movl %cr0, %eax
  // Paging; no emulation of the coprocessor.
  orl $0x80000002, %eax
  andl $~4, %eax
  movl %eax, %cr0
  ljmpl $24, $start64

.code64
start64:
  movl $image, %eax
  jmp *%rax

.balign 8
descriptors:
  .quad 0
  .quad 0x00cf9b000000ffff  // 8: code of 32 bits
  .quad 0x00cf93000000ffff  // 16: data
  .quad 0x00af9b000000ffff  // 24: code of 64 bits
descriptors_place:
  .word 31
  .long descriptors

// The processor's first instruction.
.org 0xfff0
.code16
  .byte 0xe9  // a jump of 16 bits, to start16
  .word start16 - after_jump
after_jump:
.org 0x10000
