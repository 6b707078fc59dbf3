/// Two texts that came from one, brought together as `git merge-file` does it.
struct ThreeWayMerge: Equatable {
  var lines: [Line]
  /// How many places could not be merged; they stand between the lines of `ConflictLine`.
  var conflicts: Int

  /// - Parameters:
  ///   - base: what both came from.
  ///   - ours: the person's.
  ///   - theirs: what is generated now.
  init(base: [Line], ours: [Line], theirs: [Line]) {
    lines = []
    conflicts = 0
    if ours == base || ours == theirs {
      lines = theirs
      return
    }
    if theirs == base {
      lines = ours
      return
    }
    let inOurs = LineDiff.places(of: base, in: ours)
    let inTheirs = LineDiff.places(of: base, in: theirs)
    var (index, our, their) = (0, 0, 0)
    while index < base.count || our < ours.count || their < theirs.count {
      if index < base.count, inOurs[index] == our, inTheirs[index] == their {
        lines.append(base[index])
        (index, our, their) = (index + 1, our + 1, their + 1)
        continue
      }
      let next = (index..<base.count).first { inOurs[$0] != nil && inTheirs[$0] != nil } ?? base.count
      let nextOur = next < base.count ? inOurs[next] ?? ours.count : ours.count
      let nextTheir = next < base.count ? inTheirs[next] ?? theirs.count : theirs.count
      settle(Array(base[index..<next]), Array(ours[our..<nextOur]), Array(theirs[their..<nextTheir]))
      (index, our, their) = (next, nextOur, nextTheir)
    }
  }

  /// Where it is not known what both came from: one conflict, around what differs.
  init(ours: [Line], theirs: [Line]) {
    lines = []
    conflicts = 0
    if ours == theirs { lines = theirs } else { conflict(ours, theirs) }
  }

  private mutating func settle(_ base: [Line], _ ours: [Line], _ theirs: [Line]) {
    if ours == base || ours == theirs {
      lines += theirs
    } else if theirs == base {
      lines += ours
    } else {
      conflict(ours, theirs)
    }
  }

  private mutating func conflict(_ ours: [Line], _ theirs: [Line]) {
    let most = min(ours.count, theirs.count)
    let front = (0..<most).first { ours[$0] != theirs[$0] } ?? most
    let back = (0..<(most - front)).first { ours[ours.count - 1 - $0] != theirs[theirs.count - 1 - $0] } ?? most - front
    lines += ours[..<front]
    lines.append(Line(ConflictLine.begin))
    lines += ours[front..<(ours.count - back)]
    lines.append(Line(ConflictLine.middle))
    lines += theirs[front..<(theirs.count - back)]
    lines.append(Line(ConflictLine.end))
    lines += ours[(ours.count - back)...]
    conflicts += 1
  }
}
