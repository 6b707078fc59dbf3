internal import KnowledgeModel

/// What a page of ours links to, which anchors it has, and what it lacks. Reads well-formed tags only.
struct HTMLScan {
  private(set) var ids: Set<String> = []
  private(set) var links: [String] = []
  private(set) var problems: [String] = []

  init(_ html: String) {
    var html = html
    html.withUTF8 { scan($0) }
    links = links.uniqued()
  }

  private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while let open = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
      index = open + 1
      guard index < bytes.count else { return }
      if bytes[index] == UInt8(ascii: "!") {
        let isComment = bytes[index...].starts(with: "!--".utf8)
        index = isComment ? HTMLScan.end(of: "-->", in: bytes, from: index) : index
        continue
      }
      guard bytes[index].isLetter else { continue }
      index = tag(bytes, index)
    }
  }

  private static func end(of mark: String, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let mark = Array(mark.utf8)
    var index = start
    while index + mark.count <= bytes.count {
      if bytes[index..<index + mark.count].elementsEqual(mark) { return index + mark.count }
      index += 1
    }
    return bytes.count
  }

  private mutating func tag(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index].isName { index += 1 }
    let name = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
    var attributes: [String: String] = [:]
    while index < bytes.count, bytes[index] != UInt8(ascii: ">") {
      guard bytes[index].isName else {
        index += 1
        continue
      }
      let from = index
      while index < bytes.count, bytes[index].isName { index += 1 }
      let key = String(decoding: bytes[from..<index], as: UTF8.self).lowercased()
      var value = ""
      if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "="), bytes[index + 1] == UInt8(ascii: "\"") {
        let begin = index + 2
        let end = bytes[begin...].firstIndex(of: UInt8(ascii: "\"")) ?? bytes.count
        value = String(decoding: bytes[begin..<end], as: UTF8.self)
        index = min(end + 1, bytes.count)
      }
      attributes[key] = value
    }
    see(name, attributes)
    if name == "script" || name == "style" {
      return HTMLScan.end(of: "</\(name)", in: bytes, from: index)
    }
    return index
  }

  private mutating func see(_ name: String, _ attributes: [String: String]) {
    if let id = attributes["id"], !ids.insert(id).inserted { problems.append("the anchor “\(id)” is there twice") }
    if let target = attributes["href"] ?? attributes["src"] ?? attributes["action"] {
      links.append(target.replacing("&amp;", with: "&").replacing("&quot;", with: "\"").replacing("&#39;", with: "'"))
    }
    switch name {
    case "img" where (attributes["alt"] ?? "").isEmpty && attributes["role"] != "presentation":
      problems.append("the image \(attributes["src"] ?? "") has no text alternative")
    case "svg" where attributes["aria-hidden"] != "true":
      let isNamed = attributes["aria-label"] != nil || attributes["aria-labelledby"] != nil
      if attributes["role"] != "img" || !isNamed { problems.append("a drawing has no text alternative") }
    default: break
    }
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
  fileprivate var isName: Bool {
    isLetter || (0x30...0x39).contains(self) || self == UInt8(ascii: "-") || self == UInt8(ascii: ":")
      || self == UInt8(ascii: "_")
  }
}
