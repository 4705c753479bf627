import CMLMKernels

/// Memory that the process has freed.
package enum FreedMemory {
  /// Gives it back to the system, where the C library (glibc) would keep it for what is asked for next.
  package static func giveBack() { mlm_give_back_freed_memory() }
}
