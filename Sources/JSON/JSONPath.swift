/// Where something is in a document, such as `assignees[0].name`.
package struct JSONPath: Sendable, Hashable {
    /// One step from a value into a part of it.
    package enum Step: Sendable, Hashable {
        /// The member of an object with this name.
        case name(String)
        /// The element of an array at this position.
        case index(Int)
    }

    /// The steps from the root, outermost first.
    package var steps: [Step]

    /// The path of the document itself, or of what the steps lead to.
    package init(_ steps: [Step] = []) {
        self.steps = steps
    }

    /// The path of a member of the value here.
    package func appending(_ name: String) -> JSONPath {
        JSONPath(steps + [.name(name)])
    }

    /// The path of an element of the value here.
    package func appending(_ index: Int) -> JSONPath {
        JSONPath(steps + [.index(index)])
    }
}

extension JSONPath: CustomStringConvertible {
    /// The path as people write it; a name that is not a plain word is quoted.
    package var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .name(let name) where Self.isPlain(name): text += text.isEmpty ? name : "." + name
            case .name(let name): text += "[" + RawJSON(.string(name)).text + "]"
            }
        }
        return text
    }

    private static func isPlain(_ name: String) -> Bool {
        guard !name.isEmpty else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
                true
            default: byte >= 0x80
            }
        }
    }
}

extension JSONNode {
    /// The part of this value that a path leads to, or `nil` if there is none.
    package subscript(path path: JSONPath) -> JSONNode? {
        var node = self
        for step in path.steps {
            let next =
                switch step {
                case .name(let name): node[name]
                case .index(let index): node[index]
                }
            guard let next else { return nil }
            node = next
        }
        return node
    }
}
