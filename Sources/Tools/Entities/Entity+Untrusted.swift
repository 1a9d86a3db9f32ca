// What results that show an entity's rows say of text that outsiders wrote; see ``Untrusted``.
extension Entity {
    /// Where it can stand in a row of a list, or in a record with its relations: what the entity declares, and the names of
    /// rows to which its fields lead.
    ///
    /// - Parameter names: The fields that were asked for.
    package func untrusted(isInList: Bool, _ names: [String]? = nil) -> [UntrustedPath] {
        let shown = fields.filter { names?.contains($0.name) ?? ($0.isListed || !isInList) }
        let own = untrusted.filter { path in
            shown.contains { $0.name == path.root } || !isInList && self[path.root] == nil
        }
        return own + shown.flatMap(\.untrusted)
    }

    /// Where it can stand in what became of fields, as `{"field": {"from", "to"}}`.
    var untrustedChanges: [UntrustedPath] {
        let own = untrusted.filter { self[$0.root] != nil }.map { UntrustedPath($0.root, $0.kind) }
        return own + fields.flatMap(\.untrusted).map { UntrustedPath($0.root, $0.kind) }
    }

    /// What the name is by which people know a row, if outsiders can give it: a name, or something that they have to say.
    package var untrustedTitle: UntrustedPath.Kind? {
        let field = fields.first { $0.column == title || $0.expression == "t.\(title)" }
        return untrusted.first { $0.text == field?.name }?.kind
    }

    /// The same of what callers write into a field.
    func isUntrusted(_ field: Field) -> Bool { untrusted.contains { $0.root == field.name } }
}

extension Field {
    /// Where the names of the rows to which the field leads are text of outsiders.
    fileprivate var untrusted: [UntrustedPath] {
        switch kind {
        case .reference(let entity): entity().untrustedTitle.map { [UntrustedPath("\(name).name", $0)] } ?? []
        default: []
        }
    }
}
