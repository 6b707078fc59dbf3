/// A list that is asked about a system: planned migrations, endpoints. A decision may be taken once for each record.
public struct RecordList: Sendable, Hashable {
  public var entry: Entry
  /// What the records are called: "planned migrations".
  public var noun: String
  public var question: String
  /// Which outcomes hang on it.
  public var why: String
  /// How to come by the records.
  public var measure: String
  /// What a record says beside its name: traits of their own, whose ids begin with the list's and a dot.
  public var fields: [Trait]
  public var order: Int

  public var id: String { entry.id }

  public init(
    entry: Entry, noun: String, question: String, why: String, measure: String, fields: [Trait], order: Int
  ) {
    self.entry = entry
    self.noun = noun
    self.question = question
    self.why = why
    self.measure = measure
    self.fields = fields
    self.order = order
  }

  /// The field's name within the list: `table_rows` of `migrations.table_rows`.
  public func name(of field: Trait) -> String { String(field.id.dropFirst(id.count + 1)) }

  /// The list that a field's id belongs to; nil for a trait of its own.
  public static func list(of field: String) -> String? {
    field.firstIndex(of: ".").map { String(field[..<$0]) }
  }

  /// A field from its parts. It has no page, so what pages say of a trait is taken from the list.
  public static func field(
    _ name: String, of list: Entry, title: String, kind: Trait.Kind, noun: String = "", fallback: Answer?, order: Int
  ) -> Trait {
    var entry = list
    entry.id = "\(list.id).\(name)"
    entry.title = title
    entry.summary = title
    entry.guide = []
    entry.body = ""
    return Trait(
      entry: entry, kind: kind, noun: noun, question: title, why: "", typical: "", measure: "", plausible: nil,
      fallback: fallback, isPlanningDefault: fallback != nil, derivation: nil, order: order, isCore: false)
  }

  /// Stands for the whole list where a condition asks whether it is empty.
  public var presence: Trait {
    Trait(
      entry: entry, kind: .set([Trait.Option(id: RecordList.some, title: "Some")]), noun: noun, question: question,
      why: why, typical: "", measure: measure, plausible: nil, fallback: .set([]), isPlanningDefault: false,
      derivation: nil, order: order, isCore: false)
  }

  public static let some = "some"
}
