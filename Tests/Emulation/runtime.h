#ifndef RUNTIME_H
#define RUNTIME_H

// What the image has in place of an operating system.

#include <stddef.h>

void print(const char *text);
void print_padded(const char *text, int width);
void print_integer(long value);
// As 1.2e-07.
void print_number(double value);

// Writes what is counted, and ends the emulation.
void end_program(int code) __attribute__((noreturn));

// Whether the kernel was asked for the tiles' state, as a process must.
extern int tiles_were_asked_for;

#endif
