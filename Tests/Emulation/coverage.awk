# Which instructions of a program were executed.
#
#   awk -f coverage.awk COUNTS DISASSEMBLY
#
# COUNTS is what the emulator wrote, DISASSEMBLY what llvm-objdump -d --no-show-raw-insn prints. For
# each function with instructions of 512 bits or on tiles: how many there are and how many were
# executed. Exit code 1 if there is none at all, or less than nine tenths of a function's were executed:
# the rest are ways around loops that no shape takes.

FNR == NR { if ($1 == "at") seen[$2] = 1; next }
/^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3); next }
/^ *[0-9a-f]+:/ && /%[zt]mm/ {
  place = $1
  sub(":", "", place)
  all[name]++
  if (place in seen) executed[name]++
}
END {
  for (name in all) {
    functions++
    instructions += all[name]
    met += executed[name]
    if (executed[name] < 0.9 * all[name]) {
      printf "%s: %d of %d instructions executed\n", name, executed[name], all[name]
      missed = 1
    }
  }
  printf "%d of %d instructions of 512 bits or on tiles executed, in %d functions\n", met,
    instructions, functions
  exit functions == 0 || missed
}
