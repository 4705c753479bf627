import MLMNumerics

/// Makes the process ready to compute; call it as `MLM.prepare()` where a program starts.
///
/// It chooses the kernels for this CPU and readies OpenBLAS: one thread a call for the whole process,
/// and other kernels where OpenBLAS took a CPU younger than itself for an old one. The first model that
/// computes does the same. But the change of kernels is wrong while another thread calls OpenBLAS or
/// reads the environment, so a program with threads of its own, such as a server, calls this before it
/// starts them. Further calls do nothing.
public func prepare() {
  prepareBLAS()
  _ = Processor.current
}
