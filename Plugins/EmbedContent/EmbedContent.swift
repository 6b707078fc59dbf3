import Foundation
import PackagePlugin

/// Carries `knowledge/` and `templates/` inside the binary: one generated Swift file of raw string literals.
/// The folders are reached through symbolic links inside the target, so that new files are noticed.
@main
struct EmbedContent: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = target.directoryURL.appending(path: "embedded")
    let wanted: Set<String> = ["md", "yaml", "mustache", "css", "js", "svg"]
    var inputs: [URL] = []
    for folder in try FileManager.default.contentsOfDirectory(atPath: root.path).sorted() {
      let link = root.appending(path: folder)
      guard let files = FileManager.default.enumerator(atPath: link.resolvingSymlinksInPath().path) else { continue }
      for case let file as String in files where wanted.contains((file as NSString).pathExtension) {
        inputs.append(link.appending(path: file))
      }
    }
    inputs.sort { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    return [
      .buildCommand(
        displayName: "Embedding knowledge and templates",
        executable: try context.tool(named: "EmbedContentTool").url,
        arguments: [output.path, root.path] + inputs.map(\.path),
        inputFiles: inputs, outputFiles: [output])
    ]
  }
}
