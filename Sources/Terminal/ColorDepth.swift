/// How many colours a terminal shows.
public enum ColorDepth: Hashable, Sendable, CaseIterable {
  /// No escape sequence for colour or weight at all.
  case none
  /// 16 colours.
  case basic
  /// 256 colours.
  case indexed
  /// 24 bits.
  case direct

  /// - Parameters:
  ///   - environment: for NO_COLOR, TERM and COLORTERM.
  ///   - isTerminal: whether what is written goes to a terminal.
  ///   - wanted: false for `--no-color`.
  public static func detect(environment: [String: String], isTerminal: Bool, wanted: Bool) -> ColorDepth {
    let term = environment["TERM"] ?? ""
    guard wanted, isTerminal, (environment["NO_COLOR"] ?? "").isEmpty, !term.isEmpty, term != "dumb" else {
      return .none
    }
    if ["truecolor", "24bit"].contains(environment["COLORTERM"]?.lowercased()) || term.hasSuffix("-direct") {
      return .direct
    }
    return term.hasSuffix("-256color") ? .indexed : .basic
  }

  /// The text with SGR sequences, each run closed by a reset.
  public func render(_ text: StyledText) -> String {
    text.runs.map { run in
      let codes = run.style.codes(self)
      return codes.isEmpty ? run.text : "\u{1B}[\(codes)m\(run.text)\u{1B}[0m"
    }.joined()
  }
}
