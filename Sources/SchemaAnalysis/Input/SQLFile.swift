private import Foundation
internal import SQLSyntax
private import TextFormats

/// A file that was read, and what its name tells.
struct SQLFile: Sendable {
  let path: String
  let text: SQLText

  init(path: String, bytes: [UInt8]) {
    self.path = path
    text = SQLText(name: path, bytes: bytes)
  }

  var name: String { Paths.name(path) }
  var folder: String { Paths.folder(path) }
  /// The name without `.sql`.
  var stem: String { Paths.stem(name) }
}

/// Names of files, without looking at the disk.
enum Paths {
  static func name(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// The folder that a path is in; `.` for a mere name.
  static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  static func stem(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// What follows the last dot, in lower case.
  static func ending(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  /// A path fit for a message, as it is seen from a folder.
  static func shown(_ path: String, below root: String = "") -> String {
    let whole = path.onOneLine(atMost: 4_096)
    return root.isEmpty ? whole : whole.droppingPrefix(root.onOneLine(atMost: 4_096) + "/").map(String.init) ?? whole
  }

  /// Whether a name stands before another where numbers count as numbers: 2_b, 10_a.
  static func naturally(_ one: String, _ other: String) -> Bool {
    let (a, b) = (Array(one.utf8), Array(other.utf8))
    var (i, j) = (0, 0)
    func digits(_ bytes: [UInt8], _ at: inout Int) -> ArraySlice<UInt8> {
      while at < bytes.count, bytes[at] == UInt8(ascii: "0") { at += 1 }
      let start = at
      while at < bytes.count, isDigit(bytes[at]) { at += 1 }
      return bytes[start..<at]
    }
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (x, y) = (digits(a, &i), digits(b, &j))
        if x.count != y.count { return x.count < y.count }
        if x != y { return x.lexicographicallyPrecedes(y) }
      } else if a[i] != b[j] {
        return a[i] < b[j]
      } else {
        i += 1
        j += 1
      }
    }
    if a.count - i != b.count - j { return a.count - i < b.count - j }
    return one < other
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}

/// Reads bytes and says what is no SQL.
enum SQLFileReader {
  /// In bytes; a larger file is not read.
  static let longest = 1 << 30

  /// What a path leads to.
  enum Kind { case file, folder, other, nothing(reason: String) }

  struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }

  static func look(_ path: String) -> (kind: Kind, identity: Identity) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return (.nothing(reason: reason(errno)), Identity(device: 0, number: 0))
    }
    let identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    switch status.st_mode & S_IFMT {
    case S_IFREG: return (.file, identity)
    case S_IFDIR: return (.folder, identity)
    default: return (.other, identity)
    }
  }

  static func reason(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }

  static func bytes(_ path: String) throws(SQLInputProblem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SQLInputProblem("\(Paths.shown(path)): cannot be read: \(reason(errno))", isMissing: true)
    }
    defer { close(descriptor) }
    return try bytes(from: descriptor, name: path)
  }

  static func bytes(from descriptor: Int32, name: String) throws(SQLInputProblem) -> [UInt8] {
    var status = stat()
    let size = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
    let tooLong = SQLInputProblem(
      "\(Paths.shown(name)): larger than 1 GB; name the files of SQL that matter one by one")
    if size > longest { throw tooLong }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 1)
    let step = 1 << 18
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, step)
      if count < 0 {
        if errno == EINTR { continue }
        throw SQLInputProblem("\(Paths.shown(name)): cannot be read: \(reason(errno))", isMissing: true)
      }
      if count == 0 { break }
      let isFirst = bytes.isEmpty
      bytes.append(contentsOf: buffer[..<count])
      // What never ends is told from its beginning.
      if isFirst, let objection = objection(to: bytes) { throw SQLInputProblem("\(Paths.shown(name)): \(objection)") }
      if bytes.count > longest { throw tooLong }
    }
    if let objection = objection(to: bytes) { throw SQLInputProblem("\(Paths.shown(name)): \(objection)") }
    return bytes
  }

  /// Why bytes are no SQL; nil where they may be.
  static func objection(to bytes: [UInt8]) -> String? {
    func begins(_ mark: [UInt8]) -> Bool { bytes.starts(with: mark) }
    if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) {
      return "this is UTF-16, as its first two bytes say; expected UTF-8, as `iconv -f UTF-16 -t UTF-8` makes it"
    }
    if begins(Array("PGDMP".utf8)) {
      return "this is a dump in PostgreSQL's own format; expected SQL, as `pg_restore -f -` makes of it"
    }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      return "this is a tar archive; expected SQL, as `pg_restore -f -` makes of a dump"
    }
    if begins([0x1F, 0x8B]) { return "this is compressed; expected SQL, as `gunzip -c` makes of it" }
    if begins([0x28, 0xB5, 0x2F, 0xFD]) { return "this is compressed; expected SQL, as `zstdcat` makes of it" }
    if begins(Array("BZh".utf8)) || begins([0xFD, 0x37, 0x7A, 0x58]) || begins([0x50, 0x4B, 0x03, 0x04]) {
      return "this is compressed; expected SQL"
    }
    if begins(Array("SQLite format 3".utf8)) { return "this is a database of SQLite; expected SQL" }
    guard
      let zero = bytes.withUnsafeBytes({ bytes in
        bytes.baseAddress.flatMap { start in
          memchr(start, 0, bytes.count).map { UnsafeRawPointer($0) - start }
        }
      })
    else { return nil }
    let place = SQLText(name: "", bytes: Array(bytes[..<zero])).position(at: zero)
    let guess = bytes.count > 3 && (zero < 2 && bytes[3] == 0 || zero == 0 && bytes[2] == 0)
    return "line \(place.line), column \(place.column): a NUL byte, which no SQL holds"
      + (guess ? "; it may be UTF-16: expected UTF-8" : "")
  }

  /// Where bytes first are no UTF-8.
  static func invalid(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { bytes in
      var at = 0
      let end = bytes.count
      while at < end {
        if at + 8 <= end, bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
          at += 8
          continue
        }
        let lead = bytes[at]
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch lead {
        case 0..<0x80: length = 1
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
          length = 3
          if lead == 0xE0 { low = 0xA0 }
          if lead == 0xED { high = 0x9F }
        case 0xF0...0xF4:
          length = 4
          if lead == 0xF0 { low = 0x90 }
          if lead == 0xF4 { high = 0x8F }
        default: return at
        }
        guard at + length <= end else { return at }
        if length > 1 {
          guard bytes[at + 1] >= low, bytes[at + 1] <= high else { return at }
          for next in bytes[(at + 2)..<(at + length)] where next & 0xC0 != 0x80 { return at }
        }
        at += length
      }
      return nil
    }
  }
}
