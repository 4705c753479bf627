#if canImport(Accelerate)
  import Accelerate
#else
  import COpenBLAS
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// OpenBLAS, made ready once before the first product of the process.
///
/// Making it ready sets its thread count to 1 for the whole process, because work is cut into
/// pieces outside it, and ends its threads. It may also change the kernels it uses: OpenBLAS takes
/// CPUs younger than itself for old ones and then runs at a fifth of their speed. The change is wrong
/// while another thread calls OpenBLAS or reads the environment, so a program with threads of its own
/// makes OpenBLAS ready at its start, through `prepareBLAS()`.
///
/// On macOS the products are those of Accelerate, which needs none of this.
package struct BLAS: Sendable {
  /// What OpenBLAS says of its build.
  let configuration: String
  /// The name of the kernels OpenBLAS chose by itself, and of those it uses.
  let detectedCore, core: String
  /// The value of `OPENBLAS_CORETYPE` in the environment; where there is one, it decides.
  let requestedCore: String?

  /// The state of OpenBLAS; reading it makes OpenBLAS ready.
  static let current = BLAS(level: .detect())

  #if canImport(Accelerate)
    private init(level: CPULevel) {
      (configuration, detectedCore, core) = ("Accelerate", "Accelerate", "Accelerate")
      requestedCore = nil
    }
  #else
    private init(level: CPULevel) {
      BLASCalls.watchProcess()
      requestedCore = getenv("OPENBLAS_CORETYPE").map { String(cString: $0) }
      detectedCore = BLAS.coreName
      if let core = BLAS.betterCore(
        than: detectedCore, level: level, requested: requestedCore)
      {
        BLAS.change(to: core)
      }
      openblas_set_num_threads(1)
      BLAS.endThreads()
      core = BLAS.coreName
      configuration = openblas_get_config().map { String(cString: $0) } ?? ""
    }
  #endif

  /// Returns the kernels to use in place of `detected`, nil to leave it alone.
  package static func betterCore(
    than detected: String, level: CPULevel, requested: String?
  ) -> String? {
    guard requested == nil else { return nil }
    let wide = ["skylakex", "cooperlake", "sapphirerapids"]
    let middle = ["haswell", "zen", "excavator"]
    let name = detected.lowercased()
    switch level {
    case .portable: return nil
    case .v3: return middle.contains(name) ? nil : "Haswell"
    case .v4, .amx: return wide.contains(name) ? nil : "SkylakeX"
    }
  }

  /// The number of rows these kernels work on at a time where a row of a product x·Wᵀ with at least 32
  /// rows has the same bits wherever it stands among a multiple of this number; nil where it does
  /// not, as with the kernels for Haswell and Zen, which sum the first and the second six of
  /// twelve rows in different orders.
  ///
  /// Seen with OpenBLAS 0.3.21, at every number of rows from 32 to 300; kernels not listed were
  /// not tried.
  var rowUnit: Int? {
    let units = ["skylakex": 1, "cooperlake": 1, "sandybridge": 1, "nehalem": 1, "prescott": 4]
    return units[core.lowercased()]
  }

  #if !canImport(Accelerate)
    private static var coreName: String {
      openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    }

    /// Ends the threads that OpenBLAS starts when it is loaded; does nothing where it has none.
    ///
    /// They have no work, and spend the first tenth of a second of a process asking for some. OpenBLAS
    /// starts them anew where it is later set to more than one.
    private static func endThreads() {
      #if os(Linux)
        typealias Function = @convention(c) () -> Int32
        guard let end = dlsym(nil, "blas_thread_shutdown_") else { return }
        _ = unsafeBitCast(end, to: Function.self)()
      #endif
    }

    /// Makes OpenBLAS choose its kernels again, by name; does nothing where it cannot.
    private static func change(to core: String) {
      #if os(Linux) && arch(x86_64)
        typealias Function = @convention(c) () -> Void
        // Only builds for several CPUs have the two functions, so they cannot be linked against.
        guard let quit = dlsym(nil, "gotoblas_dynamic_quit"),
          let start = dlsym(nil, "gotoblas_dynamic_init")
        else { return }
        unsafeBitCast(quit, to: Function.self)()
        setenv("OPENBLAS_CORETYPE", core, 1)
        unsafeBitCast(start, to: Function.self)()
        // Programs started from this one choose for themselves.
        unsetenv("OPENBLAS_CORETYPE")
      #endif
    }
  #endif
}

/// Makes OpenBLAS ready for products, once for the process.
///
/// The first product does it too; calling it at the start of a program with threads keeps it away
/// from them. It sets OpenBLAS to one thread for the whole process and may change its kernels.
package func prepareBLAS() { _ = BLAS.current }
