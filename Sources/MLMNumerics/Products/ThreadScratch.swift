#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory of the calling thread for one operation, which the next one may overwrite.
///
/// It grows to the largest request and goes when the thread ends.
enum ThreadScratch {
  /// Returns at least `count` floats of any value.
  static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let held = pthread_getspecific(key) {
      let buffer = Unmanaged<FloatBuffer>.fromOpaque(held)
      if buffer.takeUnretainedValue().count >= count {
        return buffer.takeUnretainedValue().pointer
      }
      buffer.release()
    }
    // Somewhat more, so that the next larger request needs no memory.
    let buffer = FloatBuffer(count: count + count / 8)
    pthread_setspecific(key, Unmanaged.passRetained(buffer).toOpaque())
    return buffer.pointer
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { held in
      #if canImport(Glibc)
        guard let held else { return }
      #endif
      Unmanaged<FloatBuffer>.fromOpaque(held).release()
    }
    precondition(status == 0, "no thread-specific memory left")
    return key
  }()
}
