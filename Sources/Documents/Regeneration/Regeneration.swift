/// A document that is generated again over the one that a person has worked on.
///
/// Lines of a person are never lost: they stay between the parts, in a part that was edited, in marked notes and at
/// items of task lists; where they cannot be brought together with the new text, both are written as a conflict.
public enum Regeneration {
  /// What happened to a part, or to the text between parts.
  public struct Change: Sendable, Hashable {
    public enum Kind: String, Sendable {
      /// New text in place of text that nobody had edited.
      case replaced
      /// It is new.
      case added
      /// Nobody had edited it, and it is not generated any more.
      case removed
      /// A person's edits and the new text were brought together.
      case merged
      /// A person's edits and the new text were not.
      case conflict
      /// It was edited and is not generated any more: it stays as a person's text.
      case kept
      /// A person had deleted it.
      case deleted
    }
    public var kind: Kind
    /// The part; nil for the text between parts.
    public var part: String?
  }

  /// A place that a person has to settle.
  public struct Conflict: Sendable, Hashable {
    /// Of the line `<<<<<<< yours`, from 1.
    public var line: Int
    /// The part it stands in; nil between parts.
    public var part: String?
  }

  /// What was found wrong with markers, and what was made of it.
  public struct Remark: Sendable, Hashable {
    /// In the old file, from 1.
    public var line: Int
    public var text: String
  }

  public struct Result: Sendable {
    /// The document to write.
    public var text: String
    /// The file that it was brought together with; nil where there was none.
    public var old: String?
    public var changes: [Change] = []
    public var conflicts: [Conflict] = []
    public var remarks: [Remark] = []
    /// Items that had been ticked or annotated and are not asked for any more.
    public var noLongerAsked: [String] = []
  }

  /// Why a document cannot be generated again.
  public enum Problem: Error, Sendable, Hashable {
    /// An earlier conflict has not been settled; the line from 1, and what stands there.
    case unresolved(line: Int, text: String)
  }

  /// Brings a newly generated document together with the one that is there.
  /// - Parameters:
  ///   - new: generated now, its markers completed (`Markers.completed`).
  ///   - old: the file as it is; nil where there is none.
  ///   - base: what was generated last, as it was then; nil where it is not known.
  /// - Throws: `Problem` where the file holds an unresolved conflict of an earlier run.
  public static func merge(new: String, old: String?, base: String?) throws(Problem) -> Result {
    guard let old else { return Result(text: new) }
    try checkSettled(old)
    let file = FileText(old)
    var merger = Merger(new: FileText(new).lines, old: file.lines, base: base.map { FileText($0).lines })
    let lines = merger.run()
    var result = merger.result
    result.old = old
    result.text = file.text(of: lines)
    result.conflicts = conflicts(in: lines)
    return result
  }

  /// - Throws: `Problem` where a file holds an unresolved conflict.
  public static func checkSettled(_ text: String) throws(Problem) {
    for (index, line) in FileText(text).lines.enumerated()
    where line.text.hasPrefix(ConflictLine.begin) || line.text.hasPrefix(ConflictLine.end) {
      throw .unresolved(line: index + 1, text: line.text)
    }
  }

  private static func conflicts(in lines: [Line]) -> [Conflict] {
    var part: String?
    var found: [Conflict] = []
    for (index, line) in lines.enumerated() {
      if let marker = Marker(line) {
        if marker.kind == .begin { part = marker.id }
        if marker.kind == .end { part = nil }
      } else if line.text == ConflictLine.begin {
        found.append(Conflict(line: index + 1, part: part))
      }
    }
    return found
  }
}
