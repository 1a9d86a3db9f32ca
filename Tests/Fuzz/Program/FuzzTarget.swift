/// Something that takes bytes from strangers, and what must hold whatever they are.
struct FuzzTarget: Sendable {
    let name: String
    /// Runs one input; ends the process if something does not hold.
    let run: @Sendable ([UInt8]) -> Void

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.run = run
    }

    static let all: [FuzzTarget] = [
        .json, .http, .headers, .messages, .seals, .schemas, .patterns, .templates, .matching, .arguments, .imports,
    ]

    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// The target of this process, set before libFuzzer starts.
nonisolated(unsafe) var chosen: FuzzTarget?

/// libFuzzer's way into this program.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    chosen?.run(unsafe [UInt8](UnsafeBufferPointer(start: data, count: size)))
    HeapWatch.shared.look()
    return 0
}

/// Ends the process with a sentence unless something holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// What is there, or the end of the process with a sentence.
func require<Value>(_ value: Value?, _ message: @autoclosure () -> String) -> Value {
    guard let value else { fatalError(message()) }
    return value
}
