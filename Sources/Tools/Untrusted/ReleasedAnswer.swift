package import Identity
package import JSON

/// An answer as it leaves the program: the one way out of every result with text of outsiders.
package struct ReleasedAnswer: Sendable {
    /// The structured content, which is the text as well unless there is one.
    package let structured: RawJSON
    /// The text in a format that is not JSON.
    package let text: ResultFormat.Text?
}

extension ToolAnswer {
    /// Names, cleans, withholds and fences what outsiders wrote; an answer without such text is passed on as it is.
    ///
    /// - Parameter access: The caller's settings: under lockdown bodies are left out and counted.
    package func released(for access: ToolAccess) -> ReleasedAnswer {
        guard !untrusted.isEmpty else {
            return ReleasedAnswer(structured: structured, text: format.text(of: structured))
        }
        let (content, count) = Untrusted.reviewed(structured, untrusted, isWithholding: access.lockdown)
        var members = [JSONMember("untrusted_fields", untrusted.names)]
        if count > 0 { members.append(JSONMember("withheld", .integer(count))) }
        let named = content.adding(members)
        let fence = Fence(around: named)
        return ReleasedAnswer(
            structured: fence.around(named), text: format.text(of: named, untrusted: untrusted, inside: fence))
    }

    /// The answer with the places named, to be kept and read again with ``init(kept:)``.
    var kept: RawJSON {
        untrusted.isEmpty ? structured : structured.adding([JSONMember("untrusted_fields", untrusted.names)])
    }

    /// An answer as it was kept; which of the places hold names is not, so all count as bodies.
    init(kept: RawJSON) {
        guard let root = (try? JSONDocument(kept.bytes))?.root, let paths = root["untrusted_fields"]?.elements else {
            self.init(kept)
            return
        }
        let members = (root.members ?? []).filter { $0.name != "untrusted_fields" }
        self.init(
            RawJSON(.object(members.map { JSONMember($0.name, .raw($0.value.raw)) })),
            untrusted: paths.compactMap(\.string).map { UntrustedPath($0, .body) })
    }
}

extension [UntrustedPath] {
    fileprivate var names: JSONValue { .array(map { .string($0.text) }) }
}

extension RawJSON {
    /// An object with more members.
    func adding(_ members: [JSONMember]) -> RawJSON {
        guard !members.isEmpty else { return self }
        let added = RawJSON(.object(members)).bytes
        var sum: [UInt8] = []
        sum.reserveCapacity(bytes.count + added.count)
        sum += bytes[..<(bytes.count - 1)]
        if bytes.count > 2 { sum.append(UInt8(ascii: ",")) }
        sum += added[1...]
        return RawJSON(sum)
    }
}

extension Untrusted {
    /// The texts at some places as they may be shown, and how many of them were left out.
    ///
    /// The bytes stay what they are where nothing in them is suspicious, which is how most results go out.
    fileprivate static func reviewed(
        _ content: RawJSON, _ paths: [UntrustedPath], isWithholding: Bool
    ) -> (RawJSON, withheld: Int64) {
        guard isWithholding || maySuspect(content.bytes) else { return (content, 0) }
        // The bytes are JSON; if they were not, nothing of them would go out.
        guard var value = (try? JSONDocument(content.bytes))?.root.value else { return ("{}", 1) }
        var count: Int64 = 0
        for path in paths {
            let isWithheld = isWithholding && path.kind == .body
            value = changing(value, path.steps[...]) { text in
                guard isWithheld, !text.isEmpty, text != withheld else { return cleaned(text) }
                count += 1
                return withheld
            }
        }
        return (RawJSON(value), count)
    }

    /// A value with other texts at a path and below; everything else keeps its form.
    private static func changing(
        _ value: JSONValue, _ path: ArraySlice<String>, _ change: (String) -> String
    ) -> JSONValue {
        switch value {
        case .string(let text) where path.isEmpty: .string(change(text))
        case .array(let elements):
            .array(elements.map { changing($0, path.first == "[]" ? path.dropFirst() : path, change) })
        case .object(let members):
            .object(
                members.map { member in
                    if path.isEmpty { return JSONMember(member.name, changing(member.value, path, change)) }
                    return member.name == path.first
                        ? JSONMember(member.name, changing(member.value, path.dropFirst(), change)) : member
                })
        default: value
        }
    }
}
