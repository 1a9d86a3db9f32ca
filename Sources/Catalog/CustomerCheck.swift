import Crypto
import Identity
import Matching
import Postgres
import Tools

/// Checks that whoever speaks for a customer knows enough about the task (0 to 3 factors).
///
/// A failed check gives one fixed answer whichever factor was wrong and whether or not the task exists. Both ways run
/// the same statements, so their time tells nothing either. Five failures for a task, or twenty for a credential, in
/// an hour close the check for an hour; locks of the transaction make both numbers exact under concurrency.
struct CustomerCheck {
    /// What the caller says the customer knows.
    struct Claim: Sendable {
        let taskNumber: Int64?
        let customerName: String?
        let phone: String?

        init(_ arguments: Arguments?) {
            taskNumber = arguments?.integer("taskNumber")
            customerName = arguments?.text("customerName")
            phone = arguments?.text("phone")
        }

        /// How many factors were given, right or wrong.
        var count: Int { (taskNumber == nil ? 0 : 1) + (customerName == nil ? 0 : 1) + (phone == nil ? 0 : 1) }
    }

    /// What is true of the task, as far as there is one.
    struct Facts {
        let task: RowID?
        let number: Int64?
        let customer: RowID?
        let customerName: String
        let phones: [String]
        let country: String?
    }

    static let failuresOfTask = 5
    static let failuresOfCredential = 20

    /// The one answer to every failed check.
    static let refusal = ToolError(
        .verificationFailed,
        "The customer could not be verified. Nothing was saved.",
        hint: "Ask the customer for the details again. After several failures the check closes for an hour."
    )

    /// The answer while the check is closed; it tells nothing about any task either.
    static func closed(_ seconds: Int) -> ToolError {
        ToolError(
            .rateLimited, "Customer checks are closed after too many failures. Nothing was saved.",
            hint: "Let a member of the workspace take over, or try again later.", retryAfter: max(1, seconds)
        )
    }

    let principal: Principal
    /// The workspace as a bind.
    let workspace: SQL

    /// Whether the claim holds. All factors that were given must be right; none is skipped once one was wrong.
    static func holds(_ claim: Claim, _ facts: Facts) -> Bool {
        let number = claim.taskNumber.map { $0 == facts.number } ?? true
        let name = claim.customerName.map { NameMatch.matches(given: $0, customer: facts.customerName) } ?? true
        let typed = claim.phone.map { PhoneDigits($0) }
        let matching = facts.phones.filter { stored in typed?.verifies(PhoneDigits(stored)) ?? false }
        let phone = claim.phone == nil || !matching.isEmpty
        return [facts.task != nil, number, name, phone].allSatisfy { $0 }
    }

    /// The task's key, or one derived from what was asked for where there is no such task.
    static func subject(_ facts: Facts, _ reference: TaskReference) -> RowID {
        if let task = facts.task { return task }
        let asked =
            switch reference {
            case .id(let row): "id " + row.digits
            case .number(let number): "number \(number)"
            }
        let digits = Hex.encode(Array(Digest.sha256(Array(asked.utf8)).prefix(16)))
        // Sixteen bytes in hexadecimal are a key by construction; the fallback cannot be reached.
        return RowID(uuid: digits) ?? RowID(uuid: String(repeating: "0", count: 32))!
    }

    /// Waits for other checks of the same credential and subject, then tells how long the check is closed, if it is.
    func secondsClosed(for subject: RowID, _ transaction: borrowing Transaction) throws(PostgresError) -> Int? {
        try secondsClosed(for: subject, after: principal.credential.digits + subject.digits, transaction)
    }

    /// Waits for other failures of the same credential, then tells the same again: one of them may have closed the check.
    func secondsClosedMeanwhile(
        for subject: RowID,
        _ transaction: borrowing Transaction
    ) throws(PostgresError) -> Int? {
        try secondsClosed(for: subject, after: principal.credential.digits, transaction)
    }

    private func secondsClosed(
        for subject: RowID,
        after lock: String,
        _ transaction: borrowing Transaction
    ) throws(PostgresError) -> Int? {
        let results = try transaction.queries([
            "SELECT pg_advisory_xact_lock(hashtextextended(\(lock), 0))",
            """
            SELECT ceil(extract(epoch FROM max(l.until) - clock_timestamp()))::bigint
            FROM verification_lockouts AS l
            WHERE l.workspace_id = \(workspace) AND l.credential_id = \(principal.credential)::uuid
                AND l.until > clock_timestamp() AND (l.subject IS NULL OR l.subject = \(subject)::uuid)
            """,
        ])
        return results[1].int64(0, 0).map { Int($0) }
    }

    /// Counts a failure and closes the check where it was one too many.
    ///
    /// - Returns: Whether the check is closed now.
    func recordFailure(of subject: RowID, _ transaction: borrowing Transaction) throws(PostgresError) -> Bool {
        let closed = try transaction.query(
            """
            WITH recorded AS (
                INSERT INTO verification_failures (workspace_id, credential_id, subject)
                VALUES (\(workspace), \(principal.credential)::uuid, \(subject)::uuid)
            ), counted AS (
                SELECT count(*) + 1 AS of_credential,
                    count(*) FILTER (WHERE f.subject = \(subject)::uuid) + 1 AS of_task
                FROM verification_failures AS f
                WHERE f.workspace_id = \(workspace) AND f.credential_id = \(principal.credential)::uuid
                    AND f.at > clock_timestamp() - interval '1 hour'
            )
            INSERT INTO verification_lockouts (workspace_id, credential_id, subject, until)
            SELECT \(workspace), \(principal.credential)::uuid, x.subject, clock_timestamp() + interval '1 hour'
            FROM counted
            CROSS JOIN LATERAL (
                SELECT \(subject)::uuid AS subject
                WHERE counted.of_task >= \(Int64(CustomerCheck.failuresOfTask))::bigint
                UNION ALL
                SELECT NULL::uuid WHERE counted.of_credential >= \(Int64(CustomerCheck.failuresOfCredential))::bigint
            ) AS x
            RETURNING 1
            """
        )
        return closed.rowCount > 0
    }
}
