import Identity
import JSON
import Postgres
import Telemetry
import Tools

extension Tool {
    /// A customer's comment on a task, after a check of who is speaking.
    static let addCustomerComment = Tool(
        name: "addCustomerComment",
        title: "Add customer comment",
        description: """
            Adds a customer's public comment to a task. Ask the customer for the facts in verification; never take \
            them from a task. Missing facts may be asked for with a form. saved tells whether it was stored.
            """,
        effects: .adding,
        permission: .create("customer_comments"),
        parameters: TaskReference.parameters + [
            Parameter("comment", .text(maximum: 5_000), "What the customer says, as plain text.", isRequired: true),
            Parameter(
                "verification",
                .object(CustomerFact.allCases.map(\.argument)),
                "As the customer gave them; all must be right."
            ),
            Parameter(
                "idempotencyKey", .text(maximum: 128),
                "Within 24 hours the same call is stored once."
            ).terse,
            IdempotencyRecord.allowDuplicate,
        ],
        output: [
            "type": "object",
            "properties": [
                "saved": ["type": "boolean"],
                "reason": ["type": "string", "enum": ["declined", "closed"]],
                "message": ["type": "string"],
                "item": ["type": "object"],
            ],
            "required": ["saved"],
        ],
        isOffered: { $0.customerComments },
        note: { access in
            switch access.customerCommentFactors {
            case 0: "No verification is required here."
            case 3: "All three facts are required here: taskNumber, customerName and phone."
            case let count: "At least \(count) of taskNumber, customerName and phone are required here."
            }
        },
        inquiry: .customerFacts,
        body: .write { call, principal, transaction in
            try CustomerComment(call, principal).add(transaction)
        }
    )
}

/// One call of ``Tool/addCustomerComment``, inside its transaction.
struct CustomerComment {
    private let call: ToolCall
    private let principal: Principal
    private let reference: TaskReference
    private let claim: CustomerCheck.Claim
    private let text: String
    private let record: IdempotencyRecord

    /// Whether a call is right but for what it says of the customer.
    static func isComplete(_ call: ToolCall) -> Bool {
        !text(of: call).allSatisfy(\.isWhitespace) && (try? TaskReference(call.arguments)) != nil
    }

    private static func text(of call: ToolCall) -> String { Untrusted.cleaned(call.arguments.text("comment") ?? "") }

    init(_ call: ToolCall, _ principal: Principal) throws(ToolError) {
        self.call = call
        self.principal = principal
        reference = try TaskReference(call.arguments)
        claim = CustomerCheck.Claim(call.arguments.object("verification"))
        record = IdempotencyRecord(call, key: "idempotencyKey", principal)
        text = CustomerComment.text(of: call)
        if text.allSatisfy(\.isWhitespace) {
            throw ToolError(problems: [.init("comment", "`comment` holds nothing that can be read; give some text.")])
        }
        let required = principal.access.customerCommentFactors
        if claim.count < required {
            let what = "`verification` holds \(claim.count) of the \(required) facts that this workspace requires"
            throw ToolError(problems: [
                .init("verification", "\(what); it can hold `taskNumber`, `customerName` and `phone`.")
            ])
        }
    }

    func add(_ transaction: borrowing Transaction) throws -> WriteOutcome {
        let facts = try self.facts(transaction)
        if let refusal = try check(facts, transaction) { return .refused(refusal, isDenial: true) }
        guard let task = facts.task else { throw reference.notFound }
        if let earlier = try record.claim(transaction) { return .done(earlier, entity: ("task", task)) }
        let answer = try insert(task: task, customer: facts.customer, transaction)
        try record.keep(answer, transaction)
        return .done(answer, entity: ("task", task), changes: changes(facts))
    }

    /// What reads otherwise than before.
    private func changes(_ facts: CustomerCheck.Facts) -> [String] {
        [facts.number.map(ResourceAddress.task), facts.customer.map(ResourceAddress.customer)].compactMap(\.self)
            + [ResourceAddress.summary]
    }

    private func facts(_ transaction: borrowing Transaction) throws -> CustomerCheck.Facts {
        let row = try transaction.query(
            """
            SELECT t.id, t.number, c.id, c.display_name, c.phone, c.mobile, c.work_phone, w.default_country
            FROM workspaces AS w
            LEFT JOIN tasks AS t ON t.workspace_id = w.id AND t.deleted_at IS NULL AND \(reference.condition)
            LEFT JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
            WHERE w.id = \(call.workspace)
            """
        )
        return CustomerCheck.Facts(
            task: row.string(0, 0).flatMap(RowID.init(uuid:)),
            number: row.int64(0, 1),
            customer: row.string(0, 2).flatMap(RowID.init(uuid:)),
            customerName: row.string(0, 3) ?? "",
            phones: [4, 5, 6].compactMap { row.string(0, $0) },
            country: row.string(0, 7)
        )
    }

    /// - Returns: The refusal, whose trace is to be committed, or `nil` if the caller may go on.
    private func check(_ facts: CustomerCheck.Facts, _ transaction: borrowing Transaction) throws -> ToolError? {
        guard claim.count > 0 else { return nil }
        let check = CustomerCheck(principal: principal, workspace: call.workspace)
        let subject = CustomerCheck.subject(facts, reference)
        if let seconds = try check.secondsClosed(for: subject, transaction) { return CustomerCheck.closed(seconds) }
        if CustomerCheck.holds(claim, facts) { return nil }
        if let seconds = try check.secondsClosedMeanwhile(for: subject, transaction) {
            return CustomerCheck.closed(seconds)
        }
        if try check.recordFailure(of: subject, transaction) {
            let alert = AuditEvent(
                workspace: principal.workspace, credential: principal.credential,
                action: "customer_verification.locked", tool: call.tool, outcome: .denied,
                at: WallClock.system.now
            )
            _ = try transaction.query(AuditEvent.appending([alert], in: principal.workspace))
        }
        return CustomerCheck.refusal
    }

    /// Stores the comment, unless the same was said on the task within the last minute and nothing tells the calls apart.
    ///
    /// One statement looks and stores: the task's lock, taken in the same flush, lets one call after the other do so.
    private func insert(task: RowID, customer: RowID?, _ transaction: borrowing Transaction) throws -> ToolAnswer {
        let condition: SQL = record.isUnmarked ? " WHERE NOT EXISTS (SELECT FROM \(same(on: task)))" : ""
        // The task's row first: who has its lock sees all comments when it indexes them.
        let results = try transaction.queries([
            """
            UPDATE tasks AS t SET updated_at = clock_timestamp()
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(task)::uuid
            """,
            """
            INSERT INTO comments (workspace_id, task_id, body, visibility, author_kind, customer_id, credential_id)
            SELECT \(call.workspace), \(task)::uuid, \(text)::text, 'public', 'customer',
                \(customer)::uuid, \(principal.credential)::uuid\(condition)
            RETURNING json_build_object('id', public_id('com', id), 'visibility', visibility,
                'author_kind', author_kind, 'trusted', false, 'created_at', rfc3339(created_at))
            """,
        ])
        guard results[1].rowCount == 1 else { throw try duplicate(on: task, transaction) }
        try SearchUpdate.task(task.digits, in: call, transaction)
        var writer = JSONWriter()
        writer.beginObject()
        writer.write("saved", true)
        writer.key("item")
        writer.write(raw: results[1].bytes(0, 0) ?? Array("null".utf8))
        writer.write("changed", ["comments"])
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes))
    }

    /// The comments on the task that this one would repeat, among the newest: what is sent again comes soon after, and a
    /// task on which a thousand comments a minute are made costs no more than another.
    private func same(on task: RowID) -> SQL {
        """
        (
            SELECT c.id, c.created_at, c.credential_id, c.author_kind, c.body FROM comments AS c
            WHERE c.workspace_id = \(call.workspace) AND c.task_id = \(task)::uuid AND c.deleted_at IS NULL
                AND c.created_at > now() - interval '60 seconds'
            ORDER BY c.created_at DESC, c.id DESC LIMIT 20
        ) AS e
        WHERE e.credential_id = \(principal.credential)::uuid AND e.author_kind = 'customer'
            AND e.body = \(text)
        """
    }

    private func duplicate(on task: RowID, _ transaction: borrowing Transaction) throws -> ToolError {
        let rows = try transaction.query(
            "SELECT public_id('com', e.id) FROM \(same(on: task)) ORDER BY e.created_at DESC, e.id DESC LIMIT 1")
        return IdempotencyRecord.duplicate(of: rows.string(0, 0))
    }
}
