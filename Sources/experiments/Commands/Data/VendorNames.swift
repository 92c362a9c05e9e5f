import ExperimentVendors
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The names in a vendor's own file for the ids that its logs name.
struct VendorNames {
    var experiments: [String: String] = [:]
    var variants: [String: String] = [:]
    var events: [String: String] = [:]

    init() {}

    /// Reads Statsig's config specs or Optimizely's datafile; the other vendors log names.
    init(_ vendor: Vendor, _ file: String) throws(Failure) {
        let json = try InputFile.open(file).bytes(atMost: InputFile.longestConfiguration)
        do throws(VendorFileError) {
            switch vendor {
            case .statsig:
                for spec in try StatsigSpecs(json: .init(json)).configs {
                    for rule in spec.rules { variants[rule.id.text] = rule.groupName?.text }
                }
            case .optimizely:
                let datafile = try OptimizelyDatafile(json: .init(json))
                for experiment in datafile.experiments + datafile.groups.flatMap(\.experiments) {
                    experiments[experiment.id.text] = experiment.key.text
                    for variation in experiment.variations { variants[variation.id.text] = variation.key.text }
                }
                for event in datafile.events { events[event.id.text] = event.key.text }
            case .growthBook, .postHog: break
            }
        } catch {
            throw Failure(.input, "\(Escaping.visible(file)): \(Escaping.visible("\(error)"))")
        }
    }
}
