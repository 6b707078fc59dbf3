internal import KnowledgeModel

/// New numbers for records whose numbers are taken, with every link in the folder that leads to them.
public struct RecordRenumbering: Sendable, Hashable {
  public struct Move: Sendable, Hashable {
    public var from: String
    public var to: String
  }

  /// In the order of the old numbers.
  public var moves: [Move]
  /// The files that change, under their new names.
  public var files: [RecordFile]
  /// References in running text that could mean either of two records; they were left as they are.
  public var notes: [String]

  /// Gives one record the next free number.
  /// - Parameter taken: numbers that another branch has.
  public static func next(of record: DecisionRecord, in folder: RecordFolder, taken: Set<Int> = []) -> RecordRenumbering
  {
    RecordRenumbering(moving: [record], in: folder, taken: taken, others: [])
  }

  /// Gives new numbers to the records that another branch does not have, from the first whose number it has taken; in
  /// their old order.
  /// - Parameter names: the file names of the folder on the other branch.
  public static func against(_ names: Set<String>, in folder: RecordFolder) -> RecordRenumbering {
    let taken = Set(names.compactMap { RecordName($0)?.number })
    let own = folder.records.filter { !names.contains($0.file) }
    guard let first = own.first(where: { taken.contains($0.number) })?.number else {
      return RecordRenumbering(moving: [], in: folder, taken: taken, others: [])
    }
    return RecordRenumbering(moving: own.filter { $0.number >= first }, in: folder, taken: taken, others: names)
  }

  /// Gives new numbers to all but the first of the records that share one.
  public static func duplicates(in folder: RecordFolder, taken: Set<Int> = []) -> RecordRenumbering {
    let later = folder.records.enumerated().filter { index, record in
      folder.records[..<index].contains { $0.number == record.number }
    }
    return RecordRenumbering(moving: later.map(\.element), in: folder, taken: taken, others: [])
  }

  private init(moving: [DecisionRecord], in folder: RecordFolder, taken: Set<Int>, others: Set<String>) {
    let moved = Set(moving.map(\.file))
    let kept = folder.records.filter { !moved.contains($0.file) }.map(\.number)
    let base = max(kept.max() ?? 0, taken.max() ?? 0)
    var names: [String: RecordName] = [:]
    for (index, record) in moving.enumerated() {
      var name = record.name
      name.number = base + 1 + index
      names[record.file] = name
    }
    moves = moving.compactMap { record in names[record.file].map { Move(from: record.file, to: $0.file) } }
    files = []
    notes = []
    for file in folder.files {
      let rewriting = Rewriting(folder: folder, names: names, others: others, file: file)
      let (text, ambiguous) = rewriting.text
      if let name = names[file.name] {
        files.append(RecordFile(name: name.file, text: text))
      } else if text != file.text {
        files.append(RecordFile(name: file.name, text: text))
      }
      notes += ambiguous.map { "\(file.name): ADR-\($0) could be either of two records; it was left as it is" }
    }
  }

  /// One file of the folder with the new numbers.
  private struct Rewriting {
    let folder: RecordFolder
    let names: [String: RecordName]
    /// The names on the other branch: what it refers to there is not ours.
    let others: Set<String>
    let file: RecordFile

    var text: (String, ambiguous: [Int]) {
      guard !names.isEmpty else { return (file.text, []) }
      var lines = RecordText.lines(file.text)
      let body = RecordText.body(lines)
      let front = FrontMatter.range(lines)
      var ambiguous: [Int] = []
      for index in lines.indices where body[index] || front?.contains(index) == true {
        var line = links(String(lines[index]))
        line = references(line, &ambiguous)
        if body[index], line.hasPrefix("# "), let name = names[file.name] { line = title(line, name) }
        if line != lines[index] { lines[index] = Substring(line) }
      }
      return (RecordText.text(lines), ambiguous.uniqued())
    }

    /// Targets, and the number at the beginning of a label.
    private func links(_ line: String) -> String {
      line.replacing(/\[((?:[^\[\]\\]|\\.)*)\]\((\.\/)?([^\/()\s#:]+\.md)(#[^()\s]*)?\)/) { match in
        guard let name = names[String(match.3)], let old = RecordName(String(match.3)) else { return match.0 }
        var label = String(match.1)
        if let number = label.prefixMatch(of: /[0-9]+(?=\\?\.)/), Int(number.0) == old.number {
          label.replaceSubrange(number.range, with: String(name.number))
        } else if let number = label.prefixMatch(of: /(?:(?i:ADR)[- ]?)?([0-9]{1,6})(?![0-9])/),
          Int(number.1) == old.number
        {
          label.replaceSubrange(
            number.1.startIndex..<number.1.endIndex, with: RecordName.padded(name.number, number.1.count))
        }
        return "[\(label)](\(match.2 ?? "")\(name.file)\(match.4 ?? ""))"[...]
      }
    }

    /// `ADR-0007` where it can only mean a record that gets another number. Labels of links are done already, so that
    /// a number that is taken by then stays.
    private func references(_ line: String, _ ambiguous: inout [Int]) -> String {
      var out = line
      let inLinks = line.ranges(of: /\[(?:[^\[\]\\]|\\.)*\]\([^()\s]*\)/)
      for reference in RecordReference.scan(line).reversed() {
        guard !inLinks.contains(where: { $0.overlaps(reference.range) }) else { continue }
        let candidates = folder.records(reference.number)
        guard candidates.contains(where: { names[$0.file] != nil }) else { continue }
        let linked = candidates.filter { candidate in candidate.links.contains { $0.target == file.name } }
        let meant = linked.count == 1 ? linked : candidates
        // A file that the other branch has as well speaks of what is there.
        let isTheirs = others.contains(file.name) && others.contains { RecordName($0)?.number == reference.number }
        guard meant.count == 1, !(isTheirs && linked.isEmpty), let name = names[meant[0].file] else {
          if meant.count > 1 { ambiguous.append(reference.number) }
          continue
        }
        out.replaceSubrange(reference.range, with: RecordName.padded(name.number, reference.width))
      }
      return out
    }

    private func title(_ line: String, _ name: RecordName) -> String {
      guard let match = line.prefixMatch(of: /# (?:(?i:ADR)[- ]?)?([0-9]{1,6})(?=\\?\.|\s*[:–-])/),
        let old = RecordName(file.name), Int(match.1) == old.number
      else { return line }
      let width = match.1.hasPrefix("0") ? match.1.count : 1
      var out = line
      out.replaceSubrange(match.1.startIndex..<match.1.endIndex, with: RecordName.padded(name.number, width))
      return out
    }
  }
}
