public import KnowledgeModel
public import TextFormats

/// One line of `decide --batch`: `{"id": …, "answers": {trait: value}}` in base units, `[low, high]` for a range,
/// `null` for unknown.
public struct BatchLine: Sendable {
  public struct Problem: Error, Sendable, Hashable {
    /// The line's id where it could be read, else null.
    public var id: JSON
    public var message: String
  }

  public var id: JSON
  public var answers: [String: Answer]

  /// - Parameter traits: by id.
  public static func read(_ bytes: some Collection<UInt8>, traits: [String: Trait]) throws(Problem) -> BatchLine {
    let json: JSON
    do throws(JSONProblem) {
      json = try JSON.parse(bytes)
    } catch {
      throw Problem(id: salvagedID(bytes), message: "column \(error.column): \(error.message)")
    }
    guard case .object = json else { throw Problem(id: .null, message: "an object with id and answers was expected") }
    let id = json["id"] ?? .null
    switch id {
    case .string, .number, .null: break
    default: throw Problem(id: .null, message: "id must be a string or a number")
    }
    guard case .object(let members)? = json["answers"] else {
      throw Problem(id: id, message: json["answers"] == nil ? "answers is missing" : "answers must be an object")
    }
    var answers: [String: Answer] = [:]
    for member in members {
      guard let trait = traits[member.key] else {
        if case .array(let items) = member.value, case .object? = items.first {
          throw Problem(id: id, message: "\(member.key.forMessage): lists of records are not part of a batch")
        }
        let hint = nearest(member.key, among: Array(traits.keys)).map { "; did you mean \($0)?" } ?? ""
        throw Problem(id: id, message: "there is no trait “\(member.key.forMessage)”\(hint)")
      }
      do throws(QuantityNotation.Problem) {
        answers[member.key] = try answer(member.value, trait)
      } catch {
        throw Problem(id: id, message: "\(member.key): \(error.message)" + (error.hint.map { "; \($0)" } ?? ""))
      }
    }
    return BatchLine(id: id, answers: answers)
  }

  /// The id of a line that is broken elsewhere, so that it can be found again.
  private static func salvagedID(_ bytes: some Collection<UInt8>) -> JSON {
    switch JSON.salvaged("id", from: bytes) {
    case let id? where id != .null:
      if case .string = id { return id }
      if case .number = id { return id }
      return .null
    default: return .null
    }
  }

  private static func answer(_ value: JSON, _ trait: Trait) throws(QuantityNotation.Problem) -> Answer {
    let options = trait.kind.options.map(\.id)
    func option(_ id: String) throws(QuantityNotation.Problem) -> String {
      guard options.contains(id) else {
        throw .init("there is no option “\(id.forMessage)”", hint: "it is one of \(options.joined(separator: ", "))")
      }
      return id
    }
    switch (trait.kind, value) {
    case (_, .null): return .unknown
    case (.quantity, .number(let number)): return .quantity(try bounded(Interval(number), trait))
    case (.quantity, .array(let ends)):
      guard ends.count == 2, case .number(let low) = ends[0], case .number(let high) = ends[1] else {
        throw .init("a range is [low, high] with two numbers")
      }
      guard low <= high else { throw .init("the range runs backwards", hint: "write [\(high), \(low)]") }
      return .quantity(try bounded(Interval(low, high), trait))
    case (.flag, .bool(let flag)): return .flag(flag)
    case (.choice, .string(let id)): return .choice(try option(id))
    case (.set, .array(let items)):
      var ids = Set<String>()
      for item in items {
        guard case .string(let id) = item else { throw .init("a set holds strings") }
        guard ids.insert(try option(id)).inserted else { throw .init("\(id) stands twice") }
      }
      return .set(ids)
    default: throw .init("the value does not fit", hint: expectation(trait.kind))
    }
  }

  private static func bounded(_ interval: Interval, _ trait: Trait) throws(QuantityNotation.Problem) -> Interval {
    guard case .quantity(let unit, let bounds, _) = trait.kind else { return interval }
    for end in [interval.low, interval.high] {
      guard bounds.contains(end) else {
        throw .init("\(end.plainText) is outside \(bounds.low.plainText) to \(bounds.high.plainText)")
      }
      guard unit != .count || end == end.wholeDown else {
        throw .init("\(end.plainText) is a fraction, and this is counted in whole numbers")
      }
    }
    return interval
  }

  private static func expectation(_ kind: Trait.Kind) -> String {
    switch kind {
    case .quantity: "a number in the base unit, [low, high] or null"
    case .flag: "true, false or null"
    case .choice(let options): "one of \(options.map(\.id).joined(separator: ", ")), or null"
    case .set: "an array of options, or null"
    }
  }
}
