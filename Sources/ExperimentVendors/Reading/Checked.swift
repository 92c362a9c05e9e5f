/// A value of the file, or the problems with it: so that one bad entry does not hide the next.
struct Checked<Value: Decodable>: Decodable {
    let value: Value?
    let problems: [VendorProblem]

    init(from decoder: any Decoder) throws {
        do {
            value = try Value(from: decoder)
            problems = []
        } catch let error as DecodingError {
            value = nil
            problems = [VendorProblem(error)]
        } catch let error as VendorFileError {
            value = nil
            problems = error.problems
        }
    }
}
