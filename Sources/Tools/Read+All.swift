package import Identity
import Postgres

extension Read {
    /// One of several reads that make one answer.
    package struct Part: Sendable {
        package let read: Read
        /// Whether the caller may have it; of what a caller may not have the first rows are read and nothing is told.
        package let isAllowed: @Sendable (Principal) -> Bool

        package init(_ read: Read, isAllowed: @escaping @Sendable (Principal) -> Bool = { _ in true }) {
            self.read = read
            self.isAllowed = isAllowed
        }
    }

    /// Several reads whose statements leave together, as often as one of them needs it.
    ///
    /// - Parameter answer: Makes one answer of all; `nil` stands for what the caller may not have.
    package static func all(
        _ parts: [Part], answer: @escaping @Sendable ([ToolAnswer?], Principal) throws(ToolError) -> ToolAnswer
    ) -> Read {
        all(parts.map { .open($0) }, answer)
    }

    /// How far one of the reads is.
    private enum Progress: Sendable {
        case open(Part)
        case done(ToolAnswer?)

        var read: Read? { if case .open(let part) = self { part.read } else { nil } }
    }

    private static func all(
        _ parts: [Progress], _ answer: @escaping @Sendable ([ToolAnswer?], Principal) throws(ToolError) -> ToolAnswer
    ) -> Read {
        Read(parts.flatMap { $0.read?.statements ?? [] }) { (results, principal) throws(ToolError) in
            var rest = results[...]
            var next: [Progress] = []
            var waiting: [(place: Int, then: @Sendable () -> Read)] = []
            var gate: (@Sendable () -> Gate)?
            for progress in parts {
                guard case .open(let part) = progress else {
                    next.append(progress)
                    continue
                }
                let own = Array(rest.prefix(part.read.statements.count))
                rest = rest.dropFirst(own.count)
                guard part.isAllowed(principal) else {
                    // What its rows tell of the workspace may be what others wait for; the rest of them is dropped.
                    _ = try? part.read.proceed(own, principal)
                    next.append(.done(nil))
                    continue
                }
                switch try part.read.proceed(own, principal) {
                case .answer(let answer): next.append(.done(answer))
                case .more(let read): next.append(.open(Part(read)))
                case .wait(let opening, let then):
                    gate = gate ?? opening
                    waiting.append((next.count, then))
                    next.append(.done(nil))
                }
            }
            if let gate {
                // The others go on together with those that wait.
                let (known, asleep) = (next, waiting)
                return .wait(for: gate) {
                    var parts = known
                    for (place, then) in asleep { parts[place] = .open(Part(then())) }
                    return all(parts, answer)
                }
            }
            guard next.contains(where: { $0.read != nil }) else {
                let answers = next.map { if case .done(let answer) = $0 { answer } else { nil as ToolAnswer? } }
                return .answer(try answer(answers, principal))
            }
            return .more(all(next, answer))
        }
    }
}
