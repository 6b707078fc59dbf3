internal import Foundation
internal import Processes
internal import Synchronization

extension Repository {
  /// What a file of the working tree holds; a link is not followed.
  ///
  /// - Parameters:
  ///   - path: from the root.
  ///   - largest: bytes; a larger file is not read.
  public func workingFile(_ path: [UInt8], largest: Int) -> FileContents {
    let name = (Array("\(root)/".utf8) + path + [0]).map { CChar(bitPattern: $0) }
    // A pipe of that name must not be waited for.
    let file = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return .missing }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .missing }
    guard status.st_size <= largest else { return .tooLarge }
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      while count < buffer.count {
        let size = Foundation.read(file, buffer.baseAddress.map { $0 + count }, buffer.count - count)
        if size < 0, errno == EINTR { continue }
        guard size > 0 else {
          isWhole = size == 0
          return
        }
        count += size
      }
      isWhole = true
    }
    return isWhole ? FileContents(bytes) : .missing
  }

  /// Reads contents by their ids, as many at once as fit, and hands each over; none is kept.
  ///
  /// - Parameter largest: bytes; larger ones are named as such.
  public func blobs(_ ids: [String], largest: Int, _ each: (String, FileContents) -> Void) throws(GitProblem) {
    try blobs(ids, largest: largest, taking: { $1 }, each)
  }

  /// Reads contents by their ids, and hands over what is taken from each.
  ///
  /// - Parameters:
  ///   - largest: bytes; larger ones are named as such.
  ///   - taking: asked by several threads at once.
  public func blobs<Value: Sendable>(
    _ ids: [String], largest: Int, taking: @escaping @Sendable (String, FileContents) -> Value,
    _ each: (String, Value) -> Void
  ) throws(GitProblem) {
    var failures = 0
    // What is handed over before anything is read fits a pipe.
    let fitting = max(1, 57_000 / ((ids.first?.utf8.count ?? 0) + 1))
    let processors = ProcessInfo.processInfo.activeProcessorCount
    // No more processes than needed, and none that works alone at the end.
    let rounds = (ids.count + fitting * processors - 1) / (fitting * processors)
    let size = max(1, (ids.count + rounds * processors - 1) / max(1, rounds * processors))
    var waiting = stride(from: 0, to: ids.count, by: size).reversed().map { ids[$0..<min($0 + size, ids.count)] }
    while !waiting.isEmpty {
      let next = waiting.suffix(processors).reversed()
      waiting.removeLast(next.count)
      for (some, output) in zip(next, read(Array(next), largest: largest, taking)) {
        do throws(Subprocess.Problem) {
          for (id, value) in zip(some, try output.get()) { each(id, value) }
          continue
        } catch {
          switch error {
          case .tooMuchOutput:
            if some.count == 1 {
              some.forEach { each($0, taking($0, .tooLarge)) }
              continue
            }
          case .failed where isPartial:
            // Before 2.44 git ends at the first that a partial clone lacks. Where many lack, most do.
            failures += 1
            if some.count == 1 || failures > 24 {
              some.forEach { each($0, taking($0, .missing)) }
              continue
            }
          default: throw GitProblem(error)
          }
        }
        let middle = some.startIndex + some.count / 2
        waiting += [some[middle...], some[..<middle]]
      }
    }
  }

  /// What is taken from several sets of ids, each read by a process of its own at the same time.
  private func read<Value: Sendable>(
    _ sets: [ArraySlice<String>], largest: Int, _ taking: @escaping @Sendable (String, FileContents) -> Value
  ) -> [Result<[Value], Subprocess.Problem>] {
    let values = Mutex([Result<[Value], Subprocess.Problem>](repeating: .success([]), count: sets.count))
    DispatchQueue.concurrentPerform(iterations: sets.count) { number in
      let taken = Result { () throws(Subprocess.Problem) -> [Value] in
        let output = try git.run(
          ["cat-file", "--batch"], input: sets[number].map { "\($0)\n" }.joined(), most: max(32 << 20, largest + 200))
        return Repository.split(output, of: sets[number], largest: largest, taking)
      }
      values.withLock { $0[number] = taken }
    }
    return values.withLock { $0 }
  }

  private static func split<Value>(
    _ output: [UInt8], of ids: ArraySlice<String>, largest: Int, _ taking: (String, FileContents) -> Value
  ) -> [Value] {
    var place = 0
    return ids.map { id in
      let end = output[place...].firstIndex(of: 0x0A) ?? output.endIndex
      let head = output[place..<end].split(separator: 0x20)
      place = min(end + 1, output.endIndex)
      guard head.count == 3, let size = Int(String(decoding: head[2], as: UTF8.self)), place + size <= output.endIndex
      else { return taking(id, .missing) }
      defer { place = min(place + size + 1, output.endIndex) }
      return taking(id, size > largest ? .tooLarge : FileContents(Array(output[place..<(place + size)])))
    }
  }
}
