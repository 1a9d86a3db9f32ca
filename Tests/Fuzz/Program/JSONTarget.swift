@testable import JSON

extension FuzzTarget {
    /// The reader and writer of JSON.
    static let json = FuzzTarget("json") { bytes in
        do throws(JSONError) {
            let document = try JSONDocument(bytes)
            let check = JSONCheck(document, bytes)
            check.survivesWriting()
            check.hasValidParts()
            check.obeysLimits()
        } catch {
            require((0...bytes.count).contains(error.offset), "\(error) is outside of the document")
            let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.starts(with: [0xEF, 0xBB, 0xBF])
            require(!isText || error.kind != .encoding, "\(error), but the bytes are UTF-8")
        }
    }
}

/// What holds for a document that was read.
private struct JSONCheck {
    /// How many parts are looked at, each of which is read again.
    private static let maxParts = 200

    private let document: JSONDocument
    private let bytes: [UInt8]

    init(_ document: JSONDocument, _ bytes: [UInt8]) {
        self.document = document
        self.bytes = bytes
    }

    func survivesWriting() {
        require(String(validating: bytes, as: UTF8.self) != nil, "What was read is not UTF-8")
        let value = document.root.value
        let written = RawJSON(value).bytes
        let again = read(written).root
        require(again.value == value, "\(value) was written and read as \(again.value)")
        require(RawJSON(again.value).bytes == written, "Written twice, \(value) differs")
        let canonical = document.root.canonical
        require(read(canonical).root.canonical == canonical, "\(canonical.text) has another canonical form")
        var writer = JSONWriter()
        writer.write(quoting: bytes)
        require(read(writer.bytes).root.string == bytes.text, "A quoted document is not the document")
    }

    func hasValidParts() {
        var open = [document.root]
        var count = 0
        while let node = open.popLast(), count < Self.maxParts {
            count += 1
            let alone = read(node.raw.bytes).root
            require(alone.value == node.value, "\(node.raw.text) alone is \(alone.value)")
            require(alone.kind == node.kind && alone.count == node.count, "\(node.raw.text) alone is another kind")
            checkScalar(node)
            for (index, element) in (node.elements ?? []).prefix(20).enumerated() {
                require(node[index]?.raw == element.raw, "Element \(index) of \(node.raw.text) is another one")
                open.append(element)
            }
            for (name, member) in (node.members ?? []).prefix(20) {
                require(node[name]?.raw == member.raw, "Member \(name) of \(node.raw.text) is another one")
                require(
                    node[path: JSONPath().appending(name)]?.raw == member.raw, "The path to \(name) leads elsewhere")
                open.append(member)
            }
            require(node[node.count] == nil && node[-1] == nil, "\(node.raw.text) has an element beyond its end")
        }
    }

    /// Exactly what a document needs is enough, and anything less is not.
    func obeysLimits() {
        let (depth, nodes) = (depth(of: document.root), document.storage.entries.count)
        require(
            mistake(JSONLimits(maxDepth: depth, maxBytes: bytes.count, maxNodes: nodes)) == nil, "Fits, but is refused")
        require(depth == 0 || mistake(JSONLimits(maxDepth: depth - 1)) == .tooDeep, "Depth \(depth) is not noticed")
        require(mistake(JSONLimits(maxNodes: nodes - 1)) == .tooLarge, "\(nodes) nodes are not noticed")
        require(mistake(JSONLimits(maxBytes: bytes.count - 1)) == .tooLarge, "\(bytes.count) bytes are not noticed")
        if document.root.elements != nil || document.root.members != nil {
            let cut = Array(bytes.prefix(bytes.lastIndex { $0 == 0x5D || $0 == 0x7D } ?? 0))
            require((try? JSONDocument(cut)) == nil, "Without its end it is still a document")
        }
    }

    private func checkScalar(_ node: JSONNode) {
        require((node.bool != nil) == (node.kind == .bool), "\(node.raw.text) is no truth value")
        require((node.string != nil) == (node.kind == .string), "\(node.raw.text) is no text")
        require(node.kind == .number || node.integer == nil && node.double == nil, "\(node.raw.text) is no number")
        if let integer = node.integer {
            if node.isIntegerLiteral, integer != 0 {
                require(String(integer) == node.raw.text, "\(integer) is another number")
            }
            require(node.double == Double(integer), "\(node.raw.text) is two numbers")
        }
    }

    private func depth(of node: JSONNode) -> Int {
        let parts = (node.elements ?? []) + (node.members ?? []).map(\.value)
        let isContainer = node.kind == .array || node.kind == .object
        return (parts.map(depth).max() ?? 0) + (isContainer ? 1 : 0)
    }

    private func mistake(_ limits: JSONLimits) -> JSONError.Kind? {
        do throws(JSONError) {
            _ = try JSONDocument(bytes, limits: limits)
            return nil
        } catch {
            return error.kind
        }
    }

    private func read(_ bytes: [UInt8]) -> JSONDocument {
        require(try? JSONDocument(bytes), "\(bytes.text) is what the product wrote, and cannot be read")
    }
}
