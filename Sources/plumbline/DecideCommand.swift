import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Questionnaire
import TextFormats

/// `plumbline decide`: what the rules say.
struct Decide: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", _superCommandName: Plumbline.name,
    abstract: "Evaluate answers: outcomes with reason, headroom and what would flip them.")

  @Argument(help: ArgumentHelp("The answers; - for standard input.", valueName: "answers.yaml")) var file: String?
  @Option(help: "text or json.") var format: OutputFormat = .text
  @Option(help: ArgumentHelp("Evaluate one JSON object a line; - for standard input.", valueName: "file.jsonl"))
  var batch: String?
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    if file == nil, batch == nil {
      throw ValidationError("Give an answers file, or --batch with a file of JSON lines.")
    }
    if file != nil, batch != nil { throw ValidationError("An answers file and --batch exclude each other.") }
    if batch != nil, !answers.changes.isEmpty { throw ValidationError("--set does not go with --batch.") }
  }

  func run() throws {
    let base = try knowledge.load(.advice)
    let evaluator = Evaluator(base, mode: answers.mode)
    if let batch { return try Batch(evaluator).run(batch) }
    let sheet = try answers.read(file ?? "-", for: base)
    let assessment = evaluator.assess(sheet)
    switch format {
    case .json:
      for warning in assessment.warnings { Output.error("warning: \(warning)") }
      try Output.write(AssessmentJSON.json(assessment, knowledge: base).pretty)
    case .text: try Output.write(AssessmentText.decide(assessment, knowledge: base, width: Output.columns))
    }
  }
}

/// `decide --batch`: a line in, a line out, in constant memory.
struct Batch {
  let evaluator: Evaluator
  let traits: [String: Trait]
  /// Longer lines are reported and skipped.
  static let longestLine = 1 << 20

  init(_ evaluator: Evaluator) {
    self.evaluator = evaluator
    traits = Dictionary(uniqueKeysWithValues: evaluator.knowledge.traits.map { ($0.id, $0) })
  }

  func run(_ path: String) throws {
    let input = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
    guard let input else { throw Ending.cannot("\(path): there is no such file, or it cannot be read") }
    var pending: [UInt8] = []
    var number = 0
    var bad = 0
    var skipping = false
    var out = ""
    func line(_ bytes: ArraySlice<UInt8>) {
      number += 1
      if skipping {
        skipping = false
        bad += 1
        out += error(.null, number, "the line is longer than 1 MiB")
        return
      }
      var text = bytes.last == 0x0D ? bytes.dropLast() : bytes
      if number == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
      if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
      do throws(BatchLine.Problem) {
        let line = try BatchLine.read(text, traits: traits)
        out += result(line)
      } catch {
        bad += 1
        out += self.error(error.id, number, error.message)
      }
    }
    while let chunk = try read(input.fileDescriptor, path), !chunk.isEmpty {
      var start = pending.count
      pending.append(contentsOf: chunk)
      var begin = 0
      while let end = pending[start...].firstIndex(of: 0x0A) {
        line(pending[begin..<end])
        begin = end + 1
        start = begin
      }
      pending.removeFirst(begin)
      if pending.count > Batch.longestLine {
        pending.removeAll()
        skipping = true
      }
      // What has been read is answered before more is waited for.
      try Output.write(out)
      out = ""
    }
    if !pending.isEmpty || skipping { line(pending[...]) }
    try Output.write(out)
    if bad > 0 { throw Ending.findings }
  }

  /// What is there by now, at most 64 KiB; empty at the end.
  private func read(_ descriptor: Int32, _ path: String) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count >= 0 { return Array(buffer[..<count]) }
      guard errno == EINTR else { throw Ending.cannot("\(path): \(String(cString: strerror(errno)))") }
    }
  }

  private func error(_ id: JSON, _ line: Int, _ message: String) -> String {
    JSON.object(["id": id, "line": .number(Decimal(line)), "error": .string(message)]).line + "\n"
  }

  private func result(_ line: BatchLine) -> String {
    let decisions = evaluator.verdicts(line.answers).map { verdict -> JSON.Member in
      let status = JSON.string(verdict.outcome.status.rawValue)
      let value: JSON =
        switch verdict.outcome.status {
        case .decided: .object(["status": status, "outcome": .string(verdict.outcome.outcome ?? "")])
        case .undecided:
          .object(["status": status, "possible": .strings(verdict.outcome.possible), "needs": .strings(verdict.needs)])
        case .notApplicable: .object(["status": status])
        }
      return JSON.Member(verdict.decision.id, value)
    }
    return JSON.object(["id": line.id, "decisions": .object(decisions)]).line + "\n"
  }
}

/// `plumbline explain`: one decision in full.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", _superCommandName: Plumbline.name,
    abstract: "Explain one decision: trace, rejected options, headroom, flips.")

  @Argument(help: ArgumentHelp("The answers; - for standard input.", valueName: "answers.yaml")) var file: String
  @Argument(help: "The decision's id.") var decision: String
  @Option(help: "text or json.") var format: OutputFormat = .text
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func run() throws {
    let base = try knowledge.load()
    guard let chosen = base.decision(decision) else {
      let ids = base.decisions.map(\.id)
      let hint =
        nearest(decision, among: ids).map { "did you mean \($0)?" } ?? "there are \(ids.joined(separator: ", "))"
      throw Ending.badInput("there is no decision “\(decision.forMessage)”; \(hint)")
    }
    let assessment = Evaluator(base, mode: answers.mode).assess(try answers.read(file, for: base))
    if let each = chosen.each, !assessment.records.contains(where: { $0.list.id == each }) {
      throw Ending.badInput("\(decision) is taken for each record of \(each), and the answers give none")
    }
    switch format {
    case .json where chosen.each != nil:
      let records: [JSON] = assessment.records.compactMap { record in
        let own = AssessmentJSON.json(assessment.focused(on: record), knowledge: base)["decisions"]
        guard case .array(let items)? = own, let result = items.first(where: { $0["id"] == .string(decision) }) else {
          return nil
        }
        return .object(["list": .string(record.list.id), "name": .string(record.name), "decision": result])
      }
      try Output.write(JSON.object(["id": .string(decision), "records": .array(records)]).pretty)
    case .json:
      let all = AssessmentJSON.json(assessment, knowledge: base)["decisions"]
      guard case .array(let items)? = all, let own = items.first(where: { $0["id"] == .string(decision) }) else {
        return
      }
      try Output.write(own.pretty)
    case .text:
      try Output.write(AssessmentText.explain(decision, in: assessment, knowledge: base, width: Output.columns) ?? "")
    }
  }
}
