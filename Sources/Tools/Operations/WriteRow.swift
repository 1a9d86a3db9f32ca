import Identity
import JSON
import Postgres

extension Tool {
    /// `create_<entity>`.
    ///
    /// - Parameters:
    ///   - subject: What the permission to create is about.
    ///   - isRisky: Whether it is shown before it is done where risky writes are.
    package static func create(
        _ entity: Entity, _ subject: String, _ description: String, risky isRisky: Bool = false
    ) -> Tool {
        let fields = entity.fields.filter { $0.access == .open || $0.access == .fixed }
        return Tool(
            name: "create_" + entity.name,
            title: "Create " + entity.words,
            description: description,
            effects: isRisky ? .adding.shown : .adding,
            permission: .create(subject),
            parameters: fields.compactMap { $0.parameter(isRequired: $0.isRequired) } + RowWrite.parameters
                + [IdempotencyRecord.allowDuplicate],
            output: RowWrite.output,
            body: .write { call, principal, transaction in
                try RowWrite(entity, .creation, call, principal).run(transaction)
            }
        ).about(entity).refusing(whatWritesBreakOf: entity)
    }

    /// `update_<entity>`: any of its open fields, or `clear` to empty some.
    ///
    /// - Parameters:
    ///   - subject: What the permission to update is about.
    ///   - isRisky: Whether it is shown before it is done where risky writes are.
    package static func update(
        _ entity: Entity, _ subject: String, _ description: String, risky isRisky: Bool = false
    ) -> Tool {
        let open = entity.changeable
        let emptied = Parameter(
            "clear", .names(open.filter { !$0.isRequired && !$0.isKept }.map(\.name)), "")
        return Tool(
            name: "update_" + entity.name,
            title: "Update " + entity.words,
            description: description,
            effects: isRisky ? .changing.shown : .changing,
            permission: .update(subject),
            parameters: [entity.keyParameter] + open.compactMap { $0.parameter(isRequired: false) }
                + [emptied, RowWrite.ifVersion] + RowWrite.parameters,
            output: RowWrite.output,
            body: .write { call, principal, transaction in
                guard let key = call.arguments.key("id") else { throw entity.notFound }
                return try RowWrite(entity, .update(key), call, principal).run(transaction)
            }
        ).about(entity).refusing(whatWritesBreakOf: entity)
    }

    /// `delete_<entity>`: puts a row out of sight; it can be brought back for 30 days.
    ///
    /// - Parameter subject: What the permission to delete is about.
    package static func delete(_ entity: Entity, _ subject: String, _ description: String) -> Tool {
        Tool(
            name: "delete_" + entity.name,
            title: "Delete " + entity.words,
            description: description,
            effects: .deleting,
            permission: .delete(subject),
            parameters: [entity.keyParameter, Parameter("reason", .text(maximum: 500), "").terse, RowWrite.ifVersion]
                + RowWrite.parameters,
            output: RowWrite.output,
            body: .write { call, principal, transaction in
                guard let key = call.arguments.key("id") else { throw entity.notFound }
                return try RowWrite(entity, .deletion(key), call, principal).run(transaction)
            }
        ).about(entity)
    }
}
