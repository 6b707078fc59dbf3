/// A key that was pressed.
public enum Key: Hashable, Sendable {
  /// One scalar of text: what a person sees as one character may come as several.
  case text(String)
  /// What was pasted, at once; it may hold line feeds, and controls.
  case paste(String)
  case enter, tab, backTab, backspace, delete
  case left, right, up, down, home, end, pageUp, pageDown
  /// Left and right with Control or Alt.
  case wordLeft, wordRight
  case escape
  /// A lower-case letter, such as `c`, or one of `@ [ \ ] ^ _`.
  case control(Character)
  /// As typed; U+007F for Backspace.
  case alt(Character)
  /// Bytes that are not UTF-8.
  case unreadable
}
