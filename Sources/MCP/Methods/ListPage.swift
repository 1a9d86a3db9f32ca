import JSON

extension MethodCall {
    /// Answers with the page of a list that the request's cursor leads to.
    ///
    /// - Parameters:
    ///   - items: What the caller sees, in listing order.
    ///   - key: What a cursor remembers of the last item of a page.
    ///   - member: The name under which the items are sent.
    func page<Item: Sendable>(
        of items: @escaping @Sendable (P.Caller) -> [Item],
        by key: @escaping @Sendable (Item) -> String,
        as member: String,
        in method: String,
        _ json: @escaping @Sendable (Item, Revision) -> [JSONMember]
    ) throws(ProtocolError) -> Plan<P>.Action {
        let last = try lastKey(in: method)
        return .caller { caller in
            let all = items(caller)
            var start = 0
            if let last {
                guard let index = all.firstIndex(where: { isSameText(key($0), last) }) else {
                    return responder.answer(.badCursor)
                }
                start = index + 1
            }
            let end = min(start + server.limits.pageSize, all.count)
            let hint = CacheHint(ttl: server.limits.listTTL)
            return responder.answer(
                MethodResult(cache: hint, sizeHint: (end - start) * 256 + 256) { writer in
                    writer.write(member, .array(all[start..<end].map { .object(json($0, revision)) }))
                    if end < all.count, end > start {
                        let cursor = server.cursors.make(after: key(all[end - 1]), in: method, binding: binding)
                        writer.write("nextCursor", .string(cursor))
                    }
                }
            )
        }
    }

    /// What the request's cursor remembers; `nil` for the first page.
    func lastKey(in method: String) throws(ProtocolError) -> String? {
        guard let cursor = params?["cursor"] else { return nil }
        guard let key = server.cursors.open(cursor.string ?? "", in: method, binding: binding) else {
            throw .badCursor
        }
        return key
    }
}

extension ProtocolError {
    static var badCursor: ProtocolError {
        ProtocolError(.invalidParams, "This cursor leads nowhere; start the list again without one")
    }
}
