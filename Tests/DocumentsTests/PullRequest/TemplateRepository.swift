import Documents

/// The files of a repository in memory.
struct TemplateRepository: Equatable {
  var files: [String: [UInt8]] = [:]

  func files(for forge: Forge) -> [TemplatePlan.File] {
    files.keys.sorted().flatMap { path -> [TemplatePlan.File] in
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let above = path.dropLast(name.count + (path.contains("/") ? 1 : 0))
      return forge.folders.filter { folder in
        forge.foldersIgnoreCase ? folder.lowercased() == above.lowercased() : folder == above
      }.filter { forge.concerns(name, in: $0) }.map { folder in
        TemplatePlan.File(
          folder: folder, name: name, path: path, bytes: files[path] ?? [], identity: path, isOutside: false)
      }
    }
  }

  func isFolder(_ path: String) -> Bool { files.keys.contains { $0.hasPrefix(path + "/") } }

  /// What is done; with the plan it came from.
  @discardableResult mutating func install(
    _ texts: [TemplateText], _ forge: Forge, force: Bool = false
  ) throws -> TemplatePlan {
    let plan = try TemplatePlan(
      installing: texts, for: forge, files: files(for: forge), isFolder: isFolder, overwrites: force)
    apply(plan)
    return plan
  }

  @discardableResult mutating func remove(_ forge: Forge, force: Bool = false) throws -> TemplatePlan {
    let plan = try TemplatePlan(removingFrom: files(for: forge), of: forge, overwrites: force)
    apply(plan)
    return plan
  }

  private mutating func apply(_ plan: TemplatePlan) {
    for step in plan.steps {
      if case .deleted = step.kind { files[step.path] = nil } else { files[step.path] = step.bytes }
    }
  }

  func text(_ path: String) -> String { String(decoding: files[path] ?? [], as: UTF8.self) }
}
