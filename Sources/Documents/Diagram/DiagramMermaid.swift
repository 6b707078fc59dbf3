extension SystemDiagram {
  /// As the text of a Mermaid fence.
  var mermaid: String {
    var lines = ["flowchart LR"]
    for node in nodes {
      let label = MermaidText.label([node.label] + (node.detail.map { [$0] } ?? []))
      let shaped =
        switch node.shape {
        case .actor, .external: "([\(label)])"
        case .box: "[\(label)]"
        case .stack: "[[\(label)]]"
        case .store, .stores: "[(\(label))]"
        case .queue: ">\(label)]"
        }
      let line = "\(node.id)\(shaped)\(node.isOpen ? ":::open" : "")"
      if let frame, frame.node == node.id {
        lines += [
          "  subgraph zones [\(MermaidText.label([frame.label.sentence]))]", "    \(line)", "  end",
        ]
        if frame.isOpen { lines.append("  style zones stroke-dasharray: 5 4") }
      } else {
        lines.append("  \(line)")
      }
    }
    for edge in edges {
      let isOpen = [edge.from, edge.to].contains { node($0)?.isOpen == true }
      lines.append("  \(edge.from) \(isOpen ? "-.->" : "-->") \(edge.to)")
    }
    if nodes.contains(where: \.isOpen) { lines.append("  classDef open stroke-dasharray: 5 4") }
    return lines.joined(separator: "\n")
  }
}
