/// A column or parameter type that values of ours are bound to or read from.
package struct PostgresType: Sendable, Hashable, CustomStringConvertible {
    /// The type's row in `pg_type`; fixed for built-in types. Source:
    /// https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat
    package let oid: UInt32

    package static let bool = PostgresType(oid: 16)
    package static let bytea = PostgresType(oid: 17)
    package static let bigint = PostgresType(oid: 20)
    package static let smallint = PostgresType(oid: 21)
    package static let integer = PostgresType(oid: 23)
    package static let text = PostgresType(oid: 25)
    package static let double = PostgresType(oid: 701)
    package static let timestamptz = PostgresType(oid: 1184)
    package static let jsonb = PostgresType(oid: 3802)

    static let name = PostgresType(oid: 19)
    static let json = PostgresType(oid: 114)
    static let varchar = PostgresType(oid: 1043)

    /// Each type's array type and name.
    private static let known: [PostgresType: (array: UInt32, name: String)] = [
        .bool: (1000, "boolean"), .bytea: (1001, "bytea"), .bigint: (1016, "bigint"),
        .smallint: (1005, "smallint"), .integer: (1007, "integer"), .text: (1009, "text"),
        .double: (1022, "double precision"), .timestamptz: (1185, "timestamptz"),
        .jsonb: (3807, "jsonb"), .name: (1003, "name"), .json: (199, "json"),
        .varchar: (1015, "varchar"), PostgresType(oid: 1700): (1231, "numeric"),
        PostgresType(oid: 1082): (1182, "date"), PostgresType(oid: 1114): (1115, "timestamp"),
        PostgresType(oid: 1186): (1187, "interval"), PostgresType(oid: 2950): (2951, "uuid"),
    ]

    private static let elements: [UInt32: PostgresType] = Dictionary(
        uniqueKeysWithValues: known.map { ($0.value.array, $0.key) })

    /// The type of arrays of this type.
    var array: PostgresType { PostgresType(oid: Self.known[self]?.array ?? 0) }

    package var description: String {
        if let (_, name) = Self.known[self] { return name }
        if let element = Self.elements[oid] { return "\(element)[]" }
        return "type \(oid)"
    }
}
