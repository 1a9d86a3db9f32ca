import JSON

// What callers give for a field.
extension Field {
    /// The parameter that sets the field; `nil` for what nobody sets.
    package func parameter(isRequired: Bool) -> Parameter? {
        inputKind.map { Parameter(name, $0, meaning, isRequired: isRequired).terse }
    }

    private var inputKind: Parameter.Kind? {
        switch kind {
        case .text(let maximum): .text(maximum: maximum)
        case .choice(let words): .choice(words)
        case .integer(let range): .integer(range)
        case .decimal(let places): .decimal(places: places)
        case .money: .money
        case .day: .day
        case .moment: .moment
        case .boolean: .boolean
        case .labels: .texts(maximum: 60, count: 20)
        case .reference(let entity): .identifier(prefix: entity().prefix)
        case .member: .member
        case .members: .members(count: 20)
        case .json: nil
        case .currency: .currency
        case .lines(let lines):
            .objects(
                lines.given.compactMap { $0.parameter(isRequired: $0.isRequired) }, count: Lines.bound)
        }
    }

    /// The parameters by which lists are narrowed.
    var filters: [Parameter] { isFiltered ? bounds.map(\.terse) : [] }

    private var bounds: [Parameter] {
        switch kind {
        case .choice, .reference, .member, .boolean, .text, .currency:
            [Parameter(name, inputKind ?? .boolean, "")]
        case .day: [Parameter(name + "_from", .day, ""), Parameter(name + "_to", .day, "")]
        case .moment: [Parameter(name + "_from", .moment, ""), Parameter(name + "_to", .moment, "")]
        case .integer, .money:
            ["_min", "_max"].map { Parameter(name + $0, .integer(Money.amounts), "") }
        case .decimal(let places):
            ["_min", "_max"].map { Parameter(name + $0, .decimal(places: places, isSigned: true), "") }
        case .labels, .members, .json, .lines: []
        }
    }
}
