package import Identity
package import Postgres

/// Brings customers, companies, tasks, comments, deals, tickets and invoices from a file into a workspace.
///
/// Rows are checked one by one as the file streams by, copied into temporary tables, compared there with what is stored,
/// and written in one transaction together with their search keys. What finds a row again is its `external_id`.
package struct Importer {
    private let connection: Connection
    private let workspace: WorkspaceID

    /// Takes the owner's connection, in no transaction.
    package init(_ connection: Connection, into workspace: WorkspaceID) {
        self.connection = connection
        self.workspace = workspace
    }

    /// Imports a file.
    ///
    /// - Parameters:
    ///   - keepsGoing: Whether good rows are stored though others were refused. Without it any refusal means that
    ///     nothing is stored.
    ///   - progress: Gets the number of rows read so far, every thousand rows.
    /// - Returns: What became of the rows. A file that is wrong is no error; it has a report with refusals.
    package func run(
        _ file: ImportFile,
        keepsGoing: Bool = false,
        progress: (Int) -> Void = { _ in }
    ) throws -> ImportReport {
        var report = ImportReport()
        do {
            try connection.transaction { connection in
                let work = ImportTransaction(connection, workspace)
                do {
                    try work.perform(file, &report, progress)
                } catch let problem as ImportProblem {
                    report.refuse(problem.line, problem.reason)
                    report.isBroken = true
                }
                if report.isBroken || report.refused > 0 && !keepsGoing { throw NothingStored() }
            }
            report.isStored = true
        } catch is NothingStored {}
        report.refusals.sort { $0.line < $1.line }
        return report
    }

    /// Ends the transaction of a file that was refused.
    private struct NothingStored: Error {}
}
