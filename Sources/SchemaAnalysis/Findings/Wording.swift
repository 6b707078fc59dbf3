private import TextFormats

/// Parts of sentences.
enum Wording {
  /// A name as a message shows it: short, on one line.
  static func name(_ name: String) -> String { name.forMessage }

  /// A table as a message shows it; its schema is left out where that is `public`.
  static func label(_ table: ObjectName) -> String {
    table.schema == "public" ? name(table.name) : "\(name(table.schema)).\(name(table.name))"
  }

  static func type(_ type: ColumnType) -> String { type.text.forMessage }

  static func names(_ names: [String]) -> String { joined(names.map(name)) }

  /// As they stand in parentheses.
  static func columns(_ names: [String]) -> String { names.map(name).joined(separator: ", ") }

  static func list(_ tables: [ObjectName], most: Int) -> String { shortened(tables.map(label), most) }
  static func list(_ names: [String], most: Int) -> String { shortened(names.map(name), most) }

  private static func shortened(_ names: [String], _ most: Int) -> String {
    names.count <= most ? joined(names) : names.prefix(most).joined(separator: ", ") + " and \(names.count - most) more"
  }

  private static func joined(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and \(last)"
  }

  static func counted(_ count: Int, _ one: String, _ many: String) -> String {
    "\(Self.count(Double(count))) \(count == 1 ? one : many)"
  }

  /// A whole number with a comma between thousands.
  static func count(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e18 else { return "\(value)" }
    let digits = String(Int(value.rounded()))
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0, digits[digits.index(digits.startIndex, offsetBy: index - 1)] != "-"
      {
        out += ","
      }
      out.append(digit)
    }
    return out
  }

  /// A share as a percentage: whole from 10 % on.
  static func percent(_ share: Double) -> String {
    let value = share * 100
    let tenths = (value * 10).rounded() / 10
    return value >= 10 || tenths == tenths.rounded() ? "\(count(value.rounded())) %" : "\(tenths) %"
  }

  static func years(_ years: Double) -> String {
    if years < 1 { return counted(max(1, Int((years * 12).rounded())), "month", "months") }
    let tenths = (years * 10).rounded() / 10
    return tenths == tenths.rounded() || years >= 10
      ? counted(Int(years.rounded()), "year", "years") : "\(tenths) years"
  }
}

extension Wording {
  /// A path on one line; long ones are kept, so that it can be opened.
  static func path(_ path: String) -> String { path.onOneLine(atMost: 4096) }

  static func sentence(_ text: String) -> String { text.onOneLine(atMost: 400) }
}
