/// What a mistyped name was meant to be.
enum Spelling {
  /// The nearest candidate, if one is near enough.
  static func nearest(_ word: String, among candidates: [String]) -> String? {
    let best = candidates.map { (name: $0, distance: distance(word, $0)) }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    guard let best, best.distance <= max(2, best.name.count / 3) else { return nil }
    return best.name
  }

  private static func distance(_ one: String, _ other: String) -> Int {
    let one = Array(one.unicodeScalars.prefix(64))
    let other = Array(other.unicodeScalars.prefix(64))
    var row = Array(0...other.count)
    for (index, scalar) in one.enumerated() {
      var corner = row[0]
      row[0] = index + 1
      for column in other.indices {
        let cost = min(row[column + 1] + 1, row[column] + 1, corner + (scalar == other[column] ? 0 : 1))
        corner = row[column + 1]
        row[column + 1] = cost
      }
    }
    return row[other.count]
  }
}
