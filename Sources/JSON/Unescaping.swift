/// The UTF-8 bytes that a string of a document stands for, escapes resolved.
///
/// The reader has checked the escapes, so nothing here can fail.
func unescapedBytes(of entry: JSONEntry, in bytes: [UInt8]) -> [UInt8] {
    let range = Int(entry.start)..<Int(entry.end)
    guard entry.isSpecial else { return Array(bytes[range]) }
    var result: [UInt8] = []
    result.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
        let byte = bytes[index]
        guard byte == UInt8(ascii: "\\") else {
            result.append(byte)
            index += 1
            continue
        }
        switch bytes[index + 1] {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = hexUnit(at: index + 2, in: bytes)
            index += 4
            if scalar >> 10 == 0x36 {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + hexUnit(at: index + 4, in: bytes) & 0x3FF
                index += 6
            }
            appendUTF8(scalar, to: &result)
        case let literal: result.append(literal)
        }
        index += 2
    }
    return result
}

private func hexUnit(at index: Int, in bytes: [UInt8]) -> UInt32 {
    bytes[index..<index + 4].reduce(0) { unit, byte in unit << 4 | UInt32(hexDigit(byte) ?? 0) }
}

private func appendUTF8(_ scalar: UInt32, to bytes: inout [UInt8]) {
    func trail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
    switch scalar {
    case ..<0x80: bytes.append(UInt8(scalar))
    case ..<0x800: bytes += [UInt8(0xC0 | scalar >> 6), trail(0)]
    case ..<0x10000: bytes += [UInt8(0xE0 | scalar >> 12), trail(6), trail(0)]
    default: bytes += [UInt8(0xF0 | scalar >> 18), trail(12), trail(6), trail(0)]
    }
}
