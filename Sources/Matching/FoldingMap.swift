/// ``FoldingTable``, unpacked for look-ups: pages of 256 scalars, of which most are the empty one.
struct FoldingMap: Sendable {
    static let shared = FoldingMap(FoldingTable.entries)

    /// What each ASCII character folds to.
    let ascii: [UInt8]

    /// The page of each block of 256 scalars; page 0 is empty.
    private var pageOfBlock = [UInt16](repeating: 0, count: 0x1100)
    /// For each scalar of each page, one more than the index of its target, or 0.
    private var pages = [UInt16](repeating: 0, count: 256)
    private var targets: [[Unicode.Scalar]] = []

    init(_ entries: String) {
        ascii = (0..<128).map { Self.asciiTarget(UInt8($0)) }
        var indices: [[Unicode.Scalar]: UInt16] = [:]
        for entry in entries.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
            let parts = entry.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            let span = Self.span(parts[0])
            let target = parts[1].split(separator: UInt8(ascii: ".")).compactMap { Unicode.Scalar(Self.number($0)) }
            for offset in 0..<span.count {
                let risen = span.rises ? target.compactMap { Unicode.Scalar($0.value + offset) } : target
                let next = UInt16(targets.count + 1)
                let index = indices[risen] ?? next
                if index == next {
                    indices[risen] = next
                    targets.append(risen)
                }
                set(span.first + offset, index)
            }
        }
    }

    /// Gives what a scalar folds to, or `nil` if to itself.
    func target(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        let page = Int(pageOfBlock[Int(scalar.value >> 8)])
        let index = Int(pages[page << 8 | Int(scalar.value & 255)])
        return index == 0 ? nil : targets[index - 1]
    }

    private mutating func set(_ value: UInt32, _ index: UInt16) {
        let block = Int(value >> 8)
        if pageOfBlock[block] == 0 {
            pageOfBlock[block] = UInt16(pages.count >> 8)
            pages.append(contentsOf: repeatElement(0, count: 256))
        }
        pages[Int(pageOfBlock[block]) << 8 | Int(value & 255)] = index
    }

    private static func span(_ text: Substring.UTF8View) -> (first: UInt32, count: UInt32, rises: Bool) {
        guard let sign = text.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "+") }) else {
            return (number(text), 1, false)
        }
        return (number(text[..<sign]), number(text[text.index(after: sign)...]), text[sign] == UInt8(ascii: "+"))
    }

    private static func number(_ digits: Substring.UTF8View) -> UInt32 {
        digits.reduce(0) { $0 << 4 | UInt32($1 < UInt8(ascii: "A") ? $1 - UInt8(ascii: "0") : $1 - 55) }
    }

    private static func asciiTarget(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0..<0x20, 0x7F: UInt8(ascii: " ")
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "`"): UInt8(ascii: "'")
        default: byte
        }
    }
}
