internal import KnowledgeModel
internal import TextFormats

/// An entry's file taken apart, before its values are read.
struct RawEntry {
  struct Field {
    var value: YAMLValue
    var keyMark: YAMLValue.Mark
    var file: String
  }

  var kind: EntryKind
  var id: String
  /// As messages name it.
  var file: String
  var pack: String
  var fields: [String: Field]
  var body: String
  var bodyFile: String
  /// The line of the file on which the body begins.
  var bodyLine: Int
  var override: Entry.Override?

  func finding(_ message: String, _ remedy: String? = nil) -> Finding {
    Finding(file: file, line: 1, column: 1, message: message, remedy: remedy)
  }

  /// Splits front matter from body.
  init(source: String, pack: String, file: KnowledgeSource.File) throws(Finding) {
    let parts = file.path.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let kind = EntryKind(rawValue: String(parts[0])) else {
      throw Finding(
        file: "\(source)/\(file.path)", line: 1, column: 1, message: "no kind of entry lives in this folder")
    }
    self.kind = kind
    self.pack = pack
    self.file = "\(source)/\(file.path)"
    bodyFile = self.file
    id = String(parts[1].dropLast(3))
    func problem(_ line: Int, _ message: String, _ remedy: String? = nil) -> Finding {
      Finding(file: "\(source)/\(file.path)", line: line, column: 1, message: message, remedy: remedy)
    }
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first == "---" else { throw problem(1, "front matter is missing", "begin the file with a line ---") }
    guard let end = lines.dropFirst().firstIndex(of: "---") else {
      throw problem(1, "the front matter is not closed", "end it with a line ---")
    }
    body = lines[(end + 1)...].joined(separator: "\n").trimmingBlankLines
    bodyLine = end + 2 + lines[(end + 1)...].prefix { $0.allSatisfy(\.isWhitespace) }.count
    let value: YAMLValue?
    do throws(YAMLProblem) {
      value = try StrictYAML.parse(lines[1..<end].joined(separator: "\n"), firstLine: 2)
    } catch {
      throw Finding(
        file: "\(source)/\(file.path)", line: error.mark.line, column: error.mark.column, message: error.message)
    }
    guard case .mapping(let pairs, _)? = value else {
      throw problem(2, "the front matter is not a mapping", "write key: value lines")
    }
    fields = [:]
    for pair in pairs {
      fields[pair.key] = Field(value: pair.value, keyMark: pair.keyMark, file: "\(source)/\(file.path)")
    }
  }

  /// This entry with the front-matter keys, and the body if there is one, of a pack's entry laid over it.
  func overridden(by other: RawEntry) -> RawEntry {
    var merged = self
    var keys: [String] = override?.keys ?? []
    for (key, field) in other.fields where key != "override" {
      merged.fields[key] = field
      keys.append(key)
    }
    if !other.body.isEmpty {
      merged.body = other.body
      merged.bodyFile = other.bodyFile
      merged.bodyLine = other.bodyLine
      keys.append("body")
    }
    merged.override = Entry.Override(pack: other.pack, keys: keys.uniqued().sorted())
    return merged
  }
}

extension String {
  var trimmingBlankLines: String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false)
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
