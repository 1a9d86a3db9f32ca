import Dispatch
package import Identity
package import Postgres
import Synchronization

/// Fills workspaces with plausible data for load tests: the same rows, keys included, for the same order.
///
/// Workspaces are made side by side, each small one in one transaction; the customers and tasks of a large one go in
/// blocks over all connections. A run that ends early leaves what it has committed.
package struct WorkspaceSeeder: Sendable {
    /// What to make.
    package struct Order: Sendable {
        /// How many workspaces.
        package var workspaces: Int
        /// How many tasks in each of them.
        package var tasks: Int
        /// How many tasks in the first one, where that is to differ.
        package var tasksOfFirst: Int?
        /// What all data follows from.
        package var seed: UInt64

        package init(workspaces: Int, tasks: Int, tasksOfFirst: Int? = nil, seed: UInt64) {
            self.workspaces = workspaces
            self.tasks = tasks
            self.tasksOfFirst = tasksOfFirst
            self.seed = seed
        }
    }

    /// A workspace that was made.
    package struct Made: Sendable {
        package let workspace: WorkspaceID
        package let slug: String
        package let tasks: Int
        /// The member for whom a token can act.
        package let member: String
    }

    /// Why there is nothing to do.
    package enum Refusal: Error, Sendable, Equatable {
        case made(String)

        package var message: String {
            switch self {
            case .made(let slug): "There is a workspace \(slug) already, so this seed was used; choose another --seed."
            }
        }
    }

    private let workspaces: [SeedWorkspace]
    private let connect: @Sendable () throws -> Connection

    /// Takes an order.
    ///
    /// - Parameter connect: Opens a connection of the owner; called once for each thread and phase.
    package init(_ order: Order, connect: @escaping @Sendable () throws -> Connection) {
        workspaces = (0..<order.workspaces).map { position in
            SeedWorkspace(
                seed: order.seed, position: position,
                tasks: position == 0 ? order.tasksOfFirst ?? order.tasks : order.tasks
            )
        }
        self.connect = connect
    }

    /// Makes everything.
    ///
    /// - Parameters:
    ///   - connections: How many connections work side by side.
    ///   - progress: Gets the number of tasks stored so far, and of all; from any thread.
    package func run(connections: Int, progress: @escaping @Sendable (Int, Int) -> Void) throws -> [Made] {
        try refuseRepetition()
        let total = workspaces.reduce(0) { $0 + $1.plan.taskCount }
        let stored = Mutex(0)
        let count: @Sendable (Int) -> Void = { tasks in
            progress(
                stored.withLock { stored in
                    stored += tasks
                    return stored
                }, total
            )
        }
        let connection = try connect()
        let collectsKeys = total >= Self.collectingTasks
        if collectsKeys { try Self.collectKeys(true, on: connection) }
        defer { if collectsKeys { try? Self.collectKeys(false, on: connection) } }
        for phase in phases(count) where !phase.isEmpty {
            try perform(phase, connections: min(connections, phase.count))
        }
        for table in Self.tables { try connection.execute(script: "ANALYZE \(table)") }
        return workspaces.map { $0.made }
    }

    private static let tables = [
        "workspaces", "members", "companies", "contacts", "search_phones", "search_emails", "contact_names", "tasks",
        "task_assignees", "comments", "search_documents", "search_words",
    ]

    /// With fewer tasks, what collecting saves is less than what it costs others.
    private static let collectingTasks = 20_000

    /// Lets the index of search keys collect new rows and sort them in together, which is four times as fast.
    ///
    /// It holds up others for the moment of the change only, and searches read what was collected too, if slower. Where
    /// a run is killed before it turns this off, the index stays right; the next run puts it back.
    private static func collectKeys(_ isOn: Bool, on connection: Connection) throws {
        if !isOn {
            try connection.execute(
                script: """
                    SET maintenance_work_mem = '256MB'; SELECT gin_clean_pending_list('search_documents_keys');
                    RESET maintenance_work_mem
                    """
            )
        }
        try connection.execute(script: "ALTER INDEX search_documents_keys SET (fastupdate = \(isOn ? "on" : "off"))")
    }

    /// A piece of work in a transaction of its own.
    private typealias Unit = @Sendable (Connection) throws -> Void

    /// Units of a phase may run in any order; those of the next one point at rows of this one.
    private func phases(_ count: @escaping @Sendable (Int) -> Void) -> [[Unit]] {
        let frames = workspaces.map { workspace -> Unit in
            { connection in
                try workspace.make(on: connection)
                if !workspace.isLarge { count(workspace.plan.taskCount) }
            }
        }
        let large = workspaces.filter(\.isLarge)
        let customers = large.flatMap { workspace in
            Self.blocks(of: workspace.plan.customerCount).map { block -> Unit in
                { connection in try workspace.storeCustomers(block, on: connection) }
            }
        }
        let tasks = large.flatMap { workspace in
            Self.blocks(of: workspace.plan.taskCount).map { block -> Unit in
                { connection in
                    try workspace.storeTasks(block, on: connection)
                    count(block.count)
                }
            }
        }
        return [frames, customers, tasks]
    }

    private static func blocks(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: SeedWorkspace.blockSize).map { start in
            start..<min(count, start + SeedWorkspace.blockSize)
        }
    }

    private func perform(_ units: [Unit], connections: Int) throws {
        let next = Atomic(0)
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: connections) { _ in
            do {
                let connection = try connect()
                try connection.execute(script: Self.sessionSettings)
                while failure.withLock({ $0 == nil }) {
                    let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard position < units.count else { return }
                    try connection.transaction { connection in try units[position](connection) }
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// The last commit of a run waits for the disk, and with it all before it.
    private static let sessionSettings = """
        SET synchronous_commit = off; SET temp_buffers = '64MB'; SET work_mem = '256MB';
        SET gin_pending_list_limit = '256MB'
        """

    private func refuseRepetition() throws {
        let connection = try connect()
        let slugs = workspaces.map(\.slug)
        let found = try connection.query(
            "SELECT slug FROM workspaces WHERE slug = ANY (\(slugs)::text[]) ORDER BY created_at, slug LIMIT 1"
        )
        if let slug = found.string(0, 0) { throw Refusal.made(slug) }
    }
}
