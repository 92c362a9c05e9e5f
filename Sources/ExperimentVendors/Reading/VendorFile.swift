import FoundationEssentials

/// Reads a vendor's file as a whole.
enum VendorFile {
    private static let decoder = JSONDecoder()

    /// Decodes a file, or says every problem that was found.
    static func decode<Value: Decodable>(_ type: Value.Type, _ json: Data) throws(VendorFileError) -> Value {
        do {
            return try decoder.decode(type, from: json)
        } catch let error as VendorFileError {
            throw error
        } catch let error as DecodingError {
            throw VendorFileError([VendorProblem(error)])
        } catch {
            throw VendorFileError([VendorProblem(path: "", reason: "cannot be read")])
        }
    }
}
