/// How many bytes a text takes inside a JSON string.
func escapedSize(_ text: Span<UInt8>) -> Int {
    var short = 0
    var controls = 0
    for index in 0..<text.count {
        let byte = text[index]
        short &+= byte == 0x22 || byte == 0x5C ? 1 : 0
        controls &+= byte < 0x20 ? 1 : 0
    }
    guard controls > 0 else { return text.count + short }
    var size = text.count + short
    for index in 0..<text.count where text[index] < 0x20 { size += shortEscape(text[index]) == nil ? 5 : 1 }
    return size
}

/// Writes a text as it stands inside a JSON string, into room that was measured before.
func escape(_ text: Span<UInt8>, into output: inout MutableSpan<UInt8>, at start: Int) {
    var position = start
    for index in 0..<text.count {
        let byte = text[index]
        if byte >= 0x20, byte != 0x22, byte != 0x5C {
            output[position] = byte
            position &+= 1
        } else if let letter = shortEscape(byte) {
            output[position] = UInt8(ascii: "\\")
            output[position + 1] = letter
            position &+= 2
        } else {
            let escape: [6 of UInt8] = [
                UInt8(ascii: "\\"), UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"),
                hexCharacter(byte >> 4), hexCharacter(byte & 0xF),
            ]
            for offset in 0..<6 { output[position + offset] = escape[offset] }
            position &+= 6
        }
    }
}

/// The letter after the backslash, for bytes that have a short escape.
private func shortEscape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x22: UInt8(ascii: "\"")
    case 0x5C: UInt8(ascii: "\\")
    case 0x0A: UInt8(ascii: "n")
    case 0x0D: UInt8(ascii: "r")
    case 0x09: UInt8(ascii: "t")
    case 0x08: UInt8(ascii: "b")
    case 0x0C: UInt8(ascii: "f")
    default: nil
    }
}

private func hexCharacter(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
}
