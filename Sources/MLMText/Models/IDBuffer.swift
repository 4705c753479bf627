/// Identifiers on their way out, in memory that is kept.
///
/// An array would check at every identifier whether it is alone and large enough; here the room for
/// a word is made once.
package struct IDBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<Int32>
  private var capacity: Int
  private(set) var count = 0

  /// Makes room for 1024 identifiers, and has none.
  package init() {
    capacity = 1 << 10
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// The identifiers so far; for use before the next change only.
  package var elements: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: base, count: count)
  }

  /// Forgets all identifiers from the place `count` on.
  package mutating func shorten(to count: Int) { self.count = count }

  mutating func append(_ id: Int32) {
    reserve(1)
    base[count] = id
    count += 1
  }

  mutating func append(_ ids: UnsafeBufferPointer<Int32>) {
    guard let first = ids.baseAddress else { return }
    reserve(ids.count)
    (base + count).update(from: first, count: ids.count)
    count += ids.count
  }

  /// Appends the first `used` of three identifiers.
  ///
  /// All three are written, so that no branch depends on how many a word has.
  @inline(__always)
  mutating func append(_ first: Int32, _ second: Int32, _ third: Int32, used: Int) {
    reserve(3)
    base[count] = first
    base[count + 1] = second
    base[count + 2] = third
    count += used
  }

  /// Adds `distance` to the second and third of every three numbers from the place `first` on.
  mutating func moveRanges(from first: Int, by distance: Int32) {
    var i = first
    while i + 2 < count {
      base[i + 1] &+= distance
      base[i + 2] &+= distance
      i += 3
    }
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  private mutating func grow(_ more: Int) {
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  /// Gives back what a very long text needed.
  mutating func release() {
    count = 0
    guard capacity > 1 << 18 else { return }
    base.deallocate()
    capacity = 1 << 10
    base = .allocate(capacity: capacity)
  }
}
