internal import Foundation
public import KnowledgeModel

/// Compiled knowledge kept between runs, so that start-up parses no YAML.
///
/// A store is named by what it was made from and by a checksum of its own bytes: a file that was cut, changed or made
/// from something else is simply not the one looked for, and a new one is written beside it and renamed.
public struct StoreCache: Sendable {
  /// `$XDG_CACHE_HOME/plumbline`, else `~/.cache/plumbline`; nil where neither is known.
  public let folder: String?

  public init(environment: [String: String]) {
    if let xdg = environment["XDG_CACHE_HOME"], xdg.hasPrefix("/") {
      folder = xdg + "/plumbline"
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folder = home + "/.cache/plumbline"
    } else {
      folder = nil
    }
  }

  /// The knowledge for a fingerprint: from the cache, or compiled, and then cached where that is possible.
  /// - Parameters:
  ///   - parts: what of the knowledge is wanted.
  ///   - compile: makes the knowledge; its errors are passed on.
  public func knowledge<Failure: Error>(
    for fingerprint: String, parts: KnowledgeStore.Parts = .pages, compile: () throws(Failure) -> Knowledge
  ) throws(Failure) -> Knowledge {
    if let path = path(for: fingerprint), let knowledge = try? KnowledgeStore.read(path, parts: parts),
      knowledge.hash == fingerprint
    {
      return knowledge
    }
    let knowledge = try compile()
    if let folder { _ = try? store(knowledge, in: folder) }
    return knowledge
  }

  /// A store file with this knowledge: the cached one, else one in a temporary folder that the caller's work is done in.
  public func withStore<Result>(_ knowledge: Knowledge, _ body: (String) throws -> Result) throws -> Result {
    if let path = path(for: knowledge.hash) { return try body(path) }
    let temporary = FileManager.default.temporaryDirectory.appendingPathComponent(
      "plumbline-\(UUID().uuidString).sqlite"
    ).path
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    try KnowledgeStore.write(knowledge, to: temporary)
    return try body(temporary)
  }

  // MARK: Files

  private func prefix(_ fingerprint: String) -> String { "knowledge-v\(KnowledgeStore.version)-\(fingerprint)-" }

  /// The cached file whose bytes are those that were written.
  private func path(for fingerprint: String) -> String? {
    guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
    let wanted = prefix(fingerprint)
    for name in names.sorted() where name.hasPrefix(wanted) && name.hasSuffix(".sqlite") {
      let path = folder + "/" + name
      if let checksum = StoreCache.checksum(ofFile: path), name == wanted + checksum + ".sqlite" { return path }
    }
    return nil
  }

  private func store(_ knowledge: Knowledge, in folder: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let beside = folder + "/.\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString).tmp"
    defer { try? manager.removeItem(atPath: beside) }
    try KnowledgeStore.write(knowledge, to: beside)
    let wanted = prefix(knowledge.hash)
    guard let checksum = StoreCache.checksum(ofFile: beside) else { return }
    let name = wanted + checksum + ".sqlite"
    guard rename(beside, folder + "/" + name) == 0 else { return }
    // What this fingerprint had before is damaged or a twin. Other fingerprints stay: packs have their own.
    for old in try manager.contentsOfDirectory(atPath: folder) where old.hasPrefix(wanted) && old != name {
      if path(for: knowledge.hash) != folder + "/" + old { try? manager.removeItem(atPath: folder + "/" + old) }
    }
  }

  /// FNV-1a over eight bytes at a time: quick, and any damage shows. Nil where the file cannot be read.
  ///
  /// The file is mapped with the system's own calls: Foundation's would copy it, or look up the user's home first.
  static func checksum(ofFile path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return nil }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      return nil
    }
    defer { munmap(address, size) }
    let bytes = UnsafeRawBufferPointer(start: address, count: size)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var offset = 0
    while offset + 8 <= size {
      hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x0000_0100_0000_01B3
      hash ^= hash >> 29
      offset += 8
    }
    for index in offset..<size { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
    let hex = String(hash ^ UInt64(size), radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}
