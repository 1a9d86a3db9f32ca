import Identity
import JSON
import Matching
import Postgres
import Tools

extension Tool {
    /// The tool that makes contacts, whose answers name those who may be the same person; they are made all the same.
    var warningOfDuplicates: Tool {
        guard case .write(let write) = body else { return self }
        return Tool(
            name: name, title: title, description: description, effects: effects, permission: permission,
            parameters: parameters, output: output, isOffered: isOffered, note: note, inquiry: inquiry,
            body: .write { call, principal, transaction in
                let outcome = try write(call, principal, transaction)
                guard case .done(let answer, let entity?, let changes, let fields) = outcome else { return outcome }
                let same = try Self.same(as: call.arguments, except: entity.row, in: call, transaction)
                guard !same.isEmpty else { return outcome }
                return .done(
                    Self.adding(same, to: answer), entity: entity, changes: changes, fields: fields)
            })
    }

    /// Contacts with a number, the address or the name that a call gives.
    private static func same(
        as arguments: Arguments, except row: RowID, in call: ToolCall, _ transaction: borrowing Transaction
    ) throws -> [[UInt8]] {
        let country = try transaction.query(
            "SELECT w.default_country FROM workspaces AS w WHERE w.id = \(call.workspace)"
        )
        .string(0, 0).flatMap { PhoneCountry($0) }
        let phones = ["phone", "mobile", "work_phone"].compactMap { arguments.text($0) }
            .compactMap { StoredPhone($0, country: country) }.filter { $0.national.utf8.count >= 6 }
        let emails = arguments.text("email").flatMap { EmailAddress($0) }.map { [$0] } ?? []
        let name = [arguments.text("first_name"), arguments.text("last_name")].compactMap { $0 }.joined(separator: " ")
        let rows = try transaction.query(
            SameContacts(call: call).statement(
                phones: phones, emails: emails, name: NameTurns.turns(name).first, except: row.digits))
        return (0..<min(rows.rowCount, 5)).compactMap { place in
            rows.bytes(place, 2).map { SameContacts.item($0, SameContacts.reasons(rows.string(place, 1))) }
        }
    }

    private static func adding(_ same: [[UInt8]], to answer: ToolAnswer) -> ToolAnswer {
        answer.adding(
            [JSONMember("possible_duplicates", .array(same.map { .raw(RawJSON($0)) }))],
            untrusted: SameContacts.untrusted.under("possible_duplicates[]"))
    }
}
