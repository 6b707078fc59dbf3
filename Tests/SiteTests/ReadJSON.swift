import TextFormats

/// JSON as the tests read it: what is of another kind is nothing.
extension JSON {
  var count: Int { items.count }
  var items: [JSON] { if case .array(let items) = self { items } else { [] } }
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var texts: [String] { items.compactMap(\.text) }
}
