/// One SQL statement with its parameters.
///
/// Written as a string literal, in which `\(value)` becomes `$1` and is sent beside the text. Only
/// text of the source code can be interpolated into the statement itself: `\(sql: columns)`.
package struct Statement: Sendable, ExpressibleByStringInterpolation {
    let sql: String
    let parameters: [Parameter]

    struct Parameter: Sendable {
        let type: PostgresType
        let binding: Binding

        init<Value: Bindable>(_ value: Value) {
            type = Value.postgresType
            binding = value.binding
        }
    }

    package init(stringLiteral sql: StaticString) {
        self.init(sql: sql.description)
    }

    package init(stringInterpolation: StringInterpolation) {
        self.init(sql: stringInterpolation.sql, parameters: stringInterpolation.parameters)
    }

    /// For the few statements of this target whose text is put together.
    init(sql: String, parameters: [Parameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = ""
        fileprivate var parameters: [Parameter] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + interpolationCount * "$10".utf8.count)
            parameters.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) { sql += literal.description }

        package mutating func appendInterpolation(sql text: StaticString) {
            appendLiteral(text)
        }

        package mutating func appendInterpolation<Value: Bindable>(_ value: Value) {
            parameters.append(Parameter(value))
            sql += "$\(parameters.count)"
        }

        /// Spelled out for optionals: the compiler takes the general form for a slip on them.
        package mutating func appendInterpolation<Value: Bindable>(_ value: Value?) {
            parameters.append(Parameter(value))
            sql += "$\(parameters.count)"
        }
    }
}

extension Statement {
    /// What a prepared statement is prepared from.
    struct Shape: Hashable {
        let sql: String
        let types: [PostgresType]
    }

    var shape: Shape { Shape(sql: sql, types: parameters.map(\.type)) }

    /// How much of a statement an error shows.
    static let summaryLength = 100

    /// The statement's beginning on one line; it holds `$1`, never a value.
    var summary: String {
        let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > Self.summaryLength ? line.prefix(Self.summaryLength) + "…" : line
    }

    /// The most parameters a statement can have: Bind counts them in 16 bits.
    /// Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
    static let maxParameters = 65535

    /// Why this cannot be sent, if so.
    var problem: String? {
        if parameters.count > Self.maxParameters {
            return "more than \(Self.maxParameters) parameters"
        }
        guard let index = parameters.firstIndex(where: { $0.binding.problem != nil }) else {
            return nil
        }
        return "$\(index + 1) cannot be bound: \(parameters[index].binding.problem ?? "")"
    }
}
