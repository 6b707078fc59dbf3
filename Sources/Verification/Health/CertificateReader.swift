internal import Foundation

/// Reads a certificate from lines `name:value`, as libcurl tells them.
enum CertificateReader {
  /// - Returns: nil where there is no date of expiry among them that can be read.
  static func certificate(_ lines: [[UInt8]], now: Date) -> HealthReport.Certificate? {
    // OpenSSL's and GnuTLS's lines differ in the case of their names, and in the spaces of their values.
    func value(_ name: String) -> ArraySlice<UInt8>? {
      lines.first { line in
        line.count > name.utf8.count && line[name.utf8.count] == UInt8(ascii: ":")
          && zip(line, name.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
      }?.dropFirst(name.utf8.count + 1)
    }
    func holder(_ name: String) -> String { FarText.name(value(name) ?? []).replacing(" = ", with: "=") }
    guard let text = value("Expire date"), let expires = date(String(decoding: text, as: UTF8.self)) else { return nil }
    let days = (expires.timeIntervalSince(now) / 86400).rounded(.down)
    return HealthReport.Certificate(
      subject: holder("Subject"), issuer: holder("Issuer"), expires: expires, daysLeft: Int(days))
  }

  /// `Nov 22 08:30:00 2026 GMT`, `2026-11-22 08:30:00 GMT`. The years 1950 to 9999.
  static func date(_ text: String) -> Date? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(separator: " ").map(String.init)
    var day: [Int?]
    var clock: String
    if words.count == 5, let month = months.firstIndex(of: words[0]), words[4] == "GMT" {
      day = [Int(words[3]), month + 1, Int(words[1])]
      clock = words[2]
    } else if words.count == 3, words[2] == "GMT" {
      day = words[0].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      clock = words[1]
    } else {
      return nil
    }
    let numbers = (day + clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }).compactMap(
      \.self)
    guard numbers.count == 6, day.count == 3, (1950...9999).contains(numbers[0]), (1...12).contains(numbers[1]),
      (1...31).contains(numbers[2]), (0...23).contains(numbers[3]), (0...59).contains(numbers[4]),
      (0...60).contains(numbers[5])
    else { return nil }
    var time = tm()
    time.tm_year = Int32(numbers[0] - 1900)
    time.tm_mon = Int32(numbers[1] - 1)
    time.tm_mday = Int32(numbers[2])
    time.tm_hour = Int32(numbers[3])
    time.tm_min = Int32(numbers[4])
    time.tm_sec = Int32(numbers[5])
    return Date(timeIntervalSince1970: TimeInterval(timegm(&time)))
  }
}
