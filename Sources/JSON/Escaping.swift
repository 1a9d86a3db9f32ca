extension [UInt8] {
    /// Appends a text as it stands inside a JSON string.
    ///
    /// What needs no escape is copied eight bytes at a time, through room for a part of the text with every byte escaped.
    mutating func append(escaping text: Span<UInt8>) {
        guard needsEscape(text) else {
            unsafe text.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
            return
        }
        reserveCapacity(count + text.count + text.count / 8)
        // Six bytes for each byte of a part, and what the last word reaches beyond them.
        var room = [1_544 of UInt8](repeating: 0)
        var start = 0
        while start < text.count {
            let end = Swift.min(start + 256, text.count)
            var output = room.mutableSpan
            let size = escape(text.extracting(start..<end), into: &output)
            unsafe room.span.extracting(0..<size).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
            start = end
        }
    }
}

private func needsEscape(_ text: Span<UInt8>) -> Bool {
    var index = 0
    while index + ByteWord.size <= text.count {
        if marks(ByteWord(text, at: index)) != 0 { return true }
        index += ByteWord.size
    }
    while index < text.count {
        if text[index] < 0x20 || text[index] == 0x22 || text[index] == 0x5C { return true }
        index += 1
    }
    return false
}

/// Marks what has to be escaped.
private func marks(_ word: ByteWord) -> UInt64 { word.marks(of: 0x22) | word.marks(of: 0x5C) | word.controls }

/// Writes a text as it stands inside a JSON string; there is room for all of it, and eight bytes more.
///
/// - Returns: How many bytes it takes.
private func escape(_ text: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int {
    var (from, to) = (0, 0)
    while from + ByteWord.size <= text.count {
        let word = ByteWord(text, at: from)
        output.put(word, at: to)
        let plain = ByteWord.bytes(before: marks(word))
        (from, to) = (from &+ plain, to &+ plain)
        if plain < ByteWord.size {
            output.put(escaping: text[from], at: &to)
            from &+= 1
        }
    }
    while from < text.count {
        output.put(escaping: text[from], at: &to)
        from &+= 1
    }
    return to
}

extension MutableSpan where Element == UInt8 {
    fileprivate mutating func put(_ word: ByteWord, at place: Int) {
        precondition(place >= 0 && place &+ ByteWord.size <= count)
        unsafe withUnsafeMutableBytes { bytes in
            unsafe bytes.storeBytes(of: word.bits.littleEndian, toByteOffset: place, as: UInt64.self)
        }
    }

    fileprivate mutating func put(escaping byte: UInt8, at place: inout Int) {
        if byte >= 0x20, byte != 0x22, byte != 0x5C {
            self[place] = byte
            place &+= 1
        } else if let letter = shortEscape(byte) {
            self[place] = UInt8(ascii: "\\")
            self[place &+ 1] = letter
            place &+= 2
        } else {
            let escape: [6 of UInt8] = [
                UInt8(ascii: "\\"), UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"),
                hexCharacter(byte >> 4), hexCharacter(byte & 0xF),
            ]
            for offset in 0..<6 { self[place &+ offset] = escape[offset] }
            place &+= 6
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
