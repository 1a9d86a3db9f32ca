package import Identity
package import JSON

/// The arguments of one call, read and checked against the tool's parameters.
package struct Arguments: Sendable {
    /// A value of one of the kinds of ``Parameter``.
    package indirect enum Value: Sendable {
        case text(String)
        case integer(Int64)
        case words([String])
        case integers([Int64])
        /// Microseconds since 1970.
        case moment(Int64)
        case row(RowID)
        case object([String: Value])
        case boolean(Bool)
        /// Digits with a point before the last of them, as PostgreSQL reads a `numeric`.
        case decimal(String)
        /// A day as `2026-11-20`.
        case day(String)
        case money(Money)
        case key(RowKey)
        case member(MemberName)
        case members([MemberName])
        case rows([RowID])
        case json(JSONNode)
        case objects([[String: Value]])
    }

    private let values: [String: Value]

    /// Reads the arguments of a call.
    ///
    /// - Throws: ``ToolError`` with every mistake at once: unknown names with the nearest known one, wrong types,
    ///   values out of range, required arguments that are missing.
    package init(_ node: JSONNode?, for parameters: [Parameter]) throws(ToolError) {
        var reading = ArgumentReading()
        values = reading.object(node, parameters, path: "")
        guard reading.problems.isEmpty else { throw ToolError(problems: reading.problems) }
    }

    /// Arguments that the program makes, such as what one write adds to another.
    package init(values: [String: Value]) { self.values = values }

    package func text(_ name: String) -> String? {
        guard case .text(let text) = values[name] else { return nil }
        return text
    }

    package func integer(_ name: String) -> Int64? {
        guard case .integer(let number) = values[name] else { return nil }
        return number
    }

    package func integers(_ name: String) -> [Int64]? {
        guard case .integers(let numbers) = values[name] else { return nil }
        return numbers
    }

    package func words(_ name: String) -> [String]? {
        guard case .words(let words) = values[name] else { return nil }
        return words
    }

    /// Microseconds since 1970.
    package func moment(_ name: String) -> Int64? {
        guard case .moment(let moment) = values[name] else { return nil }
        return moment
    }

    package func row(_ name: String) -> RowID? {
        guard case .row(let row) = values[name] else { return nil }
        return row
    }

    package func boolean(_ name: String) -> Bool? {
        guard case .boolean(let value) = values[name] else { return nil }
        return value
    }

    package func decimal(_ name: String) -> String? {
        guard case .decimal(let digits) = values[name] else { return nil }
        return digits
    }

    /// A day as `2026-11-20`.
    package func day(_ name: String) -> String? {
        guard case .day(let text) = values[name] else { return nil }
        return text
    }

    package func money(_ name: String) -> Money? {
        guard case .money(let money) = values[name] else { return nil }
        return money
    }

    package func key(_ name: String) -> RowKey? {
        guard case .key(let key) = values[name] else { return nil }
        return key
    }

    package func member(_ name: String) -> MemberName? {
        guard case .member(let name) = values[name] else { return nil }
        return name
    }

    package func members(_ name: String) -> [MemberName]? {
        guard case .members(let names) = values[name] else { return nil }
        return names
    }

    package func rows(_ name: String) -> [RowID]? {
        guard case .rows(let rows) = values[name] else { return nil }
        return rows
    }

    /// An object as the caller wrote it.
    package func json(_ name: String) -> JSONNode? {
        guard case .json(let node) = values[name] else { return nil }
        return node
    }

    /// Whether there is none at all.
    var isEmpty: Bool { values.isEmpty }

    package func object(_ name: String) -> Arguments? {
        guard case .object(let values) = values[name] else { return nil }
        return Arguments(values: values)
    }

    package func objects(_ name: String) -> [Arguments]? {
        guard case .objects(let objects) = values[name] else { return nil }
        return objects.map(Arguments.init(values:))
    }

    /// The argument as it was read.
    package subscript(name: String) -> Value? { values[name] }

    /// Whether the argument was given and not null.
    package func has(_ name: String) -> Bool { values[name] != nil }
}
