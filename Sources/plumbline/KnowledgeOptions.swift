import ArgumentParser
import Content
import Foundation
import KnowledgeBase
import KnowledgeModel
import DecisionEngine

/// Which knowledge a command works with.
struct KnowledgeOptions: ParsableArguments {
  @Option(
    name: .customLong("pack"), parsing: .singleValue,
    help: ArgumentHelp("A folder with house rules on top of the guide; may be given again.", valueName: "dir"))
  var packs: [String] = []

  @Option(
    name: .customLong("knowledge"),
    help: ArgumentHelp(
      "Use an exported knowledge base instead, or a folder that holds a whole one.", valueName: "file.sqlite"))
  var database: String?

  @Flag(name: .customLong("no-color"), help: "No colour.") var noColor = false

  func validate() throws {
    if Set(packs).count < packs.count { throw ValidationError("A pack is given twice.") }
    if database != nil, !packs.isEmpty {
      throw ValidationError("--knowledge and --pack exclude each other: export the packs into the database.")
    }
  }

  static var cache: StoreCache { StoreCache(environment: ProcessInfo.processInfo.environment) }

  /// The shipped knowledge with the packs, from the cache where it is warm.
  /// - Parameter parts: what of it is wanted.
  func load(_ parts: KnowledgeStore.Parts = .pages) throws -> Knowledge {
    if let base = try wholeFolder() {
      let result = KnowledgeCompiler.compile([base])
      let findings = result.findings.isEmpty ? KnowledgeOptions.proof(result) : result.findings
      guard findings.isEmpty else { throw Ending.badInput(findings.map(\.text).joined(separator: "\n")) }
      return result.knowledge
    }
    if let database {
      guard FileManager.default.isReadableFile(atPath: database) else {
        throw Ending.cannot("\(database): there is no such file, or it cannot be read")
      }
      do {
        return try KnowledgeStore.readForeign(database, parts: parts)
      } catch {
        throw Ending.badInput("\(database): \(error)")
      }
    }
    return try KnowledgeOptions.shipped(with: try packFolders(), parts)
  }

  /// Whether it is the shipped one as it is.
  var isShipped: Bool { packs.isEmpty && database == nil }

  /// Some thresholds of the shipped knowledge, read from their own files alone, which is quicker than all of it.
  static func shipped(thresholds: [String]) -> [Threshold] {
    KnowledgeCompiler.thresholds(
      in: thresholds.map { "thresholds/\($0).md" }.compactMap { path in
        Content.file("knowledge/" + path).map { KnowledgeSource.File(path: path, text: $0) }
      })
  }

  /// The shipped knowledge with these packs, from the cache where it is warm.
  static func shipped(with packs: [KnowledgeSource] = [], _ parts: KnowledgeStore.Parts = .pages) throws -> Knowledge {
    let fingerprint = KnowledgeSource.fingerprint(of: [shippedFingerprint] + packs.map(\.fingerprint))
    return try cache.knowledge(for: fingerprint, parts: parts) { () throws(Ending) in
      let result = KnowledgeCompiler.compile([shipped] + packs)
      var findings = result.findings
      // The shipped knowledge is proved when it is built; a pack has to be proved here.
      if findings.isEmpty, !packs.isEmpty { findings = proof(result, touchedOnly: true) }
      guard findings.isEmpty else {
        throw .badInput(findings.map(\.text).joined(separator: "\n"))
      }
      return result.knowledge
    }
  }

  /// Everything compiled anew, with what is wrong.
  func compile() throws -> KnowledgeCompiler.Result {
    if let base = try wholeFolder() { return KnowledgeCompiler.compile([base]) }
    // A database has no places in files: what is wrong is named by entry.
    if database != nil { return .init(knowledge: try load(.all), places: [:], findings: []) }
    return KnowledgeCompiler.compile([KnowledgeOptions.shipped] + (try packFolders()))
  }

  private func packFolders() throws -> [KnowledgeSource] { try packs.map { try KnowledgeOptions.folder($0) } }

  /// The folder that --knowledge names, if it is one: knowledge before it is shipped.
  private func wholeFolder() throws -> KnowledgeSource? {
    var isFolder: ObjCBool = false
    guard let database, FileManager.default.fileExists(atPath: database, isDirectory: &isFolder), isFolder.boolValue
    else { return nil }
    return try KnowledgeOptions.folder(database, isWhole: true)
  }

  static func folder(_ path: String, isWhole: Bool = false) throws -> KnowledgeSource {
    do throws(Finding) {
      return try KnowledgeSource.folder(path, isWhole: isWhole)
    } catch {
      throw Ending(
        status: FileManager.default.fileExists(atPath: path) ? 2 : 3,
        message: "\(error.file): \(error.message)" + (error.remedy.map { "; \($0)" } ?? ""))
    }
  }

  /// What the proof and the examples find, with places.
  /// - Parameter touchedOnly: whether to prove only what packs have changed.
  static func proof(_ result: KnowledgeCompiler.Result, touchedOnly: Bool = false) -> [Finding] {
    func finding(_ entry: String, _ path: String, _ message: String, _ remedy: String?) -> Finding {
      let place = result.places["\(entry)#\(path)"] ?? result.places["\(entry)#examples.0"] ?? result.places[entry]
      return Finding(
        file: place?.file ?? entry, line: place?.line ?? 1, column: place?.column ?? 1, message: "\(entry): \(message)",
        remedy: remedy)
    }
    let flaws = RuleTableProof.check(result.knowledge, touchedOnly: touchedOnly).map {
      finding($0.entry, $0.path, $0.message, $0.remedy)
    }
    let failures = ExampleRunner.run(result.knowledge).failures.map {
      finding(
        $0.decision, "examples.\($0.example)", "example \($0.example + 1) \($0.message)", "mend the example or the rule"
      )
    }
    // A pack's figure can break a rule of the guide's: the finding stands there, so the cause is named too.
    let overrides = result.knowledge.entries.compactMap { entry in
      entry.override.map { "\($0.pack) changes \($0.keys.joined(separator: ", ")) of \(entry.id)" }
    }
    return (flaws + failures).sorted().map { finding in
      guard !overrides.isEmpty, finding.file.hasPrefix("knowledge/") else { return finding }
      var caused = finding
      caused.remedy =
        ([finding.remedy].compactMap { $0 } + ["the packs matter here: " + overrides.joined(separator: "; ")])
        .joined(separator: "; ")
      return caused
    }
  }

  private static let shippedFingerprint = Content.fingerprints["knowledge"] ?? ""

  private static var shipped: KnowledgeSource {
    KnowledgeSource(
      name: "knowledge",
      files: Content.files(under: "knowledge").map { KnowledgeSource.File(path: $0.path, text: $0.text) },
      fingerprint: shippedFingerprint)
  }
}
