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
      if let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped),
        name == wanted + StoreCache.checksum(data) + ".sqlite"
      {
        return path
      }
    }
    return nil
  }

  private func store(_ knowledge: Knowledge, in folder: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let beside = folder + "/.\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString).tmp"
    defer { try? manager.removeItem(atPath: beside) }
    try KnowledgeStore.write(knowledge, to: beside)
    guard let data = manager.contents(atPath: beside) else { return }
    let wanted = prefix(knowledge.hash)
    let name = wanted + StoreCache.checksum(data) + ".sqlite"
    guard rename(beside, folder + "/" + name) == 0 else { return }
    // What this fingerprint had before is damaged or a twin. Other fingerprints stay: packs have their own.
    for old in try manager.contentsOfDirectory(atPath: folder) where old.hasPrefix(wanted) && old != name {
      if path(for: knowledge.hash) != folder + "/" + old { try? manager.removeItem(atPath: folder + "/" + old) }
    }
  }

  /// FNV-1a over eight bytes at a time: quick, and any damage shows.
  static func checksum(_ data: Data) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    data.withUnsafeBytes { bytes in
      var offset = 0
      while offset + 8 <= bytes.count {
        hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 29
        offset += 8
      }
      for index in offset..<bytes.count { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
    }
    hash ^= UInt64(data.count)
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}
