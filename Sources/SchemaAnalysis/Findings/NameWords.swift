/// The words that a name consists of, in lower case: `unitPrice` and `unit_price` have the same ones.
enum NameWords {
  static func split(_ name: String) -> [String] {
    isSnake(name) ? name.split(separator: "_").map(String.init) : splitAnywhere(name)
  }

  /// Most names are words in lower case with single underscores, and need no look at each character's properties.
  private static func isSnake(_ name: String) -> Bool {
    var last = UInt8(ascii: "_")
    for byte in name.utf8 {
      guard byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") && last != byte else { return false }
      last = byte
    }
    return last != UInt8(ascii: "_") && name.utf8.count <= 200
  }

  private static func splitAnywhere(_ name: String) -> [String] {
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
  static func snake(_ name: String) -> String {
    isSnake(name) ? name : splitAnywhere(name).joined(separator: "_")
  }

  private static let places: Set = [
    "city", "country", "zip", "zipcode", "zip_code", "postal", "postcode", "postal_code", "address", "street",
  ]

  /// Whether a column says in which state something is, rather than of which country.
  static func isState(_ column: Column, in table: Relation) -> Bool {
    let words = split(column.name)
    guard words.count <= 2, let last = words.last else { return false }
    if last == "status" { return true }
    return last == "state" && !table.columns.contains { split($0.name).contains { places.contains($0) } }
  }
}
