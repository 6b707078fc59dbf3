/// How a run of text looks. Roles can be joined: `[.strong, .accent]`; of two colours the later in the list below wins.
public struct Style: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let plain: Style = []
  /// Bold.
  public static let strong = Style(rawValue: 1)
  /// Of less weight: hints, positions.
  public static let faint = Style(rawValue: 2)
  /// What the eye should find first.
  public static let accent = Style(rawValue: 4)
  public static let good = Style(rawValue: 8)
  public static let warning = Style(rawValue: 16)
  public static let bad = Style(rawValue: 32)
  /// The chosen row: bold, in the accent's colour. Without colours a mark must tell it apart.
  public static let selected = Style(rawValue: 64)

  /// The codes of SGR; empty for plain text.
  func codes(_ depth: ColorDepth) -> String {
    guard depth != .none else { return "" }
    var codes: [String] = []
    if !isDisjoint(with: [.strong, .selected]) { codes.append("1") }
    if let color = Color.roles.last(where: { !isDisjoint(with: $0.style) })?.color {
      switch depth {
      case .none: break
      case .basic: codes.append(String(color.basic))
      case .indexed: codes.append("38;5;\(color.indexed)")
      case .direct: codes.append("38;2;\(color.direct.red);\(color.direct.green);\(color.direct.blue)")
      }
    }
    return codes.joined(separator: ";")
  }
}
