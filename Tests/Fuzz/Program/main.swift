import CFuzzer
import Glibc

// Fuzz TARGET [libFuzzer's options and folders]
// Fuzz TARGET --replay PASSES FILE...
// Fuzz TARGET --stretch BYTES FILE...
//
// libFuzzer starts itself again to merge; the target is in the environment then.

let variable = "FUZZ_TARGET"
var words = Array(CommandLine.arguments.dropFirst())
if let name = words.first, FuzzTarget.named(name) != nil {
    setenv(variable, name, 1)
    words.removeFirst()
}
guard let name = unsafe getenv(variable).map({ unsafe String(cString: $0) }), let target = FuzzTarget.named(name) else {
    let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
    print("The first argument is what to fuzz: \(names)")
    exit(2)
}
chosen = target
if words.count > 1, let number = Int(words[1]) {
    let inputs = words.dropFirst(2).map(contents)
    switch words[0] {
    case "--replay": exit(Replay(of: inputs).run(target, passes: number) ? 0 : 1)
    case "--stretch": exit(Stretch(of: inputs).run(target, size: number) ? 0 : 1)
    default: break
    }
}

// The driver keeps the pointers, so the copies live until the process ends.
var count = CInt(words.count + 1)
let arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 2)
unsafe arguments.initialize(repeating: nil, count: words.count + 2)
for (index, word) in ([CommandLine.arguments[0]] + words).enumerated() { unsafe arguments[index] = strdup(word) }
var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe arguments
exit(unsafe LLVMFuzzerRunDriver(&count, &pointer, testOneInput))
