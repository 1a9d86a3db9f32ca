/// One event as one line of JSON.
enum LogLine {
    static func bytes(time: Int64, level: LogLevel, message: StaticString, fields: LogFields) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(contentsOf: #"{"time":""#.utf8)
        line.append(contentsOf: Timestamp.text(time).utf8)
        line.append(contentsOf: #"","level":""#.utf8)
        line.append(contentsOf: level.rawValue.utf8)
        line.append(contentsOf: #"","message":"#.utf8)
        append(text: message.description, to: &line)
        for (key, value) in fields.entries {
            line.append(contentsOf: ",\"".utf8)
            line.append(contentsOf: key.rawValue.utf8)
            line.append(contentsOf: "\":".utf8)
            append(value, to: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    private static func append(_ value: LogValue, to line: inout [UInt8]) {
        switch value {
        case .string(let text): append(text: text, to: &line)
        case .integer(let number): line.append(contentsOf: String(number).utf8)
        case .double(let number): line.append(contentsOf: (number.isFinite ? "\(number)" : "null").utf8)
        case .bool(let flag): line.append(contentsOf: (flag ? "true" : "false").utf8)
        }
    }

    /// Appends a JSON string that stays on one line and in one encoding, whatever `text` is.
    private static func append(text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        var written = 0
        for scalar in text.unicodeScalars {
            let encoded = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            written += encoded.count
            guard written <= LogValue.maxTextBytes else {
                line.append(contentsOf: "…".utf8)
                break
            }
            append(scalar, encoded, to: &line)
        }
        line.append(UInt8(ascii: "\""))
    }

    private static func append(
        _ scalar: Unicode.Scalar, _ encoded: UTF8.EncodedScalar, to line: inout [UInt8]
    ) {
        switch scalar {
        case "\"": line.append(contentsOf: #"\""#.utf8)
        case "\\": line.append(contentsOf: #"\\"#.utf8)
        case "\n": line.append(contentsOf: #"\n"#.utf8)
        case "\r": line.append(contentsOf: #"\r"#.utf8)
        case "\t": line.append(contentsOf: #"\t"#.utf8)
        case _ where needsEscape(scalar):
            let digits = String(scalar.value, radix: 16)
            line.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
        default: line.append(contentsOf: encoded)
        }
    }

    /// Controls, line separators, and the marks that turn the direction of what follows on a terminal.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }
}
