internal import TextFormats

/// What is to be done to the pull-request templates of a repository. Nothing is done here.
public struct TemplatePlan: Sendable {
  /// A file that the forge reads, or may read.
  public struct File: Sendable, Hashable {
    /// As `Forge.folders` has it.
    public var folder: String
    public var name: String
    /// From the root, as it is on disk.
    public var path: String
    public var bytes: [UInt8]
    /// The same for two names of one file.
    public var identity: String
    /// Whether it is a link that leads out of the root.
    public var isOutside: Bool

    public init(folder: String, name: String, path: String, bytes: [UInt8], identity: String, isOutside: Bool) {
      self.folder = folder
      self.name = name
      self.path = path
      self.bytes = bytes
      self.identity = identity
      self.isOutside = isOutside
    }
  }

  /// One file that changes.
  public struct Step: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
      /// There was none.
      case made
      /// A person's file gets the block.
      case extended
      /// The block changes.
      case updated
      /// The block goes, and a person's file stays.
      case cleared
      /// The file was made for the block and goes with it; so do so many folders above it that are empty then.
      case deleted(folders: Int)
    }
    public var path: String
    public var kind: Kind
    /// What is to be in it; empty where it is deleted.
    public var bytes: [UInt8]
  }

  /// What is wrong with a file that is there.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public var path: String
    /// From 1.
    public var line: Int
    public var text: String
    public var description: String { "\(path.forMessage):\(line): \(text)" }
  }

  /// By path.
  public private(set) var steps: [Step] = []
  /// Files that hold the block already.
  public private(set) var unchanged: [String] = []
  /// Blocks that a person has edited: they are left as they are.
  public private(set) var edited: [Problem] = []
  /// What a person should know.
  public private(set) var notes: [String] = []

  private let forge: Forge
  private let files: [File]
  private let overwrites: Bool

  /// - Parameters:
  ///   - files: those in the forge's folders that are of concern to it.
  ///   - isFolder: whether there is a folder of this path from the root.
  ///   - overwrites: whether what a person wrote into a block may be lost.
  public init(
    installing texts: [TemplateText], for forge: Forge, files: [File], isFolder: (String) -> Bool,
    overwrites: Bool = false
  ) throws(Problem) {
    self.init(forge, files, overwrites)
    var taken: Set<String> = []
    for text in texts {
      let file = text.change.map(existing) ?? defaultFile()
      if let file { taken.insert(file.identity) }
      try put(text, into: file, at: file?.path ?? newPath(of: text, isFolder), isFolder)
    }
    for file in self.files where !taken.contains(file.identity) { try clear(file) }
    steps.sort { $0.path < $1.path }
    addNotes(beside: texts.contains { $0.change == nil } ? defaultFile() : nil)
  }

  /// Takes out every block.
  public init(removingFrom files: [File], of forge: Forge, overwrites: Bool = false) throws(Problem) {
    self.init(forge, files, overwrites)
    for file in self.files { try clear(file) }
    steps.sort { $0.path < $1.path }
  }

  private init(_ forge: Forge, _ files: [File], _ overwrites: Bool) {
    self.forge = forge
    self.overwrites = overwrites
    // Of two names of one file the one that is read first.
    var seen: Set<String> = []
    let order = forge.places.map(\.folder) + (forge.others?.folders ?? [])
    func rank(_ file: File) -> (Int, Int, String) {
      let place = forge.places.first { $0.folder == file.folder }
      return (order.firstIndex(of: file.folder) ?? order.count, place?.rank(of: file.name) ?? 99, file.path)
    }
    self.files = files.sorted { rank($0) < rank($1) }.filter { seen.insert($0.identity).inserted }
  }

  // MARK: Which file

  /// The default template that the forge reads.
  private func defaultFile() -> File? { files.first { isDefault($0) } }

  private func isDefault(_ file: File) -> Bool {
    forge.places.contains { $0.folder == file.folder && $0.rank(of: file.name) != nil }
  }

  private func existing(_ change: String) -> File? {
    files.first { forge.isOther($0.name, in: $0.folder) && $0.name.lowercased() == "\(change).md" }
  }

  private func newPath(of text: TemplateText, _ isFolder: (String) -> Bool) -> String {
    guard let change = text.change, let others = forge.others else { return forge.new ?? "" }
    let inUse = files.first { forge.isOther($0.name, in: $0.folder) }?.path
    let folder =
      inUse.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } }
      ?? others.folders.first(where: isFolder)
      ?? others.folders.first { folder in !files.contains { $0.path.lowercased() == folder.lowercased() } }
      ?? others.folders[0]
    return "\(folder)/\(change).md"
  }

  // MARK: What becomes of it

  private mutating func put(
    _ text: TemplateText, into file: File?, at path: String, _ isFolder: (String) -> Bool
  ) throws(Problem) {
    if let file { try check(file) }
    let block = try file.map { file throws(Problem) in try found(in: file) } ?? nil
    let own = file.map { file in
      String(decoding: file.bytes, as: UTF8.self).utf16.count
        - (block.map { String(decoding: file.bytes[$0.range], as: UTF8.self).utf16.count } ?? 0)
    }
    let budget = forge.bodyLimit.map { $0 - (own ?? 0) - TemplateText.room }
    guard let way = text.way(within: budget) else {
      throw Problem(
        path: path, line: 1,
        text: "\(forge.title) takes \(forge.bodyLimit ?? 0) characters and \(own ?? 0) are used; no item fits in")
    }
    let lines = way.lines
    if !way.isWhole {
      notes.append(
        "\(path.forMessage): in short, \(way.items) \(way.items == 1 ? "item" : "items"); \(forge.title) takes \(forge.bodyLimit ?? 0) characters"
      )
    }
    if let file, let block, isKept(block, of: file, lines) { return }
    let missing = TemplatePlan.parents(of: path).prefix { !isFolder($0) }.count
    let bytes: [UInt8]
    do throws(TemplateBlock.Problem) {
      bytes = try TemplateBlock.put(lines, into: file?.bytes, folders: missing)
    } catch {
      throw Problem(path: path, line: error.line, text: error.text)
    }
    guard bytes != file?.bytes else { return unchanged.append(path) }
    steps.append(Step(path: path, kind: file == nil ? .made : block == nil ? .extended : .updated, bytes: bytes))
  }

  private mutating func clear(_ file: File) throws(Problem) {
    guard let block = try found(in: file), !isKept(block, of: file, nil) else { return }
    try check(file)
    guard let bytes = block.removed(from: file.bytes) else {
      var folders = 0
      if case .made(let count) = block.origin { folders = count }
      return steps.append(Step(path: file.path, kind: .deleted(folders: folders), bytes: []))
    }
    steps.append(Step(path: file.path, kind: .cleared, bytes: bytes))
  }

  /// Whether a block is left as it is, since a person has edited it.
  private mutating func isKept(_ block: TemplateBlock, of file: File, _ lines: [String]?) -> Bool {
    guard block.isEdited, !overwrites, block.body != lines?.map({ Line($0) }) else { return false }
    let ours = Set(lines?.map { Line($0) } ?? [])
    let first = block.body.firstIndex { lines != nil && !ours.contains($0) }
    edited.append(
      Problem(
        path: file.path, line: block.line + (first.map { $0 + 1 } ?? 0),
        text: "the block of plumbline was edited by hand; move what is yours out of it, or give --force to lose it"))
    return true
  }

  private func found(in file: File) throws(Problem) -> TemplateBlock? {
    do throws(TemplateBlock.Problem) {
      return try TemplateBlock.find(in: file.bytes)
    } catch {
      throw Problem(path: file.path, line: error.line, text: error.text)
    }
  }

  /// - Throws: `Problem` where a file is not to be written to.
  private func check(_ file: File) throws(Problem) {
    func problem(_ text: String, line: Int = 1) -> Problem { Problem(path: file.path, line: line, text: text) }
    if file.isOutside { throw problem("this is a link that leads out of the folder; it was left as it is") }
    if let place = file.bytes.firstIndex(of: 0) {
      throw problem(
        "this is no text in an encoding that goes with ASCII", line: file.bytes[..<place].count { $0 == 0x0A } + 1)
    }
    let name = file.name.lowercased()
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
      throw problem("this is a form, and \(forge.title) reads it first; a checklist cannot be put into it")
    }
  }

  // MARK: Notes

  private mutating func addNotes(beside target: File?) {
    for file in files where isDefault(file) && file.identity != target?.identity {
      if let target {
        notes.append(
          "\(file.path.forMessage): \(forge.title) reads \(target.path.forMessage) instead; it was left as it is")
      }
    }
    for file in files where forge.isForBranch(file.name, in: file.folder) {
      notes.append("\(file.path.forMessage): takes the default template's place for its branch; it was left as it is")
    }
    if let remark = forge.remark { notes.append("\(forge.title): \(remark)") }
  }

  /// The folders above a path, the nearest first.
  public static func parents(of path: String) -> [String] {
    var parents: [String] = []
    var path = path[...]
    while let slash = path.lastIndex(of: "/") {
      path = path[..<slash]
      parents.append(String(path))
    }
    return parents
  }
}
