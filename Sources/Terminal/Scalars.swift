extension Unicode.Scalar {
  /// C0, DEL or C1.
  var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

  var isRegionalIndicator: Bool { (0x1F1E6...0x1F1FF).contains(value) }

  /// What could steer a terminal or reorder a line. The joiners stay: emoji and some scripts are written with them.
  var isUnsafe: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: value != 0x200C && value != 0x200D
    default: false
    }
  }
}

extension String {
  /// On one line: without controls and marks of direction, line ends and tabs as a space.
  var safe: String {
    if utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return self }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if !scalar.isUnsafe {
        text.append(scalar)
      } else if [0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029].contains(scalar.value) {
        // CR LF is one line end.
        if scalar.value != 0x0A || text.last != " " { text.append(" ") }
      }
    }
    return String(text)
  }
}
