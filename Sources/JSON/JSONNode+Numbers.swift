extension JSONNode {
    /// Whether this is a number written without fraction and exponent.
    package var isIntegerLiteral: Bool { entry.kind == .number && !entry.isSpecial }

    /// The number, if it is a whole one and fits; `1.0` and `1e2` are whole.
    package var integer: Int64? {
        guard entry.kind == .number else { return nil }
        let text = storage.bytes[range]
        if !entry.isSpecial { return Int64(String(decoding: text, as: UTF8.self)) }
        return DecimalText(text).wholeNumber
    }

    /// The number as the nearest floating-point one, if it is in range.
    package var double: Double? {
        guard entry.kind == .number else { return nil }
        guard let value = Double(String(decoding: storage.bytes[range], as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }
}

/// A number of a document, taken apart: digits × 10^exponent.
private struct DecimalText {
    private var isNegative = false
    private var digits: [UInt8] = []
    /// Out of any range that matters when it has too many digits; then `nil`.
    private var exponent: Int? = 0

    init(_ text: ArraySlice<UInt8>) {
        var fractionLength = 0
        var isFraction = false
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                exponent = Int(String(decoding: rest, as: UTF8.self))
                rest = []
            default:
                digits.append(byte - UInt8(ascii: "0"))
                if isFraction { fractionLength += 1 }
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            fractionLength -= 1
        }
        exponent = exponent.flatMap { (exponent: Int) in
            let (difference, isOverflowing) = exponent.subtractingReportingOverflow(fractionLength)
            return isOverflowing ? nil : difference
        }
    }

    /// The value, if it is whole and fits.
    var wholeNumber: Int64? {
        if digits.isEmpty { return 0 }
        guard let exponent, exponent >= 0, exponent < 20 else { return nil }
        var value: Int64 = 0
        for digit in digits + Array(repeating: 0, count: exponent) {
            // Counts downwards, for the smallest number has no positive twin.
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooSmall) = product.subtractingReportingOverflow(Int64(digit))
            if isTooLarge || isTooSmall { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}
