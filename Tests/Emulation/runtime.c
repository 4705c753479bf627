// Output through the emulator's ports, exceptions, and the few functions of the C library that the
// kernels and the probes call.
#include "runtime.h"

#include <stdint.h>

static void write_port(uint16_t port, uint8_t value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

void print(const char *text) {
  while (*text) write_port(0xe9, (uint8_t)*text++);
}

void print_padded(const char *text, int width) {
  for (; *text; width--) write_port(0xe9, (uint8_t)*text++);
  for (; width > 0; width--) print(" ");
}

void print_integer(long value) {
  char digits[24];
  int place = 23;
  digits[place] = 0;
  unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
  do digits[--place] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) digits[--place] = '-';
  print(digits + place);
}

void print_number(double value) {
  if (value != value) return print("NaN");
  if (value > 1e300) return print("infinity");
  if (value == 0) return print("0");
  int exponent = 0;
  for (; value >= 10; value /= 10) exponent++;
  for (; value < 1; value *= 10) exponent--;
  int tenths = (int)(value * 10 + 0.5);
  char text[] = {(char)('0' + tenths / 10 % 10), '.', (char)('0' + tenths % 10), 'e', 0};
  print(text);
  print_integer(exponent);
}

void end_program(int code) {
  write_port(0xf4, (uint8_t)code);
  for (;;) __asm__ volatile("hlt");
}

static struct {
  uint16_t low, selector, kind, middle;
  uint32_t high, reserved;
} gates[32];

extern char exception_entries[];

void describe_exceptions(void) {
  for (int i = 0; i < 32; i++) {
    uint64_t entry = (uint64_t)(uintptr_t)exception_entries + 16u * (unsigned)i;
    gates[i].low = (uint16_t)entry;
    gates[i].selector = 24;
    gates[i].kind = 0x8e00;
    gates[i].middle = (uint16_t)(entry >> 16);
    gates[i].high = (uint32_t)(entry >> 32);
  }
  struct __attribute__((packed)) {
    uint16_t limit;
    uint64_t base;
  } place = {sizeof gates - 1, (uint64_t)(uintptr_t)gates};
  __asm__ volatile("lidt %0" : : "m"(place));
}

void report_exception(int vector, uint64_t first, uint64_t second) {
  print("exception ");
  print_integer(vector);
  print(" at ");
  print_integer((long)first);
  print(" or ");
  print_integer((long)second);
  print("\n");
  end_program(3);
}

void *memcpy(void *to, const void *from, size_t count) {
  void *result = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return result;
}

void *memset(void *to, int value, size_t count) {
  void *result = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
  return result;
}

// log x = e·ln 2 + 2·artanh((m − 1)/(m + 1)) for x = m·2ᵉ, m near 1.
double log(double x) {
  if (x == 0) return -__builtin_inf();
  if (x < 0) return __builtin_nan("");
  if (!(x <= 1.7976931348623157e308)) return x;
  int exponent = 0;
  for (; x > 1.4142135623730951; x /= 2) exponent++;
  for (; x < 0.7071067811865476; x *= 2) exponent--;
  double t = (x - 1) / (x + 1), power = t, sum = 0;
  for (int n = 1; n < 60; n += 2, power *= t * t) sum += power / n;
  return exponent * 0.6931471805599453 + 2 * sum;
}

// The operating system of the image grants what it is asked for.
int tiles_were_asked_for;

long syscall(long number, long code, long feature) {
  tiles_were_asked_for = number == 158 && code == 0x1023 && feature == 18;
  return 0;
}

long sysconf(int name) { return (void)name, 1; }
int malloc_trim(size_t left) { return (void)left, 0; }
int sched_getaffinity(int process, size_t size, void *set) {
  (void)process, (void)size, (void)set;
  return -1;
}
int __sched_cpucount(size_t size, const void *set) { return (void)size, (void)set, 1; }
void abort(void) { end_program(4); }
