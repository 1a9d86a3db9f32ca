import JSON

extension Method {
    /// Lists the tools that the caller sees, a page at a time.
    static var listTools: Method<P> {
        Method("tools/list", of: .tools) { call throws(ProtocolError) in
            let last = try lastName(of: call)
            return .caller { caller in
                let listing = call.provider.tools(for: caller)
                guard let page = listing.page(after: last, size: call.server.limits.pageSize) else {
                    return call.responder.answer(badCursor)
                }
                let tools = call.server.listings.bytes(of: listing, page: page, for: call.revision)
                let hasMore = page.upperBound < listing.tools.count
                let hint = CacheHint(ttl: call.server.limits.listTTL)
                return call.responder.answer(
                    MethodResult(cache: hint, sizeHint: tools.count + 256) { writer in
                        writer.key("tools")
                        writer.write(raw: tools)
                        if hasMore, let name = listing.tools[page].last?.name {
                            let cursor = call.server.cursors.make(after: name, in: "tools/list", binding: call.binding)
                            writer.write("nextCursor", .string(cursor))
                        }
                    }
                )
            }
        }
    }

    /// The name after which the page begins; `nil` for the first page.
    private static func lastName(of call: MethodCall<P>) throws(ProtocolError) -> String? {
        guard let cursor = call.params?["cursor"] else { return nil }
        let text = cursor.string ?? ""
        guard let name = call.server.cursors.open(text, in: "tools/list", binding: call.binding) else {
            throw badCursor
        }
        return name
    }

    private static var badCursor: ProtocolError {
        ProtocolError(.invalidParams, "This cursor leads nowhere; start the list again without one")
    }
}
