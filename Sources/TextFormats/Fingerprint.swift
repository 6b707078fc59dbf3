public import Foundation

/// FNV-1a over 128 bits: tells one content from another. It guards against accident, not against intent.
public struct Fingerprint: Sendable, Hashable {
  private var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
  private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B

  public init() {}

  /// Mixes in a text and its end, so that `ab`, `c` differs from `a`, `bc`.
  public mutating func mix(_ text: String) {
    for byte in text.utf8 { hash = (hash ^ UInt128(byte)) &* Fingerprint.prime }
    hash = hash &* Fingerprint.prime
  }

  /// Mixes in bytes eight at a time, for large files.
  public mutating func mix(_ data: Data) {
    data.withUnsafeBytes { bytes in
      let words = bytes.count / 8
      for index in 0..<words {
        let word = bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self).littleEndian
        hash = (hash ^ UInt128(word)) &* Fingerprint.prime
      }
      for index in (words * 8)..<bytes.count { hash = (hash ^ UInt128(bytes[index])) &* Fingerprint.prime }
    }
    hash = hash &* Fingerprint.prime
  }

  /// 32 hexadecimal digits.
  public var text: String {
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 32 - hex.count) + hex
  }
}
