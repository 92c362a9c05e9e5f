import Experimentation
import Testing

@Suite("Settings of an algorithm")
struct AssignmentSettingsTests {
    @Test("order and notation don't matter; any value does")
    func same() {
        func isSame(_ left: String?, _ right: String?) -> Bool {
            AssignmentSettings.meanTheSame(
                left.map(AssignmentSettings.init(json:)), right.map(AssignmentSettings.init(json:)))
        }
        #expect(isSame(nil, nil) && isSame("no JSON", "no JSON"))
        #expect(isSame(#"{"b": 1, "a": [0.10, "\u0041"]}"#, #"{"a":[1e-1,"A"],"b":1.0}"#))
        for other in [
            nil, #"{"a": 2}"#, #"{"a": 1, "b": null}"#, #"{"A": 1}"#, #"{"a": "1"}"#, #"{"a": true}"#, #"{"a": [1]}"#,
            "{",
        ] {
            #expect(!isSame(#"{"a": 1}"#, other), "\(other ?? "nil")")
        }
        #expect(isSame(#"{"\u0022\\": 1, "": 2, "\n": 3}"#, #"{"":2,"\u000a":3,"\"\\":1}"#))
        // What can be understood in two ways, or not be kept, is the same only as the same text.
        for text in [#"{"a": 1, "a": 2}"#, #"{"a": 18446744073709551616}"#, #"{"a": [-9223372036854775809]}"#] {
            #expect(isSame(text, text) && !isSame(text, text + " "))
        }
        #expect(!isSame(#"{"a": 9007199254740993}"#, #"{"a": 9007199254740992}"#))
        #expect(isSame(#"{"a": 1e19}"#, #"{"a": 10000000000000000000}"#))
        #expect(!isSame(#"{"a": 18446744073709551615}"#, #"{"a": 18446744073709551614}"#))
        // Ids are bytes.
        #expect(!isSame(#"{"a": "é"}"#, "{\"a\": \"e\u{301}\"}"))
    }
}
