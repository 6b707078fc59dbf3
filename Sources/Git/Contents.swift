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
      for (some, output) in zip(next, read(Array(next), largest: largest)) {
        do throws(Subprocess.Problem) {
          Repository.split(try output.get(), of: some, largest: largest, each)
          continue
        } catch {
          switch error {
          case .tooMuchOutput:
            if some.count == 1 {
              some.forEach { each($0, .tooLarge) }
              continue
            }
          case .failed where isPartial:
            // Before 2.44 git ends at the first that a partial clone lacks. Where many lack, most do.
            failures += 1
            if some.count == 1 || failures > 24 {
              some.forEach { each($0, .missing) }
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

  /// What git prints of several sets of ids, each by a process of its own at the same time.
  private func read(_ sets: [ArraySlice<String>], largest: Int) -> [Result<[UInt8], Subprocess.Problem>] {
    let outputs = Mutex([Result<[UInt8], Subprocess.Problem>](repeating: .success([]), count: sets.count))
    DispatchQueue.concurrentPerform(iterations: sets.count) { number in
      let output = Result { () throws(Subprocess.Problem) in
        try git.run(
          ["cat-file", "--batch"], input: sets[number].map { "\($0)\n" }.joined(), most: max(32 << 20, largest + 200))
      }
      outputs.withLock { $0[number] = output }
    }
    return outputs.withLock { $0 }
  }

  private static func split(
    _ output: [UInt8], of ids: ArraySlice<String>, largest: Int, _ each: (String, FileContents) -> Void
  ) {
    var place = 0
    for id in ids {
      let end = output[place...].firstIndex(of: 0x0A) ?? output.endIndex
      let head = output[place..<end].split(separator: 0x20)
      place = min(end + 1, output.endIndex)
      guard head.count == 3, let size = Int(String(decoding: head[2], as: UTF8.self)), place + size <= output.endIndex
      else {
        each(id, .missing)
        continue
      }
      each(id, size > largest ? .tooLarge : FileContents(Array(output[place..<(place + size)])))
      place = min(place + size + 1, output.endIndex)
    }
  }
}
