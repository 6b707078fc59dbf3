import SQLSyntax

/// Whether an expression gives one value for all rows of a statement.
///
/// PostgreSQL keeps such a default once, in the catalogue; any other is written to each row.
enum Volatility {
  /// The call that may differ from row to row; nil where there is none.
  static func volatileCall(in expression: SyntaxNode) -> String? {
    for node in expression.descendants {
      if node.is("FuncCall") {
        let name = node["FuncCall"]["funcname"].names.last ?? ""
        if !constant.contains(name) { return name }
      }
      // Only CURRENT_TIME and its like: CURRENT_USER is stable too.
    }
    return nil
  }

  /// Functions of PostgreSQL that are stable or immutable and stand in defaults. Of others nothing is known, and a
  /// function is volatile unless it is declared otherwise.
  private static let constant = Set(
    """
    abs age array_append array_cat array_fill array_length array_prepend array_to_json array_to_string ascii btrim \
    cardinality cbrt ceil ceiling char_length character_length chr concat concat_ws convert_to current_database \
    current_query current_schema current_setting date_bin date_part date_trunc decode degrees div encode exp extract \
    floor format hstore initcap inet_server_addr int4range int8range isfinite json_array json_build_array \
    json_build_object json_object jsonb_build_array jsonb_build_object jsonb_object jsonb_set justify_days \
    justify_hours justify_interval left length ln localtime localtimestamp log lower lpad ltrim make_date make_interval \
    make_time make_timestamp make_timestamptz md5 mod now numrange octet_length overlay pi point position power \
    quote_ident quote_literal radians range_merge regexp_replace repeat replace reverse right round row_to_json rpad \
    rtrim sha224 sha256 sha384 sha512 sign split_part sqrt statement_timestamp string_to_array strpos substr substring \
    timezone to_char to_date to_hex to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector transaction_timestamp \
    translate trim trunc tsrange tstzrange daterange upper width_bucket
    """.split(separator: " ").map(String.init))
}
