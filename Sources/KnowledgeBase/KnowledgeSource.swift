internal import Foundation
internal import KnowledgeModel
internal import TextFormats

/// The files of one knowledge base or pack, as text.
public struct KnowledgeSource: Sendable {
  public struct File: Sendable {
    /// Below the knowledge folder: `decisions/read-scaling.md`.
    public var path: String
    public var text: String

    public init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// How messages name the folder: `knowledge`, or the pack's path.
  public var name: String
  public var files: [File]
  /// FNV-1a, 128 bits, hexadecimal: tells one content from another.
  public var fingerprint: String

  /// - Parameter fingerprint: where it is known already; made from the files otherwise.
  public init(name: String, files: [File], fingerprint: String? = nil) {
    self.name = name
    self.files = files.sorted { $0.path < $1.path }
    self.fingerprint = fingerprint ?? KnowledgeSource.fingerprint(self.files.flatMap { [$0.path, $0.text] })
  }

  /// Reads a pack's folder: `pack.yaml`, and entries in the folders of their kinds. Other files are left alone.
  /// - Throws: `Finding` where the folder cannot be read, a file is not UTF-8, or is larger than 1 MiB.
  /// - Parameter isWhole: whether it is a knowledge base of its own, which has the guide's statements too.
  public static func folder(_ path: String, isWhole: Bool = false) throws(Finding) -> KnowledgeSource {
    func failure(_ file: String, _ message: String, _ remedy: String? = nil) -> Finding {
      Finding(file: file, line: 0, column: 0, message: message, remedy: remedy)
    }
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw failure(path, "there is no such folder", "a pack is a folder with pack.yaml and decisions/, thresholds/, …")
    }
    var names = (["pack.yaml", "sources.yaml"] + (isWhole ? ["guide.yaml"] : [])).filter {
      manager.fileExists(atPath: "\(path)/\($0)")
    }
    guard names.contains("pack.yaml") else {
      throw failure(path, "pack.yaml is missing", "write pack.yaml with name, version and title")
    }
    for kind in EntryKind.allCases {
      let entries = (try? manager.contentsOfDirectory(atPath: "\(path)/\(kind.rawValue)")) ?? []
      names += entries.filter { $0.hasSuffix(".md") && !$0.hasPrefix(".") }.map { "\(kind.rawValue)/\($0)" }
    }
    var files: [File] = []
    for name in names.sorted() {
      guard let data = manager.contents(atPath: "\(path)/\(name)") else {
        throw failure("\(path)/\(name)", "the file cannot be read")
      }
      guard data.count <= 1 << 20 else { throw failure("\(path)/\(name)", "the file is larger than 1 MiB") }
      guard let text = String(validating: data, as: UTF8.self) else {
        throw failure("\(path)/\(name)", "the file is not UTF-8 text")
      }
      files.append(
        File(
          path: name, text: (text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text).replacing("\r\n", with: "\n")
        ))
    }
    return KnowledgeSource(name: path, files: files)
  }

  /// The fingerprint of several sources together: what `Knowledge.hash` is.
  public static func fingerprint(of sources: [String]) -> String { fingerprint(sources) }

  static func fingerprint(_ texts: [String]) -> String {
    var fingerprint = Fingerprint()
    for text in texts { fingerprint.mix(text) }
    return fingerprint.text
  }
}
