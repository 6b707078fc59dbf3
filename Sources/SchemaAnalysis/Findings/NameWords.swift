/// The words that a name consists of, in lower case: `unitPrice` and `unit_price` have the same ones.
enum NameWords {
  static func split(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var afterLower = false
    for scalar in name.unicodeScalars.prefix(200) {
      let isLetter = scalar.properties.isAlphabetic
      let isUpper = scalar.properties.isUppercase
      if !isLetter && scalar.properties.numericType == nil || isUpper && afterLower {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if isLetter || scalar.properties.numericType != nil { word += scalar.properties.lowercaseMapping }
      afterLower = isLetter && !isUpper
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// As `split`, joined by underscores.
  static func snake(_ name: String) -> String { split(name).joined(separator: "_") }

  /// Whether a name stands in an expression as a word of its own.
  static func mentions(_ name: String, in expression: String) -> Bool {
    let isWord: (Character) -> Bool = { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
    var rest = expression[...]
    while let found = rest.firstRange(of: name) {
      let before =
        found.lowerBound > expression.startIndex ? expression[expression.index(before: found.lowerBound)] : " "
      let after = found.upperBound < expression.endIndex ? expression[found.upperBound] : " "
      if !isWord(before), !isWord(after) { return true }
      rest = expression[found.upperBound...]
    }
    return false
  }
}
