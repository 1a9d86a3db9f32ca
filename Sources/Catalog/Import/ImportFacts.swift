import Identity
import Postgres

/// What the rows of an import may refer to in the workspace, read once.
struct ImportFacts {
    struct State {
        let id: String
        let category: String
    }

    let board: String
    /// By name and by category, in small letters.
    private let states: [String: State]
    private let stateNames: [String]
    let firstState: State
    /// A stage of the pipeline.
    struct Stage {
        let id: String
        /// Whether a deal that comes there is won or lost.
        let isEnd: Bool
    }

    /// By name, in small letters.
    private let stages: [String: Stage]
    private let stageNames: [String]
    /// By address and, where it is unique, by name, in small letters.
    private let members: [String: String]
    /// The keys of the board's questions.
    let questions: [String]
    /// The workspace's country.
    let country: String?

    init(_ workspace: WorkspaceID, on connection: Connection) throws {
        let board = try connection.query(
            """
            SELECT b.id, b.workflow_id, (SELECT w.default_country FROM workspaces AS w WHERE w.id = b.workspace_id),
                (SELECT string_agg(q ->> 'key', E'\\n') FROM jsonb_array_elements(b.questions) AS q)
            FROM boards AS b WHERE b.workspace_id = \(workspace)::uuid AND b.is_default
            """
        )
        guard let id = board.string(0, 0), let workflow = board.string(0, 1) else {
            throw PostgresError(.unexpectedResult, "The workspace has no default board.")
        }
        self.board = id
        country = board.string(0, 2)
        questions = (board.string(0, 3) ?? "").split(separator: "\n").map(String.init)
        let rows = try connection.query(
            """
            SELECT id, category, name FROM workflow_states
            WHERE workspace_id = \(workspace)::uuid AND workflow_id = \(workflow)::uuid ORDER BY position, id
            """
        )
        var states: [String: State] = [:]
        var names: [String] = []
        for row in 0..<rows.rowCount {
            let state = State(id: rows.string(row, 0) ?? "", category: rows.string(row, 1) ?? "")
            let name = rows.string(row, 2) ?? ""
            names.append(name)
            states[name.lowercased()] = state
            if states[state.category] == nil { states[state.category] = state }
        }
        guard let first = states["open"] ?? names.first.flatMap({ states[$0.lowercased()] }) else {
            throw PostgresError(.unexpectedResult, "The workspace has no states.")
        }
        self.states = states
        stateNames = names
        firstState = first
        members = try Self.members(of: workspace, on: connection)
        (stages, stageNames) = try Self.stages(of: workspace, on: connection)
    }

    private static func stages(
        of workspace: WorkspaceID, on connection: Connection
    ) throws -> ([String: Stage], [String]) {
        let rows = try connection.query(
            """
            SELECT id, name, is_won OR is_lost FROM pipeline_stages
            WHERE workspace_id = \(workspace)::uuid AND deleted_at IS NULL ORDER BY position, id
            """)
        var stages: [String: Stage] = [:]
        var names: [String] = []
        for row in 0..<rows.rowCount {
            let name = rows.string(row, 1) ?? ""
            names.append(name)
            stages[name.lowercased()] = Stage(id: rows.string(row, 0) ?? "", isEnd: rows.bool(row, 2) ?? false)
        }
        return (stages, names)
    }

    private static func members(of workspace: WorkspaceID, on connection: Connection) throws -> [String: String] {
        let rows = try connection.query(
            "SELECT id, email, name FROM members WHERE workspace_id = \(workspace)::uuid ORDER BY id"
        )
        var byName: [String: String?] = [:]
        var found: [String: String] = [:]
        for row in 0..<rows.rowCount {
            let id = rows.string(row, 0) ?? ""
            found[(rows.string(row, 1) ?? "").lowercased()] = id
            let name = (rows.string(row, 2) ?? "").lowercased()
            byName[name] = byName[name] == nil ? id : .some(nil)
        }
        for case (let name, let id?) in byName where found[name] == nil { found[name] = id }
        return found
    }

    func member(_ text: String) -> String? { members[text.lowercased()] }

    func state(_ text: String) -> State? { states[text.lowercased()] }

    func stage(_ name: String) -> Stage? { stages[name.lowercased()] }

    var knownStages: String { stageNames.joined(separator: ", ") }

    var knownStates: String { stateNames.joined(separator: ", ") }
}
