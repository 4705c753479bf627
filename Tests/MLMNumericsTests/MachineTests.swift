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

  #if compiler(>=6.2)
    /// Chosen by hand, a level that this CPU lacks is refused before an instruction of it runs.
    @Test(.enabled(if: CPULevel.supported.last != CPULevel.allCases.last))
    func aLevelThatIsMissingIsRefused() async {
      await #expect(processExitsWith: .failure) {
        for level in CPULevel.allCases where !CPULevel.supported.contains(level) {
          _ = Processor(level: level)
        }
      }
      await #expect(processExitsWith: .success) {
        for level in CPULevel.supported { _ = Processor(level: level) }
      }
    }
  #endif

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
