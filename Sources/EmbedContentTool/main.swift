// Writes the product's text files into one Swift source of raw string literals, so that the binary carries them.
// usage: EmbedContentTool OUTPUT ROOT FILE…   (each FILE below ROOT; its path below ROOT is its name)
import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: EmbedContentTool OUTPUT ROOT FILE…\n".utf8))
  exit(2)
}
let output = arguments[arguments.startIndex]
let root = arguments[arguments.startIndex + 1] + "/"

/// FNV-1a over 128 bits: identifies the content; guards against accident, not against intent.
struct Fingerprint {
  var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
  mutating func mix(_ text: String) {
    for byte in text.utf8 + [0] { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B }
  }
}
var fingerprints: [String: Fingerprint] = [:]

func literal(_ text: String) -> String {
  var fence = "#"
  while text.contains("\"" + fence) || text.contains("\\" + fence) { fence += "#" }
  return fence + "\"\"\"\n" + text + "\n\"\"\"" + fence
}

do {
  var entries = ""
  for path in arguments.dropFirst(2).sorted() where path.hasPrefix(root) {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard !text.contains("\r"), !text.contains("\0") else {
      FileHandle.standardError.write(Data("\(path): carriage return or NUL in a content file\n".utf8))
      exit(1)
    }
    let name = String(path.dropFirst(root.count))
    let folder = String(name.prefix { $0 != "/" })
    fingerprints[folder, default: Fingerprint()].mix(name)
    fingerprints[folder, default: Fingerprint()].mix(text)
    entries += "    (path: \(literal(name)), text: \(literal(text))),\n"
  }
  let hashes = fingerprints.sorted { $0.key < $1.key }.map { folder, fingerprint in
    let hex = String(fingerprint.hash, radix: 16)
    return "    \"\(folder)\": \"\(String(repeating: "0", count: 32 - hex.count))\(hex)\","
  }
  let source = """
    extension Content {
      /// A fingerprint of each embedded folder (FNV-1a, 128 bits, hexadecimal), made at build time.
      public static let fingerprints: [String: String] = [
    \(hashes.joined(separator: "\n"))
      ]
      /// Every embedded file by its path, in order of path.
      public static let files: [(path: String, text: String)] = [
    \(entries)  ]
    }

    """
  try source.write(toFile: output, atomically: true, encoding: .utf8)
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
