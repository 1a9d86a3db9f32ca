/// An error that callers of some tools meet, as the documentation tells it.
package struct ToolRefusal: Sendable {
    package let code: ToolError.Code
    /// When it comes: one sentence.
    package let meaning: String

    package init(_ code: ToolError.Code, _ meaning: String) {
        self.code = code
        self.meaning = meaning
    }
}

extension Tool {
    /// The errors that are special to the tool, beside those that every tool has.
    ///
    /// What parameters bring with them follows from these; ``refusing(_:_:)`` adds the rest.
    package var refusals: [ToolRefusal] {
        let names = Set(parameters.map(\.name))
        var refusals: [ToolRefusal] = []
        if parameters.contains(where: { $0.isRequired && $0.namesRow }) {
            refusals.append(ToolRefusal(.notFound, "There is no such row in this workspace."))
        }
        if names.contains("if_version") {
            refusals.append(ToolRefusal(.versionConflict, "The row is not at the version that `if_version` names."))
        }
        if let key = ["idempotency_key", "idempotencyKey"].first(where: names.contains) {
            refusals.append(ToolRefusal(.idempotencyConflict, "`\(key)` was used before with other arguments."))
        }
        if names.contains(IdempotencyRecord.allowDuplicate.name) {
            refusals.append(
                ToolRefusal(
                    .possibleDuplicate, "The same was saved within the last minute; `possible_duplicate_of` names it."))
        }
        return refusals + specialRefusals
    }

    /// The same tool with what the table of an entity refuses, see ``Consequences/refusals``.
    func refusing(whatWritesBreakOf entity: Entity) -> Tool {
        entity.consequences.refusals.sorted { $0.key < $1.key }.map(\.value)
            .filter { $0.code != .validationFailed }
            .reduce(self) { $0.refusing($1.code, $1.message) }
    }
}

extension Parameter {
    /// Whether its value is the key of one row, which has to be there.
    fileprivate var namesRow: Bool {
        switch kind {
        case .key: true
        default: false
        }
    }
}
