internal import Markdown

/// An item of ours as it stands in a body.
struct RawItem {
  typealias Run = MarkdownOutline.Run

  private let id: String
  private let line: Int
  private let isTicked: Bool
  /// Whether its label is struck out, or all of its text.
  private var isStruck: Bool
  /// Whether its box says that it does not apply, as GitLab has it: `[~]`.
  private let hasInapplicableBox: Bool
  /// What stands before the label, then behind it, then below.
  var lines: [[Run]]
  /// Blocks of code, cells and raw HTML that show something.
  private var blocks = 0

  /// The first line of an item of a list.
  /// - Parameter isTicked: nil where it has no box. Then it counts only if it says that it does not apply: an id may
  ///   stand in any list.
  /// - Returns: nil where it is none of ours.
  init?(_ runs: [Run], isTicked: Bool?, line: Int, _ reference: ItemReference) {
    let text = RawItem.text(runs)
    hasInapplicableBox = isTicked == nil && (text.hasPrefix("[~]") || text.hasPrefix("[-]"))
    if let label = RawItem.label(runs, reference) {
      id = label.id
      isStruck = runs[label.range].allSatisfy(\.isStruck)
      lines = [Array(runs[..<label.range.lowerBound]), Array(runs[label.range.upperBound...])]
    } else if let id = RawItem.bareID(text, reference) ?? reference.check(saying: text) {
      self.id = id
      isStruck = runs.allSatisfy { $0.isStruck || $0.text.allSatisfy(\.isWhitespace) }
      lines = [runs]
    } else {
      return nil
    }
    self.line = line
    self.isTicked = isTicked ?? false
    let saysSo = BodyWords.notApplicable(in: lines.map(RawItem.shown).joined(separator: " "))?.isAtStart ?? false
    guard isTicked != nil || isStruck || hasInapplicableBox || saysSo else { return nil }
  }

  /// A line that is struck out together with its dash and box, which makes it no item any more.
  init?(struckLine runs: [Run], line: Int, _ reference: ItemReference) {
    guard let first = runs.first, first.isStruck else { return nil }
    let start = RawItem.text(runs).prefix(6)
    guard let dash = start.first, "-*+".contains(dash), start.dropFirst().hasPrefix(" ["),
      start.dropFirst(4).hasPrefix("] ")
    else { return nil }
    self.init(runs, isTicked: nil, line: line, reference)
  }

  /// The first bold text whose last word is the id of a check.
  private static func label(_ runs: [Run], _ reference: ItemReference) -> (id: String, range: Range<Int>)? {
    var index = 0
    while index < runs.count {
      let start = index
      while index < runs.count, runs[index].isBold { index += 1 }
      let word = text(Array(runs[start..<index])).split(whereSeparator: \.isWhitespace).last
      if let word, let id = reference.check(word.lowercased().trimmingSuffix(":")) { return (id, start..<index) }
      if index == start { index += 1 }
    }
    return nil
  }

  /// An id among the first words, where the bold type was taken away.
  private static func bareID(_ text: String, _ reference: ItemReference) -> String? {
    text.prefix(200).split(whereSeparator: \.isWhitespace).prefix(5).lazy
      .map { $0.lowercased().trimmingSuffix(":") }.first { $0.contains("-") && reference.check($0) != nil }
      .flatMap { reference.check($0) }
  }

  /// Brings in what stands below.
  mutating func add(_ block: MarkdownOutline.Block) {
    switch block.kind {
    case .code, .cell:
      if !BodyWords.isPlaceholder(BodyWords.words(RawItem.text(block.runs))) { blocks += 1 }
    case .html: if block.runs.contains(where: RawItem.showsSomething) { blocks += 1 }
    case .paragraph, .heading, .headerCell, .rule: break
    }
  }

  /// Whether a line outside of a list goes with the item before it: it begins with `Evidence:`, or is nothing but links
  /// and pictures.
  static func isAttachment(_ runs: [Run]) -> Bool {
    if let label = BodyWords.evidenceLabel(in: shown(runs)), BodyWords.words(label.before).isEmpty { return true }
    let said = runs.filter { $0.kind == .html || $0.text.contains { !$0.isWhitespace } || $0.target != nil }
    return !said.isEmpty && said.allSatisfy { $0.target != nil || showsSomething($0) }
  }

  // MARK: What a person answered

  func item(_ reference: ItemReference) -> ChecklistBody.Item {
    var reading = Reading(id: id, reference: reference)
    reading.saysNotApplicable = isStruck || hasInapplicableBox || hasStruckSentence(reference)
    for line in lines { reading.read(RawItem.shown(line)) }
    let attachments = blocks + lines.reduce(0) { $0 + RawItem.attachments($1) }
    return ChecklistBody.Item(
      id: id, line: line,
      state: reading.saysNotApplicable ? .notApplicable(reason: reading.reason) : isTicked ? .ticked : .unticked,
      evidence: reading.evidence.isEmpty && attachments == 0
        ? nil : .init(text: reading.evidence, attachments: attachments))
  }

  private func hasStruckSentence(_ reference: ItemReference) -> Bool {
    let struck = lines.map { RawItem.text($0.filter(\.isStruck)) }.joined(separator: " ")
    return BodyWords.sentences(struck).contains { reference.isOurs($0, of: id) }
  }

  private static func text(_ runs: [Run]) -> String {
    runs.map { $0.kind == .html || $0.kind == .image ? "" : $0.text }.joined()
  }

  private static func shown(_ runs: [Run]) -> String { text(runs.filter { !$0.isStruck }) }

  private static func attachments(_ runs: [Run]) -> Int {
    var count = 0
    var last: String?
    for run in runs where !run.isStruck {
      if showsSomething(run) {
        count += 1
      } else if let target = run.target, target != last || run.kind == .image, leadsSomewhere(target) {
        count += 1
      }
      last = run.target
    }
    return count
  }

  /// Not a place in the same text, and not the word `url` that a template has.
  private static func leadsSomewhere(_ target: String) -> Bool {
    !target.hasPrefix("#") && !target.hasPrefix("?") && (target.contains("/") || target.contains("."))
      && BodyWords.words(target).count > 1
  }

  /// The HTML that forges write for a picture that is dropped on the text.
  private static func showsSomething(_ run: Run) -> Bool {
    let text = run.kind == .html ? run.text.lowercased() : ""
    return ["<img ", "<video ", "<a href"].contains { text.contains($0) }
  }
}

/// Reads an item line by line, and tells what a person wrote from what we did.
private struct Reading {
  let id: String
  let reference: ItemReference
  var saysNotApplicable = false
  private var own: [String] = []
  private var shown: [String] = []
  private var isEvidence = false

  init(id: String, reference: ItemReference) {
    self.id = id
    self.reference = reference
  }

  mutating func read(_ line: String) {
    guard let label = BodyWords.evidenceLabel(in: line) else { return take(line) }
    take(label.before)
    isEvidence = true
    if !reference.isHint(label.hint, of: id) { shown.append(label.hint) }
    // Where evidence should stand, it needs a reason to mean the whole item.
    if let marker = BodyWords.notApplicable(in: label.behind), marker.isAtStart {
      let reason = String(decoding: Array(label.behind.utf8)[marker.range.upperBound...], as: UTF8.self)
      if BodyWords.isReason(BodyWords.words(reason)) {
        saysNotApplicable = true
        own.append(reason)
      }
    } else {
      take(label.behind)
    }
  }

  private mutating func take(_ text: String) {
    guard let marker = BodyWords.notApplicable(in: text), !isEvidence || marker.isAtStart else { return keep(text) }
    let bytes = Array(text.utf8)
    saysNotApplicable = true
    keep(String(decoding: bytes[..<marker.range.lowerBound], as: UTF8.self))
    isEvidence = false
    keep(String(decoding: bytes[marker.range.upperBound...], as: UTF8.self))
  }

  private mutating func keep(_ text: String) {
    for sentence in BodyWords.sentences(text) {
      if isEvidence {
        if !reference.isHint(sentence, of: id) { shown.append(sentence) }
      } else if !reference.isOurs(sentence, of: id) {
        own.append(sentence)
      }
    }
  }

  var evidence: String {
    let text = Reading.line(shown)
    return BodyWords.isPlaceholder(BodyWords.words(text)) ? "" : text
  }

  var reason: String? {
    let texts = [Reading.line(own), Reading.line(own + shown)]
    return texts.first { BodyWords.isReason(BodyWords.words($0)) }
  }

  private static func line(_ sentences: [String]) -> String {
    let text = MarkdownText.plain(sentences.joined(separator: " "))
    let start = text.drop { !$0.isLetter && !$0.isNumber && !"`'\"“".contains($0) }
    return String(start)
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
