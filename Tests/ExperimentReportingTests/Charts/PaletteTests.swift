import Foundation
import Testing

@testable import ExperimentReporting

/// Source: WCAG 2.2, success criteria 1.4.3 and 1.4.11, and the definition of relative luminance.
@Suite("Contrast of the colours")
struct PaletteTests {
    private func luminance(_ colour: String) throws -> Double {
        let value = try #require(UInt32(colour.dropFirst(), radix: 16))
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double((value >> UInt32(shift)) & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private func contrast(_ first: String, _ second: String) throws -> Double {
        let (a, b) = (try luminance(first), try luminance(second))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test(
        "text has at least 4.5 to 1 on paper and on wash, in light and dark",
        arguments: [false, true])
    func text(_ isDark: Bool) throws {
        let colour = isDark ? \Palette.dark : \Palette.light
        for text in [Palette.ink, .ink2, .ink3, .good, .bad, .warn] {
            for ground in [Palette.paper, .wash] {
                #expect(try contrast(text[keyPath: colour], ground[keyPath: colour]) >= 4.5, "\(text) on \(ground)")
            }
        }
    }

    @Test("marks have at least 3 to 1 on paper and on their own bands", arguments: [false, true])
    func marks(_ isDark: Bool) throws {
        let colour = isDark ? \Palette.dark : \Palette.light
        let pairs: [(Palette, Palette)] = [
            (.grey, .paper), (.grey, .greyWash), (.good, .goodWash), (.bad, .badWash), (.warn, .badWash),
            (.warn, .greyWash),
        ]
        for (mark, ground) in pairs {
            #expect(try contrast(mark[keyPath: colour], ground[keyPath: colour]) >= 3, "\(mark) on \(ground)")
        }
    }

    @Test("every colour is six hexadecimal digits")
    func spelling() {
        for colour in Palette.allCases {
            for value in [colour.light, colour.dark] {
                #expect(value.count == 7 && value.hasPrefix("#"))
            }
        }
    }
}
