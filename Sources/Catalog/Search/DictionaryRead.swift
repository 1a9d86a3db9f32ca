import Matching
import Postgres

/// The columns by which a search makes sure of its workspace's words, and what they mean.
struct DictionaryRead: Sendable {
    private let known: Dictionaries.Entry?
    private let workspace: SQL

    /// - Parameter known: What this process has of the workspace; only what was born since is read then.
    init(_ workspace: SQL, known: Dictionaries.Entry?) {
        self.workspace = workspace
        self.known = known
    }

    /// The horizon, the next task number, and the words, a line each.
    var columns: SQL {
        """
        pg_snapshot_xmin(pg_current_snapshot())::text,
            (SELECT c.next_task_number FROM workspace_counters AS c WHERE c.workspace_id = \(workspace)),
            \(words)
        """
    }

    /// The words that this process does not have, as text.
    ///
    /// Mostly there are none, which the newest one tells: a plan that is kept knows nothing of the horizon, and might
    /// look at all words for the few behind it.
    private var words: SQL {
        guard let known else {
            return """
                (SELECT string_agg(s.word || ' ' || s.uses, E'\\n') FROM search_words AS s
                    WHERE s.workspace_id = \(workspace))
                """
        }
        return """
            CASE WHEN (SELECT s.born FROM search_words AS s WHERE s.workspace_id = \(workspace)
                    ORDER BY s.born DESC LIMIT 1) >= \(known.horizon)::xid8
                THEN (SELECT string_agg(s.word || ' ' || s.uses, E'\\n') FROM search_words AS s
                    WHERE s.workspace_id = \(workspace) AND s.born >= \(known.horizon)::xid8) END
            """
    }

    /// The words of the workspace as of the statement, which has one row.
    ///
    /// - Parameter column: Where the first of ``columns`` is.
    /// - Returns: The entry to keep, and whether it holds words that the known one lacks.
    func entry(from rows: QueryResult, at column: Int) -> (entry: Dictionaries.Entry, isNew: Bool) {
        let horizon = rows.string(0, column) ?? "0"
        let words = Self.words(rows.bytes(0, column + 2) ?? [])
        guard let known else {
            let dictionary = WordDictionary(words, taskCount: Int(rows.int64(0, column + 1) ?? 0))
            return (Dictionaries.Entry(dictionary: dictionary, horizon: horizon), true)
        }
        let new = words.filter { !known.dictionary.contains($0.word) }
        if new.isEmpty { return (Dictionaries.Entry(dictionary: known.dictionary, horizon: horizon), false) }
        return (Dictionaries.Entry(dictionary: known.dictionary.adding(new), horizon: horizon), true)
    }

    private static func words(_ lines: [UInt8]) -> [(word: StoredWord, uses: Int)] {
        var words: [(word: StoredWord, uses: Int)] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard let blank = line.lastIndex(of: UInt8(ascii: " ")), let first = line.first,
                let section = WordSection(rawValue: first)
            else { continue }
            let uses = line[(blank + 1)...].reduce(0) { $0 * 10 + Int($1) - 48 }
            words.append((StoredWord(section, Array(line[(line.startIndex + 1)..<blank])), max(1, uses)))
        }
        return words
    }
}
