import ExperimentationTesting

/// A mistake that somebody who writes a plugin could make.
enum Fault: String, CaseIterable {
    case emptyName
    case undeclaredVariant
    case wrongControl
    case changingMind
    case recordsAssignments
    case bareHash
    case evenWeights
    case assignsZeroWeight
    case enrollsTheNameless
    case ignoresSessionAttribute
    case enrollsInDrafts
    case ignoresWinner
    case foldsUnits
    case trimsUnits
    case normalisesUnits
    case normalisesNames
    case unknownIsInvalid
    case acceptsUnknown
    case refusesRefunds
    case refusesQuotes
    case refusesLongNames
    case acceptsNaN
    case acceptsFarTimes
    case acceptsUnknownVariants
    case namesNoField
    case repeatsUserID
    case badInputIsBackendFailure
    case prefersSessionField
    case poisonsNeighbours
    case storesLater
    case dropsRepeats
    case ignoresRecordIDs
    case sharesRecordIDs
    case normalisesRecordIDs
    case refusesRepeatedIDs
    case storesBeforeChecking
    case losesUpdates
    case refusesCompany
    case dropsRefunds
    case sleeps
    case waitsOnSemaphore
    case waitsForCompany
    case sleepsAfterSuspending
    case followsSessions
    case refusesTesters
    case dropsTesters
    case ignoresCoverage
    case coversByVariant
    case outsidersGetTreatment
    case reshufflesByCoverage
    case forgetsChanges
    case ignoresNamespaces
    case spreadsByExperiment
    case ignoresHoldout
    case holdsOutByExperiment
    case coversByOtherWords
    case ignoresStart
    case ignoresEnd
    case ignoresTesters
    case enrollsTesters
    case normalisesTesters
    case takesUsersForSessions
    case answersTestersInsideOnly
    case keepsTesters
    case keepsOutsiders

    /// The promise that it breaks.
    var promise: Promise {
        switch self {
        case .emptyName: .hasName
        case .undeclaredVariant, .wrongControl: .answersDeclaredVariant
        case .changingMind: .isPure
        case .recordsAssignments: .storesNoAssignment
        case .bareHash: .usesDefaultHash
        case .evenWeights: .splitsByWeight
        case .assignsZeroWeight: .neverAssignsZeroWeight
        case .enrollsTheNameless: .enrollsNobodyWithoutUnit
        case .ignoresSessionAttribute: .countsSessions
        case .enrollsInDrafts, .ignoresWinner: .enrollsOnlyWhileRunning
        case .foldsUnits, .trimsUnits, .normalisesUnits: .comparesUnitsAsBytes
        case .normalisesNames: .comparesNamesAsBytes
        case .unknownIsInvalid, .acceptsUnknown: .refusesUnknownExperiments
        case .refusesRefunds, .refusesQuotes, .refusesLongNames: .acceptsOddButLegal
        case .acceptsNaN, .acceptsFarTimes, .acceptsUnknownVariants, .namesNoField, .repeatsUserID,
            .badInputIsBackendFailure:
            .refusesBadInput
        case .prefersSessionField: .refusesTwoSessions
        case .poisonsNeighbours: .protectsNeighbours
        case .storesLater: .storesBeforeReturning
        case .dropsRepeats: .storesRepeats
        case .ignoresRecordIDs, .sharesRecordIDs, .normalisesRecordIDs, .refusesRepeatedIDs: .storesRecordIDOnce
        case .storesBeforeChecking: .storesNothingBad
        case .losesUpdates: .losesNoRecord
        case .refusesCompany: .servesManyTasks
        case .dropsRefunds: .storesOddButLegal
        case .sleeps, .waitsOnSemaphore, .waitsForCompany, .sleepsAfterSuspending: .leavesThreadsFree
        case .followsSessions: .countsUsers
        case .refusesTesters: .acceptsEveryEnrollment
        case .dropsTesters: .storesEveryEnrollment
        case .ignoresCoverage, .coversByVariant, .outsidersGetTreatment: .enrollsCoveredOnly
        case .reshufflesByCoverage, .forgetsChanges: .raisesCoverage
        case .ignoresNamespaces, .spreadsByExperiment: .separatesNamespaces
        case .ignoresHoldout, .holdsOutByExperiment: .holdsOut
        case .coversByOtherWords: .usesDefaultDesignHash
        case .ignoresStart, .ignoresEnd: .followsSchedule
        case .ignoresTesters, .enrollsTesters, .normalisesTesters, .takesUsersForSessions: .answersTesters
        case .answersTestersInsideOnly: .answersTestersOutside
        case .keepsTesters: .givesTestersWinner
        case .keepsOutsiders: .givesOutsidersWinner
        }
    }
}
