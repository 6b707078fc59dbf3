/// The types of pg_catalog, and those that known extensions bring.
enum BuiltInTypes {
  /// In the form that format_type prints.
  static func longName(_ name: String) -> String? { longNames[name] ?? (plain.contains(name) ? name : nil) }

  private static let longNames = [
    "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
    "bool": "boolean", "varchar": "character varying", "varbit": "bit varying", "char": "\"char\"", "bit": "bit",
    "time": "time without time zone", "timetz": "time with time zone", "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone", "bpchar": "character",
  ]

  private static let plain: Set<String> = Set(
    """
    text bytea name oid json jsonb uuid xml money numeric interval inet cidr macaddr macaddr8 point line lseg box path \
    polygon circle tsvector tsquery int4range int8range numrange daterange tsrange tstzrange int4multirange \
    int8multirange nummultirange datemultirange tsmultirange tstzmultirange date txid_snapshot pg_snapshot pg_lsn \
    regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype \
    oidvector int2vector xid xid8 cid tid aclitem jsonpath refcursor gtsvector pg_node_tree pg_ndistinct \
    pg_dependencies pg_mcv_list pg_brin_bloom_summary pg_brin_minmax_multi_summary void record cstring trigger \
    event_trigger unknown internal anyelement anyarray anynonarray anyenum anyrange anymultirange
    """.split(separator: " ").map(String.init))

  static let ofExtensions = [
    "citext": ["citext"], "hstore": ["hstore"], "ltree": ["ltree", "lquery", "ltxtquery"], "cube": ["cube"],
    "seg": ["seg"], "intarray": ["query_int"], "lo": ["lo"], "earthdistance": ["earth"],
    "isn": ["ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"],
    "postgis": ["geometry", "geography", "box2d", "box3d", "box2df", "gidx", "spheroid", "geometry_dump"],
    "postgis_raster": ["raster"], "postgis_topology": ["topogeometry"], "vector": ["vector", "halfvec", "sparsevec"],
    "uint": ["uint1", "uint2", "uint4", "uint8"], "semver": ["semver"], "pg_uuidv7": [], "pgcrypto": [],
    "uuid-ossp": [], "pg_trgm": ["gtrgm"], "btree_gin": [], "btree_gist": [], "tablefunc": [], "unaccent": [],
    "pg_stat_statements": [], "plpgsql": [], "fuzzystrmatch": [], "dblink": [], "postgres_fdw": [], "file_fdw": [],
    "ip4r": ["ip4", "ip4r", "ip6", "ip6r", "ipaddress", "iprange"], "hll": ["hll"], "prefix": ["prefix_range"],
  ]

  /// The extension that has a type, of those that are known.
  static func ofExtension(_ type: String) -> String? { extensionByType[type] }

  private static let extensionByType = Dictionary(
    ofExtensions.flatMap { name, types in types.map { ($0, name) } }, uniquingKeysWith: { min($0, $1) })

  /// How PostGIS writes the kinds of shapes that a column can be limited to.
  static func shape(_ name: String) -> String {
    let lower = name.lowercased()
    let dimensions = ["zm", "z", "m"].first { lower.hasSuffix($0) && shapes[String(lower.dropLast($0.count))] != nil }
    guard let shape = shapes[String(lower.dropLast(dimensions?.count ?? 0))] else { return name }
    return shape + (dimensions?.uppercased() ?? "")
  }

  private static let shapes = Dictionary(
    uniqueKeysWithValues: [
      "Geometry", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
      "GeometryCollection", "CircularString", "CompoundCurve", "CurvePolygon", "MultiCurve", "MultiSurface",
      "PolyhedralSurface", "Triangle", "Tin",
    ].map { ($0.lowercased(), $0) })
}
