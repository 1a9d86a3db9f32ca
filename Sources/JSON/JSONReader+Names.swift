extension JSONReader {
    /// Throws if the object at an entry has a name twice, compared after unescaping.
    ///
    /// Few names are compared in pairs, which allocates nothing; many go into a set, whose hashing is seeded, so
    /// that nobody can make the comparison quadratic. So do escaped ones, to be unescaped once.
    func refuseDuplicates(in object: Int) throws(JSONError) {
        let count = Int(entries[object].count)
        if count <= 12, !hasEscapedName(in: object, count: count) {
            try refuseDuplicatePairs(in: object, count: count)
        } else {
            var seen: Set<[UInt8]> = []
            seen.reserveCapacity(count)
            var name = object + 1
            for _ in 0..<count {
                guard seen.insert(unescapedBytes(of: entries[name], in: bytes)).inserted else {
                    throw duplicate(at: name)
                }
                name = Int(entries[name + 1].next)
            }
        }
    }

    private func refuseDuplicatePairs(in object: Int, count: Int) throws(JSONError) {
        var later = Int(entries[object + 2].next)
        for position in 1..<count {
            var earlier = object + 1
            for _ in 0..<position {
                if isSameName(entries[earlier], entries[later]) { throw duplicate(at: later) }
                earlier = Int(entries[earlier + 1].next)
            }
            later = Int(entries[later + 1].next)
        }
    }

    private func hasEscapedName(in object: Int, count: Int) -> Bool {
        var name = object + 1
        for _ in 0..<count {
            if entries[name].isSpecial { return true }
            name = Int(entries[name + 1].next)
        }
        return false
    }

    private func isSameName(_ one: JSONEntry, _ other: JSONEntry) -> Bool {
        guard one.end - one.start == other.end - other.start else { return false }
        let distance = Int(other.start - one.start)
        for index in Int(one.start)..<Int(one.end) where bytes[index] != bytes[index + distance] { return false }
        return true
    }

    private func duplicate(at name: Int) -> JSONError {
        JSONError(kind: .duplicateName, offset: Int(entries[name].start) - 1)
    }
}
