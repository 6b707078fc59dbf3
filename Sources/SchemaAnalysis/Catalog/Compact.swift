/// A number kept in four bytes, since a catalogue holds very many; what does not fit becomes the nearest that does.
@propertyWrapper
struct Compact: Sendable, Hashable {
  private var stored: Int32

  var wrappedValue: Int {
    get { Int(stored) }
    set { stored = Int32(clamping: newValue) }
  }

  init(wrappedValue: Int) { stored = Int32(clamping: wrappedValue) }
}

/// The same of a number that may be missing and is not negative.
@propertyWrapper
struct CompactOptional: Sendable, Hashable {
  private var stored: Int32

  var wrappedValue: Int? {
    get { stored < 0 ? nil : Int(stored) }
    set { stored = newValue.map { Int32(clamping: $0) } ?? -1 }
  }

  init(wrappedValue: Int?) { stored = wrappedValue.map { Int32(clamping: $0) } ?? -1 }
}
