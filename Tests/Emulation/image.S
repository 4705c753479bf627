// The first instructions of the image, and what happens at an exception: it is reported and ends
// the program, so that no instruction the processor refuses goes unseen.
.section .text.first
.globl _start
_start:
  leaq stack_end(%rip), %rsp
  leaq bss_start(%rip), %rdi
  leaq bss_end(%rip), %rcx
  subq %rdi, %rcx
  xorl %eax, %eax
  rep stosb
  call describe_exceptions
  call run_checks
  movl %eax, %edi
  call end_program

// Entry n: the number, and the place of the instruction, which lies above an error code for some.
.balign 16
.globl exception_entries
exception_entries:
.set vector, 0
.rept 32
  .balign 16
  movl $vector, %edi
  jmp report
  .set vector, vector + 1
.endr
report:
  movq (%rsp), %rsi
  movq 8(%rsp), %rdx
  andq $-16, %rsp
  call report_exception

.section .bss
.balign 64
  .skip 0x40000
stack_end:
