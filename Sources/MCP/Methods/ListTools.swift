import JSON

extension Method {
    /// Lists the tools that the caller sees, a page at a time.
    static var listTools: Method<P> {
        Method("tools/list", of: .tools) { call throws(ProtocolError) in
            let last = try call.lastKey(in: "tools/list")
            return .caller { caller in
                let listing = call.provider.tools(for: caller)
                guard let page = listing.page(after: last, size: call.server.limits.pageSize) else {
                    return call.responder.answer(.badCursor)
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
}
