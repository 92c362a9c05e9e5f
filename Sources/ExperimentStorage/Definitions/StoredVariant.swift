import ExperimentDatabase
import Experimentation

/// A variant that an experiment has or ever had, and its number in the file.
struct StoredVariant: Sendable, Hashable {
    let id: RowNumber<VariantRow>
    let name: VariantName
}
