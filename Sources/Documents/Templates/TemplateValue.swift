internal import Mustache

/// What a template is filled with.
package indirect enum TemplateValue {
  case text(String)
  case flag(Bool)
  case list([TemplateValue])
  case record(KeyValuePairs<String, TemplateValue>)
  case nothing

  /// Nothing for an empty text too, so that templates can ask for it.
  package static func optional(_ text: String?) -> TemplateValue {
    text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .nothing
  }

  package static func texts(_ texts: [String]) -> TemplateValue { .list(texts.map(TemplateValue.text)) }

  /// A record with a list in it, or nothing where the list is empty: what a section with a heading needs.
  package static func section(_ items: [TemplateValue]) -> TemplateValue {
    items.isEmpty ? .nothing : .record(["items": .list(items), "single": .flag(items.count == 1)])
  }

  static func section(_ items: [String]) -> TemplateValue { section(items.map(TemplateValue.text)) }

  /// As Mustache takes it. Nothing is a null of its own: a missing key would be looked up further out.
  var mustache: Any {
    switch self {
    case .text(let text): text
    case .flag(let flag): flag
    case .list(let items): items.map(\.mustache)
    case .record(let fields):
      Dictionary(fields.map { ($0.key, $0.value.mustache) }, uniquingKeysWith: { first, _ in first })
    case .nothing: Absent()
    }
  }

  private struct Absent: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
  }
}

/// What a template may name, and of what kind it is.
package indirect enum TemplateShape: Sendable {
  case text
  case flag
  case list(TemplateShape)
  case record([Field])
  case optional(TemplateShape)

  package struct Field: Sendable {
    var name: String
    var shape: TemplateShape
    var note: String

    package init(_ name: String, _ shape: TemplateShape, _ note: String) {
      self.name = name
      self.shape = shape
      self.note = note
    }
  }

  package static func section(_ items: TemplateShape, _ note: String = "Its lines.") -> TemplateShape {
    .optional(.record([Field("items", .list(items), note), Field("single", .flag, "Whether there is only one.")]))
  }

  var fields: [Field] {
    switch self {
    case .record(let fields): fields
    case .optional(let inner): inner.fields
    default: []
    }
  }

  /// What a section over it has in scope: an item of a list, or the value itself.
  var inside: TemplateShape {
    switch self {
    case .list(let item): item
    case .optional(let inner): inner.inside
    default: self
    }
  }

  var isText: Bool {
    switch self {
    case .text: true
    case .optional(let inner): inner.isText
    default: false
    }
  }

  /// Where a value departs from this shape; nil if it does not.
  func mismatch(_ value: TemplateValue, at path: String = "") -> String? {
    switch (self, value) {
    case (.text, .text), (.flag, .flag), (.optional, .nothing): return nil
    case (.optional(let inner), _): return inner.mismatch(value, at: path)
    case (.list(let item), .list(let values)):
      return values.lazy.compactMap { item.mismatch($0, at: path + "[]") }.first
    case (.record(let fields), .record(let pairs)):
      if let extra = pairs.first(where: { pair in !fields.contains { $0.name == pair.key } }) {
        return "\(path).\(extra.key) is not described"
      }
      for field in fields {
        guard let pair = pairs.first(where: { $0.key == field.name }) else { return "\(path).\(field.name) is missing" }
        if let found = field.shape.mismatch(pair.value, at: "\(path).\(field.name)") { return found }
      }
      return nil
    default: return "\(path) is of another kind"
    }
  }
}
