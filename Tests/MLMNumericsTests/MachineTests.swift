import MLMNumerics
import Testing

@Suite struct MachineTests {
  @Test func theLevelIsCappedByName() {
    let highest = CPULevel.supported.last
    #expect(CPULevel.supported.first == .portable)
    #expect(CPULevel.detect(environment: "portable") == .portable)
    #expect(CPULevel.detect(environment: nil) == highest)
    #expect(CPULevel.detect(environment: "amx") == highest)
    #expect(CPULevel.detect(environment: "fast") == highest)
    #expect(CPULevel.detect(environment: "v3") <= .v3)
  }

  @Test func kernelsAreChangedOnlyForBetterOrCappedOnes() {
    #expect(BLAS.betterCore(than: "Prescott", level: .v4, requested: nil) == "SkylakeX")
    #expect(BLAS.betterCore(than: "Zen", level: .v4, requested: nil) == "SkylakeX")
    #expect(BLAS.betterCore(than: "SkylakeX", level: .v4, requested: nil) == nil)
    #expect(BLAS.betterCore(than: "SkylakeX", level: .v3, requested: nil) == "Haswell")
    #expect(BLAS.betterCore(than: "Prescott", level: .v3, requested: nil) == "Haswell")
    #expect(BLAS.betterCore(than: "Zen", level: .v3, requested: nil) == nil)
    #expect(BLAS.betterCore(than: "Prescott", level: .portable, requested: nil) == nil)
    #expect(BLAS.betterCore(than: "Prescott", level: .v4, requested: "Prescott") == nil)
  }

  @Test func theDescriptionNamesWhatIsUsed() {
    let machine = Machine.current
    #expect(machine.description.contains("CPU level: \(machine.level)"))
    #expect(machine.description.contains(machine.blasCore))
    #expect(machine.blasConfiguration.contains("OpenBLAS"))
  }
}
