import MLMNumerics
import Testing

/// Which CPUs multiply bf16 by dot products, by descriptions of CPUs that this machine need not be.
@Suite struct DotProductsTests {
  /// Family and model as the processors' documentation has them.
  static let fast = [
    CPUModel(.amd, family: 25, model: 17, stepping: 1),  // EPYC 9004 (Genoa)
    CPUModel(.amd, family: 25, model: 97, stepping: 2),  // Ryzen 7000
    CPUModel(.amd, family: 25, model: 116, stepping: 1),  // Ryzen 7040
    CPUModel(.amd, family: 25, model: 160, stepping: 2),  // EPYC 9704 (Bergamo)
    CPUModel(.amd, family: 26, model: 2, stepping: 1),  // EPYC 9005 (Turin)
    CPUModel(.amd, family: 26, model: 17),  // its dense form
    CPUModel(.amd, family: 26, model: 36),  // Ryzen AI 300
    CPUModel(.amd, family: 26, model: 68),  // Ryzen 9000
    CPUModel(.amd, family: 26, model: 112),  // Ryzen AI Max
    CPUModel(.intel, family: 6, model: 85, stepping: 11),  // Cooper Lake
  ]
  static let others = [
    CPUModel(.amd, family: 25, model: 1, stepping: 1),  // Zen 3: EPYC 7003
    CPUModel(.amd, family: 25, model: 33),  // Zen 3: Ryzen 5000
    CPUModel(.amd, family: 25, model: 80),  // Zen 3: Ryzen 5000 mobile
    CPUModel(.amd, family: 26, model: 80),  // Zen 6
    CPUModel(.amd, family: 23, model: 113),  // Zen 2
    CPUModel(.intel, family: 6, model: 85, stepping: 4),  // Skylake
    CPUModel(.intel, family: 6, model: 85, stepping: 7),  // Cascade Lake
    CPUModel(.intel, family: 6, model: 143, stepping: 8),  // Sapphire Rapids
    CPUModel(.intel, family: 6, model: 207, stepping: 2),  // Emerald Rapids
    CPUModel(.intel, family: 25, model: 17),
    CPUModel(.other, family: 25, model: 17),
    CPUModel(.other, family: 0, model: 0),
  ]

  @Test(arguments: fast)
  func areFastOnModelsOfTheTable(cpu: CPUModel) {
    #expect(DotProducts.areFast(on: cpu))
    #expect(DotProducts.find(exist: true, on: cpu) == .usable)
    // As on a virtual machine that hides AVX-512.
    #expect(DotProducts.find(exist: false, on: cpu) == .none)
  }

  @Test(arguments: others)
  func areNotUsedOnOthers(cpu: CPUModel) {
    #expect(!DotProducts.areFast(on: cpu))
    #expect(DotProducts.find(exist: true, on: cpu) == .slow)
  }

  @Test func thePathFollowsTheLevel() {
    let paths = { (hasDotProducts: Bool) in
      CPULevel.allCases.map { BFloat16Path.choose(at: $0, hasDotProducts: hasDotProducts) }
    }
    #expect(paths(true) == [.plain, .plain, .dotProducts, .tiles])
    #expect(paths(false) == [.plain, .plain, .plain, .tiles])
  }

  @Test func aCapLeavesThemOut() {
    for cap in ["portable", "v3"] {
      #expect(BFloat16Path.fastest(at: .detect(environment: cap)) == .plain)
    }
    for level in CPULevel.supported {
      #expect(Processor(level: level).path == .fastest(at: level))
    }
    #expect((BFloat16Path.fastest(at: .detect()) == .plain) == (Precision.fastest == .float32))
  }

  @Test func thisCPUIsNamed() {
    let cpu = CPUModel.current
    #if arch(x86_64)
      #expect(cpu.family > 0)
    #endif
    #expect(Machine.current.description.contains("CPU: \(cpu)\n"))
    #expect(
      CPUModel(.amd, family: 25, model: 17, stepping: 1).description
        == "AMD family 25 model 17 stepping 1")
  }
}
