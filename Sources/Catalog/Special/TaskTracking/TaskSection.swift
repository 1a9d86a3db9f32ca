import Postgres
import Tools

/// What `include` adds to a task, each with one statement that returns a JSON object a row.
enum TaskSection: String {
    case comments, files, checklist, time, history

    /// The member of the item that holds the section. The item has a few comments and files of its own already.
    var member: String {
        switch self {
        case .comments: "all_comments"
        case .files: "all_files"
        case .checklist, .time, .history: rawValue
        }
    }

    /// Where the item holds text of outsiders with the section.
    var untrusted: [UntrustedPath] {
        switch self {
        case .comments: Comments.untrusted.under("all_comments[]")
        case .files: [.name("all_files[].name")]
        case .history: ["history[].changes"]
        case .checklist, .time: []
        }
    }

    func statement(_ reference: TaskReference, in workspace: SQL) -> SQL {
        let task: SQL = """
            (SELECT t.id FROM tasks AS t
                WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND \(reference.condition))
            """
        return switch self {
        case .comments:
            """
            SELECT (SELECT row_to_json(i) FROM (SELECT \(Comments.columns())) AS i)
            FROM comments AS m \(Comments.joins)
            WHERE m.workspace_id = \(workspace) AND m.task_id = \(task) AND m.deleted_at IS NULL
            ORDER BY m.created_at DESC, m.id DESC
            LIMIT 50
            """
        case .files:
            """
            SELECT json_build_object('id', public_id('fil', f.id), 'name', f.name, 'mime', f.mime, 'size', f.size,
                'visibility', f.visibility, 'created_at', rfc3339(f.created_at))
            FROM files AS f
            WHERE f.workspace_id = \(workspace) AND f.task_id = \(task) AND f.deleted_at IS NULL
            ORDER BY f.created_at, f.id
            LIMIT 100
            """
        case .checklist:
            """
            SELECT json_build_object('id', public_id('cki', k.id), 'title', k.title, 'done', k.done)
            FROM checklist_items AS k
            WHERE k.workspace_id = \(workspace) AND k.task_id = \(task)
            ORDER BY k.position, k.id
            LIMIT 100
            """
        case .time:
            """
            SELECT json_build_object('id', public_id('tim', e.id), 'date', e.date, 'seconds', e.seconds,
                'member', m.name, 'notes', e.notes, 'billable', e.billable)
            FROM time_entries AS e
            JOIN members AS m ON m.workspace_id = e.workspace_id AND m.id = e.member_id
            WHERE e.workspace_id = \(workspace) AND e.task_id = \(task)
            ORDER BY e.date DESC, e.id DESC
            LIMIT 100
            """
        case .history:
            """
            SELECT json_build_object('at', rfc3339(a.at), 'actor', a.actor_kind, 'action', a.action,
                'outcome', a.outcome, 'changes', a.changes)
            FROM audit_events AS a
            WHERE a.workspace_id = \(workspace) AND a.entity = 'task' AND a.entity_id = \(task)
            ORDER BY a.id DESC
            LIMIT 50
            """
        }
    }
}
