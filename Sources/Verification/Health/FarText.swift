internal import Foundation

/// Text of the far side, made harmless: it holds nothing that steers a terminal, ends a line or a cell of a table.
enum FarText {
  /// Type and subtype in lower case, without parameters.
  /// - Returns: nil where it is none, or longer than 100 characters.
  static func mediaType(_ bytes: [UInt8]) -> String? {
    let type = trimmed(bytes.prefix { $0 != UInt8(ascii: ";") })
    guard type.count <= 100 else { return nil }
    let parts = type.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isOfName) }) else { return nil }
    return String(decoding: type, as: UTF8.self).lowercased()
  }

  /// Where a redirect points: what cannot stand in a URL is written as percent escapes, and after 200 characters it is
  /// cut.
  static func location(_ bytes: [UInt8]) -> String {
    var out = ""
    for byte in trimmed(bytes[...]) {
      out += isOfURL(byte) ? String(Unicode.Scalar(byte)) : URLText.percent(byte)
      if out.utf8.count > 200 { return String(out.prefix(199)) + "…" }
    }
    return out
  }

  /// A name in a certificate: printable ASCII, all else as `\xHH`, and after 120 characters it is cut.
  static func name(_ bytes: some Sequence<UInt8>) -> String {
    var out = ""
    for byte in bytes {
      let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
      out += isPlain ? String(Unicode.Scalar(byte)) : "\\x" + URLText.percent(byte).dropFirst()
      if out.utf8.count > 120 { return String(out.prefix(119)) + "…" }
    }
    return out
  }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes.drop(while: isSpace)
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
  }

  /// What registered types and subtypes consist of.
  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$&-^_.+".utf8.contains(byte)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isOfURL(_ byte: UInt8) -> Bool {
    URLText.isUnreserved(byte) || ":/?#[]@!$&'()*+,;=%".utf8.contains(byte)
  }
}
