import ArgumentParser
import ExperimentVendors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The behaviour of a team's SDKs where a vendor's SDKs differ, and the attributes that are its units' ids.
struct VendorOptions: ParsableArguments {
    @Option(help: "What a vendor's SDKs hash: utf8, utf16, codepoint or utf16-low-byte; the usual one if not given.")
    var encoding: TextEncoding?
    @Flag(help: "GrowthBook: rollouts take the point at their end, as in JavaScript, Swift and Python before 4.")
    var rolloutEnd = false
    @Option(help: "GrowthBook: an attribute that is your user id; again for more. Id, user_id and userId if not given.")
    var userAttribute: [String] = []
    @Option(help: "GrowthBook: an attribute that is your session id; again for more. Else session_id and sessionId.")
    var sessionAttribute: [String] = []

    /// Whether none was given.
    var isEmpty: Bool { encoding == nil && isEmptyForGrowthBook }

    private var isEmptyForGrowthBook: Bool { !rolloutEnd && userAttribute.isEmpty && sessionAttribute.isEmpty }

    /// Checks that the options are ones of a vendor.
    func check(_ vendor: Vendor) throws {
        guard encoding.map({ vendor.encodings.contains($0) }) ?? true else {
            let known = vendor.encodings.map(\.rawValue).joined(separator: " or ")
            throw ValidationError("The SDKs of \(vendor.rawValue) hash \(known).")
        }
        guard vendor == .growthBook || isEmptyForGrowthBook else {
            throw ValidationError("--rollout-end, --user-attribute and --session-attribute go with growthbook.")
        }
        guard !(userAttribute + sessionAttribute).contains("") else {
            throw ValidationError("--user-attribute and --session-attribute must not be empty.")
        }
        guard !userAttribute.contains(where: sessionAttribute.contains) else {
            throw ValidationError("An attribute is a user's id or a session's, not both.")
        }
    }

    /// Plans the move from a vendor's file.
    func carryOver(_ vendor: Vendor, _ json: Data) throws(VendorFileError) -> CarryOver {
        guard vendor == .growthBook else { return try vendor.carryOver(json: json, encoding: encoding) }
        var options = GrowthBookOptions()
        options.encoding = encoding ?? options.encoding
        options.isRolloutEndIncluded = rolloutEnd
        if !userAttribute.isEmpty { options.userAttributes = userAttribute }
        if !sessionAttribute.isEmpty { options.sessionAttributes = sessionAttribute }
        return try GrowthBookPayload(json: json).carryOver(options)
    }
}
