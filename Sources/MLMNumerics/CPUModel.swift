import CMLMKernels

/// A CPU as CPUID names it.
package struct CPUModel: Sendable, Hashable, CustomStringConvertible {
  package enum Vendor: Sendable { case intel, amd, other }

  package let vendor: Vendor
  /// Family and model with their extended parts, as /proc/cpuinfo has them; 0 on other architectures.
  package let family, model, stepping: Int

  package init(_ vendor: Vendor, family: Int, model: Int, stepping: Int = 0) {
    (self.vendor, self.family, self.model, self.stepping) = (vendor, family, model, stepping)
  }

  /// That of this machine.
  package static let current: CPUModel = {
    let cpu = mlm_this_cpu()
    let vendor: Vendor =
      switch Int(cpu.vendor) {
      case MLM_VENDOR_INTEL: .intel
      case MLM_VENDOR_AMD: .amd
      default: .other
      }
    return CPUModel(
      vendor, family: Int(cpu.family), model: Int(cpu.model), stepping: Int(cpu.stepping))
  }()

  package var description: String {
    let name =
      switch vendor {
      case .intel: "Intel"
      case .amd: "AMD"
      case .other: "other"
      }
    return "\(name) family \(family) model \(model) stepping \(stepping)"
  }
}
