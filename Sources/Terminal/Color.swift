/// The colours of the roles, for each depth.
///
/// Nobody knows the background, so they are read on black and on white alike. Contrast by WCAG 2 (on black / on white);
/// more than 4.58 on both is impossible. The test computes the figures.
///
///     role               direct                   indexed
///     faint              118,118,118  4.62 4.54   243  4.62 4.54
///     accent, selected    29,112,237  4.59 4.57    63  4.57 4.60
///     good                11,136, 46  4.58 4.59    29  4.63 4.53
///     warning            177, 97,  5  4.58 4.58   130  4.46 4.71
///     bad                225, 42, 53  4.58 4.58   196  5.25 4.00
///
/// No 130 and no 196 fall short of 4.5: the only orange and red that do not are hard to tell from each other. The 16
/// basic colours are the person's own choice; magenta is the accent since blue is dark on black and cyan pale on white
/// in the palettes that terminals come with.
struct Color {
  let basic: Int
  let indexed: Int
  let direct: (red: Int, green: Int, blue: Int)

  static let roles: [(style: Style, color: Color)] = [
    (.faint, Color(basic: 2, indexed: 243, direct: (118, 118, 118))),
    (.accent, accent),
    (.good, Color(basic: 32, indexed: 29, direct: (11, 136, 46))),
    (.warning, Color(basic: 33, indexed: 130, direct: (177, 97, 5))),
    (.bad, Color(basic: 31, indexed: 196, direct: (225, 42, 53))),
    (.selected, accent),
  ]

  private static let accent = Color(basic: 35, indexed: 63, direct: (29, 112, 237))
}
