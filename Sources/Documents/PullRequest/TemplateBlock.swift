/// The block between two markers that is ours in a template; every other byte is a person's.
///
///     <!-- plumbline:begin pull-request HASH.ORIGIN -->
///     …
///     <!-- plumbline:end pull-request -->
///
/// The hash tells whether a person has edited the block; the origin, what is to be undone when it is taken out.
struct TemplateBlock: Hashable {
  static let id = "pull-request"

  /// What was done to the file when the block was put in.
  enum Origin: Hashable {
    /// So many line ends were put between a person's text and the block.
    case added(lineEnds: Int)
    /// The file was made, and so many folders above it.
    case made(folders: Int)

    var word: String {
      switch self {
      case .added(let count): "\(count)"
      case .made(let count): "new\(count)"
      }
    }

    init?(_ word: some StringProtocol) {
      let isNew = word.hasPrefix("new")
      guard let count = Int(isNew ? word.dropFirst(3) : word[...]), (0...9).contains(count) else { return nil }
      self = isNew ? .made(folders: count) : .added(lineEnds: count)
    }
  }

  /// From the first marker to the end of the last, without the line's end behind it.
  var range: Range<Int>
  /// Of the first marker, from 1.
  var line: Int
  var body: [Line]
  var origin: Origin
  /// Whether the lines are other ones than were written.
  var isEdited: Bool

  struct Problem: Error, Hashable {
    /// From 1.
    var line: Int
    var text: String
  }

  /// The block of a file, nil where there is none.
  /// - Throws: `Problem` where there are several, or markers without their counterpart.
  static func find(in bytes: [UInt8]) throws(Problem) -> TemplateBlock? {
    var found: TemplateBlock?
    var open: (marker: Marker, start: Int, line: Int)?
    var body: [Line] = []
    for (index, range) in bytes.lineRanges.enumerated() {
      let line = Line(bytes: Array(bytes[range]))
      guard let marker = Marker(line), marker.id == id, marker.kind == .begin || marker.kind == .end else {
        body.append(line)
        continue
      }
      switch (marker.kind, open) {
      case (.begin, let open?):
        throw Problem(
          line: index + 1, text: "a block of plumbline begins inside the one that begins in line \(open.line)")
      case (.begin, nil):
        if let found {
          throw Problem(
            line: index + 1, text: "a second block of plumbline; the first begins in line \(found.line), delete one")
        }
        open = (marker, range.lowerBound, index + 1)
        body = []
      case (_, let begun?):
        let parts = (begun.marker.hash ?? "").split(separator: ".", omittingEmptySubsequences: false)
        found = TemplateBlock(
          range: begun.start..<range.upperBound, line: begun.line, body: body,
          origin: parts.count == 2 ? Origin(parts[1]) ?? .added(lineEnds: 0) : .added(lineEnds: 0),
          isEdited: parts.first.map(String.init) != Markers.hash(body))
        open = nil
      case (_, nil):
        throw Problem(line: index + 1, text: "a block of plumbline ends here and does not begin; delete this line")
      }
    }
    if let open {
      throw Problem(
        line: open.line,
        text: "a block of plumbline begins here and does not end; put “\(Marker(.end, id).line.text)” behind it")
    }
    return found
  }

  /// A file with the block's lines in place of those it has, or at its end.
  /// - Parameters:
  ///   - bytes: the file; nil where there is none.
  ///   - folders: how many folders have to be made for it.
  /// - Throws: `Problem` where the file cannot take one.
  static func put(_ lines: [String], into bytes: [UInt8]?, folders: Int) throws(Problem) -> [UInt8] {
    guard let bytes else { return rendered(lines, .made(folders: folders), end: "\n") + [0x0A] }
    if let found = try find(in: bytes) {
      let around = Array(bytes[..<found.range.lowerBound] + bytes[found.range.upperBound...])
      let end = around.contains(0x0A) ? around.lineEnd : bytes.lineEnd
      let fit = String(validating: around, as: UTF8.self) == nil ? lines.map(ascii) : lines
      return bytes[..<found.range.lowerBound] + rendered(fit, found.origin, end: end)
        + bytes[found.range.upperBound...]
    }
    if let opened = bytes.openConstruct {
      throw Problem(line: opened.line, text: "\(opened.name) begins here and does not end; what is behind it is hidden")
    }
    let end = bytes.lineEnd
    let ranges = bytes.lineRanges
    let endsLine = bytes.last == 0x0A
    let last = endsLine ? ranges.dropLast().last : ranges.last
    let isBlank = last.map { Line(bytes: Array(bytes[$0])).isBlank } ?? true
    let count = bytes.isEmpty ? 0 : !endsLine ? 2 : isBlank ? 0 : 1
    let fit = String(validating: bytes, as: UTF8.self) == nil ? lines.map(ascii) : lines
    return bytes + Array(String(repeating: end, count: count).utf8)
      + rendered(fit, .added(lineEnds: count), end: end) + Array(end.utf8)
  }

  /// The file without its block; nil where nothing else is in a file that was made for it.
  func removed(from bytes: [UInt8]) -> [UInt8]? {
    var before = bytes[..<range.lowerBound]
    var after = bytes[range.upperBound...]
    let hasReturns = after.first == 0x0D || after.isEmpty && bytes.lineEnd == "\r\n"
    if after.first == 0x0D { after.removeFirst() }
    if after.first == 0x0A { after.removeFirst() }
    if case .added(let count) = origin, after.isEmpty {
      for _ in 0..<count where before.last == 0x0A {
        before.removeLast()
        if hasReturns, before.last == 0x0D { before.removeLast() }
      }
    }
    if case .made = origin, before.isEmpty, after.isEmpty { return nil }
    return Array(before + after)
  }

  private static func rendered(_ lines: [String], _ origin: Origin, end: String) -> [UInt8] {
    let hash = Markers.hash(lines.map { Line($0) })
    let all = [Marker(.begin, id, hash: "\(hash).\(origin.word)").line.text] + lines + [Marker(.end, id).line.text]
    return Array(all.joined(separator: end).utf8)
  }

  /// A line that reads well in any encoding that has ASCII in it.
  private static func ascii(_ line: String) -> String {
    line.prefix { $0 == " " } + ASCIIText.text(String(line.drop { $0 == " " }))
  }
}

extension [UInt8] {
  /// Each line without its end and without a byte order mark; an empty one behind the last line's end.
  var lineRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for index in indices where self[index] == 0x0A {
      ranges.append(start..<(index > start && self[index - 1] == 0x0D ? index - 1 : index))
      start = index + 1
    }
    ranges.append(start..<endIndex)
    return ranges
  }

  /// The end that most lines have.
  var lineEnd: String {
    var (all, returns) = (0, 0)
    for index in indices where self[index] == 0x0A {
      all += 1
      if index > 0, self[index - 1] == 0x0D { returns += 1 }
    }
    return returns * 2 > all ? "\r\n" : "\n"
  }

  /// A comment or a block of code that is open where the file ends.
  fileprivate var openConstruct: (line: Int, name: String)? {
    var open: (line: Int, name: String)?
    var fence: (byte: UInt8, count: Int)?
    for (index, range) in lineRanges.enumerated() {
      let line = self[range]
      let indent = line.prefix { $0 == 0x20 }.count
      let text = line.dropFirst(indent)
      if let begun = fence {
        let run = text.prefix { $0 == begun.byte }.count
        if indent < 4, run >= begun.count, text.dropFirst(run).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
          (fence, open) = (nil, nil)
        }
      } else if open != nil {
        if line.contains(Array("-->".utf8)) { open = nil }
      } else if indent < 4 {
        if let byte = text.first, byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") {
          let run = text.prefix { $0 == byte }.count
          if run >= 3, byte != UInt8(ascii: "`") || !text.dropFirst(run).contains(byte) {
            fence = (byte, run)
            open = (index + 1, "a block of code")
          }
        } else if text.starts(with: Array("<!--".utf8)), !text.dropFirst(4).contains(Array("-->".utf8)) {
          open = (index + 1, "a comment")
        }
      }
    }
    return open
  }
}
