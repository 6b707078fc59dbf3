/// Which lines of one text stand in another, in order.
enum LineDiff {
  /// For each line of `a` its place in `b`, rising; nil where it has none. Lines that are there once on both sides
  /// lead; between them the longest common subsequence.
  static func places(of a: [Line], in b: [Line]) -> [Int?] {
    var numbers: [Line: Int] = [:]
    func number(_ line: Line) -> Int {
      if let known = numbers[line] { return known }
      numbers[line] = numbers.count
      return numbers.count - 1
    }
    let (first, second) = (a.map(number), b.map(number))
    var result = [Int?](repeating: nil, count: a.count)
    match(first, 0..<a.count, second, 0..<b.count, &result)
    return result
  }

  private static func match(
    _ a: [Int], _ inA: Range<Int>, _ b: [Int], _ inB: Range<Int>, _ result: inout [Int?]
  ) {
    var (low, high) = (inA.lowerBound, inA.upperBound)
    var (start, end) = (inB.lowerBound, inB.upperBound)
    while low < high, start < end, a[low] == b[start] {
      result[low] = start
      low += 1
      start += 1
    }
    while low < high, start < end, a[high - 1] == b[end - 1] {
      high -= 1
      end -= 1
      result[high] = end
    }
    guard low < high, start < end else { return }
    let anchors = unique(a, low..<high, b, start..<end)
    guard !anchors.isEmpty else { return longest(a, low..<high, b, start..<end, &result) }
    var (fromA, fromB) = (low, start)
    for anchor in anchors {
      match(a, fromA..<anchor.a, b, fromB..<anchor.b, &result)
      result[anchor.a] = anchor.b
      (fromA, fromB) = (anchor.a + 1, anchor.b + 1)
    }
    match(a, fromA..<high, b, fromB..<end, &result)
  }

  /// Lines that are there once on each side, as many as keep their order.
  private static func unique(
    _ a: [Int], _ inA: Range<Int>, _ b: [Int], _ inB: Range<Int>
  ) -> [(a: Int, b: Int)] {
    var seen: [Int: (countA: Int, countB: Int, placeB: Int)] = [:]
    for index in inA { seen[a[index], default: (0, 0, 0)].countA += 1 }
    for index in inB {
      seen[b[index], default: (0, 0, 0)].countB += 1
      seen[b[index]]?.placeB = index
    }
    let pairs = inA.compactMap { index -> (a: Int, b: Int)? in
      guard let entry = seen[a[index]], entry.countA == 1, entry.countB == 1 else { return nil }
      return (index, entry.placeB)
    }
    // The longest rising sequence, by piles.
    var tops: [Int] = []
    var before = [Int?](repeating: nil, count: pairs.count)
    for index in pairs.indices {
      var (low, high) = (0, tops.count)
      while low < high {
        let middle = (low + high) / 2
        if pairs[tops[middle]].b < pairs[index].b { low = middle + 1 } else { high = middle }
      }
      before[index] = low > 0 ? tops[low - 1] : nil
      if low == tops.count { tops.append(index) } else { tops[low] = index }
    }
    var chain: [(a: Int, b: Int)] = []
    var next = tops.last
    while let index = next {
      chain.append(pairs[index])
      next = before[index]
    }
    return chain.reversed()
  }

  /// The longest common subsequence; none where the texts are too large for a table of two million cells.
  private static func longest(
    _ a: [Int], _ inA: Range<Int>, _ b: [Int], _ inB: Range<Int>, _ result: inout [Int?]
  ) {
    let (rows, columns) = (inA.count, inB.count)
    guard rows * columns <= 2_000_000 else { return }
    let width = columns + 1
    var table = [Int32](repeating: 0, count: (rows + 1) * width)
    for row in stride(from: rows - 1, through: 0, by: -1) {
      for column in stride(from: columns - 1, through: 0, by: -1) {
        table[row * width + column] =
          a[inA.lowerBound + row] == b[inB.lowerBound + column]
          ? table[(row + 1) * width + column + 1] + 1
          : max(table[(row + 1) * width + column], table[row * width + column + 1])
      }
    }
    var (row, column) = (0, 0)
    while row < rows, column < columns {
      if a[inA.lowerBound + row] == b[inB.lowerBound + column] {
        result[inA.lowerBound + row] = inB.lowerBound + column
        row += 1
        column += 1
      } else if table[(row + 1) * width + column] >= table[row * width + column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
  }
}
