internal import DecisionEngine
internal import Foundation
public import KnowledgeModel
internal import TextFormats

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Why the journal cannot be used.
public enum JournalProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another run holds it.
  case busy(output: String)
  /// The folder or file cannot be opened or written: path and reason.
  case unusable(path: String, reason: String)

  public var description: String {
    switch self {
    case .busy(let output):
      "another run of plumbline ask is answering for \(output); finish it first, or choose another folder with --out"
    case .unusable(let path, let reason): "answers cannot be kept in \(path): \(reason)"
    }
  }
}

/// Keeps an interview on disk after every reply, so that a killed run can be resumed.
///
/// One file for each output folder; every line is a whole state, so the last complete line is all that counts and a
/// line that was cut off loses one reply at most. Each line is synced before the next question is shown. The file is
/// locked while a run goes on.
public final class Journal {
  /// The file.
  public let path: String
  /// What was there when the journal was opened.
  public let saved: Interview.State?

  /// Whether the last state could not be kept.
  public private(set) var isBehind = false

  /// pwrite(2), or in tests a disk that fills up.
  var writeAt: (Int32, UnsafeRawBufferPointer, off_t) -> Int = { pwrite($0, $1.baseAddress, $1.count, $2) }

  private let descriptor: Int32
  /// Where the complete lines end.
  private var end: Int
  private var hasReported = false

  /// Opens and locks the journal for an output folder.
  ///
  /// - Parameters:
  ///   - folder: where journals are kept; made if it is missing.
  ///   - output: the absolute path of the folder that the documents go to.
  ///   - vocabulary: to read the answers back; those to other traits are dropped.
  ///   - lists: the same for records.
  public init(
    folder: String, output: String, vocabulary: [Trait], lists: [RecordList] = []
  ) throws(JournalProblem) {
    path = Journal.path(folder: folder, output: output)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .unusable(path: folder, reason: "the folder cannot be made")
    }
    descriptor = try Journal.openLocked(path, output: output)
    guard let content = Journal.content(of: descriptor) else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw .unusable(path: path, reason: reason)
    }
    let (state, end) = Journal.lastState(in: content, output: output, vocabulary, lists)
    saved = state
    self.end = end
    self.vocabulary = Dictionary(vocabulary.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.lists = lists
    self.output = output
  }

  private let vocabulary: [String: Trait]
  private let lists: [RecordList]
  private let output: String

  deinit { close(descriptor) }

  /// The journal's file for an output folder.
  public static func path(folder: String, output: String) -> String {
    // FNV-1a: the same on every machine and in every run.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in output.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let name = output.split(separator: "/").last.map(String.init) ?? "root"
    let safe = name.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil) ? String(scalar) : "-"
    }.joined().prefix(40)
    return "\(folder)/ask-\(safe)-\(String(hash, radix: 16)).jsonl"
  }

  /// Appends a state and syncs it to the disk.
  ///
  /// - Returns: what went wrong, the first time that something does; the interview can go on without a journal.
  public func append(_ state: Interview.State) -> JournalProblem? {
    let line = Array((json(state).line + "\n").utf8)
    var written = 0
    while written < line.count {
      let count = line[written...].withUnsafeBytes { writeAt(descriptor, $0, off_t(end + written)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return giveUp() }
      written += count
    }
    // A shorter line would leave the tail of a cut-off one behind it.
    guard ftruncate(descriptor, off_t(end + written)) == 0, fsync(descriptor) == 0 else { return giveUp() }
    end += written
    isBehind = false
    return nil
  }

  /// Forgets what was kept, and goes on with an empty journal.
  public func clear() {
    if ftruncate(descriptor, 0) == 0 { end = 0 }
  }

  /// Removes the file: the documents are written, and there is nothing to resume.
  public func remove() {
    unlink(path)
  }

  /// Leaves the complete lines as they are, and speaks of it once.
  private func giveUp() -> JournalProblem? {
    let reason = String(cString: strerror(errno))
    _ = ftruncate(descriptor, off_t(end))
    isBehind = true
    guard !hasReported else { return nil }
    hasReported = true
    return .unusable(path: path, reason: reason)
  }

  // MARK: Opening

  private static func openLocked(_ path: String, output: String) throws(JournalProblem) -> Int32 {
    // A finished run may remove the file between our open and our lock; then the lock is on a file without a name.
    for _ in 0..<10 {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { throw .unusable(path: path, reason: String(cString: strerror(errno))) }
      guard lock(descriptor) else {
        let isHeld = errno == EWOULDBLOCK
        let reason = String(cString: strerror(errno))
        close(descriptor)
        throw isHeld ? .busy(output: output) : .unusable(path: path, reason: reason)
      }
      var opened = stat()
      var named = stat()
      if fstat(descriptor, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino,
        opened.st_dev == named.st_dev
      {
        return descriptor
      }
      close(descriptor)
    }
    throw .busy(output: output)
  }

  /// Waits a second at most: a run that just ends still holds the lock, and so does for a moment the copy of a process
  /// that becomes another program.
  private static func lock(_ descriptor: Int32) -> Bool {
    for _ in 0..<50 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK || errno == EINTR else { return false }
      usleep(20_000)
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  private static func content(of descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(bytes.count)) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  // MARK: Lines

  /// The state of the last line that is whole and ours, and where that line ends.
  private static func lastState(
    in content: [UInt8], output: String, _ vocabulary: [Trait], _ lists: [RecordList]
  ) -> (Interview.State?, end: Int) {
    var state: Interview.State?
    var end = 0
    var start = 0
    while let feed = content[start...].firstIndex(of: 0x0A) {
      defer { start = feed + 1 }
      guard let json = try? JSON.parse(content[start..<feed]), let read = Journal.state(json, output, vocabulary, lists)
      else {
        continue
      }
      state = read
      end = feed + 1
    }
    return (state, end)
  }

  private func json(_ state: Interview.State) -> JSON {
    let sheet = state.sheet
    let answers = sheet.answers.sorted { $0.key < $1.key }.compactMap { id, answer in
      vocabulary[id].map { JSON.Member(id, .string(AnswerText.text(answer, for: $0))) }
    }
    var members: [JSON.Member] = [.init("journal", .number(1)), .init("output", .string(output))]
    members.append(.init("step", .string(name(of: state.step))))
    if let system = sheet.system { members.append(.init("system", .string(system))) }
    if let date = sheet.date { members.append(.init("date", .string(date))) }
    members.append(
      .init(
        "people",
        .array([
          .strings(sheet.people.decisionMakers), .strings(sheet.people.consulted), .strings(sheet.people.informed),
        ])))
    members.append(.init("answers", .object(answers)))
    members.append(.init("defaulted", .strings(state.defaulted.sorted())))
    members.append(
      .init("notes", .object(sheet.notes.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })))
    if !sheet.records.isEmpty {
      let records = AnswersFile.write(AnswerSheet(records: sheet.records), vocabulary: [], lists: lists)
      members.append(.init("records", .string(records)))
    }
    if let stamp = sheet.knowledge { members.append(.init("knowledge", .strings([stamp.version, stamp.hash]))) }
    members.append(.init("nameless", .bool(state.isNameless)))
    members.append(.init("areas", .strings(state.areas.sorted().map(\.rawValue))))
    members.append(.init("trail", .strings(state.trail.map(name))))
    members.append(.init("revising", .bool(state.isRevising)))
    let proposals = state.proposals.sorted { $0.key < $1.key }.compactMap { id, proposal in
      vocabulary[id].map { trait -> JSON in
        .strings([id, AnswerText.text(proposal.answer, for: trait), proposal.query, proposal.remark])
      }
    }
    if !proposals.isEmpty { members.append(.init("proposals", .array(proposals))) }
    return .object(members)
  }

  private func name(of step: Interview.Step) -> String {
    switch step {
    case .system: "system"
    case .trait(let id): "trait \(id)"
    case .review, .finished: "review"
    }
  }

  private static func step(named name: String) -> Interview.Step {
    switch name {
    case "system": .system
    case "review": .review
    default: .trait(String(name.dropFirst(6)))
    }
  }

  private static func state(_ json: JSON, _ output: String, _ vocabulary: [Trait], _ lists: [RecordList])
    -> Interview.State?
  {
    guard case .number(1)? = json["journal"], case .string(output)? = json["output"], let step = json["step"]?.string
    else { return nil }
    var state = Interview.State()
    state.step = Journal.step(named: step)
    state.sheet.system = json["system"]?.string
    state.sheet.date = json["date"]?.string
    if case .array(let people)? = json["people"], people.count == 3 {
      state.sheet.people = AnswerSheet.People(
        decisionMakers: people[0].strings, consulted: people[1].strings, informed: people[2].strings)
    }
    if case .object(let members)? = json["answers"] {
      for member in members {
        guard let trait = vocabulary.first(where: { $0.id == member.key }), let text = member.value.string,
          let answer = try? AnswerReader.read(text, for: trait)
        else { continue }
        state.sheet.answers[member.key] = answer
      }
    }
    if let text = json["records"]?.string,
      let sheet = try? AnswersFile.read(bytes: Array(text.utf8), name: "", vocabulary: [], lists: lists)
    {
      state.sheet.records = sheet.records
    }
    if case .object(let members)? = json["notes"] {
      for member in members { state.sheet.notes[member.key] = member.value.string }
    }
    if let stamp = json["knowledge"]?.strings, stamp.count == 2 {
      state.sheet.knowledge = .init(version: stamp[0], hash: stamp[1])
    }
    state.defaulted = Set(json["defaulted"]?.strings ?? [])
    if case .bool(let value)? = json["nameless"] { state.isNameless = value }
    state.areas = Set((json["areas"]?.strings ?? []).compactMap(Area.init(rawValue:)))
    state.trail = (json["trail"]?.strings ?? []).map(Journal.step)
    if case .bool(let value)? = json["revising"] { state.isRevising = value }
    if case .array(let proposals)? = json["proposals"] {
      for row in proposals.map(\.strings) where row.count == 4 {
        guard let trait = vocabulary.first(where: { $0.id == row[0] }),
          let answer = try? AnswerReader.read(row[1], for: trait)
        else { continue }
        state.proposals[row[0]] = Interview.Proposal(answer: answer, query: row[2], remark: row[3])
      }
    }
    return state
  }
}

extension JSON {
  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var strings: [String] { if case .array(let items) = self { items.compactMap(\.string) } else { [] } }
}
