import Experimentation

/// The time of a record, of whatever columns say it.
enum InputTime {
    /// Reads it, in µs since 1970 UTC; nil where no column says it.
    ///
    /// The column `timestamp` is a time, whose zone is the given one where it says none, or a number in a unit, which
    /// somebody must say; a constant is a time for every record.
    static func microseconds(
        _ time: UnsafeBufferPointer<UInt8>?, _ unit: TimeUnit?, _ microseconds: UnsafeBufferPointer<UInt8>?,
        _ zone: InputZone?, _ constant: String? = nil
    ) throws(ExperimentError) -> Int64? {
        if let constant { return try self.time(constant, zone) }
        guard let time else {
            guard let microseconds else { return nil }
            guard CellValue.integer(microseconds) != nil else {
                throw .invalid(Column.timestampMicroseconds.rawValue, "must be a 64-bit integer")
            }
            return try number(microseconds, in: unit ?? .microseconds)
        }
        guard microseconds == nil else { throw .invalid("timestamp", "and timestamp_us must not both be given") }
        guard isNumber(time) else {
            return try self.time(time, zone)
        }
        guard let unit else {
            guard let plausible = TimeUnit.plausible(time) else {
                return try self.time(time, zone)
            }
            throw .invalid(
                "timestamp",
                "reads as \(plausible.word) since 1970: say --timestamp-unit \(plausible.rawValue), or name the column "
                    + "timestamp_\(plausible.rawValue)")
        }
        return try number(time, in: unit)
    }

    /// A time as text, of a zone where it says none.
    static func time(_ bytes: UnsafeBufferPointer<UInt8>, _ zone: InputZone?) throws(ExperimentError) -> Int64 {
        guard let zone else {
            do throws(ExperimentError) { return try Timestamp.microseconds(bytes) } catch {
                guard error == Timestamp.withoutOffset else { throw error }
                throw .invalid(
                    "timestamp",
                    "must end in Z or an offset such as +02:00, or --timezone must say the zone of times without one")
            }
        }
        return try Timestamp.microseconds(bytes) { zone.seconds(days: $0, secondsOfDay: $1) }
    }

    /// A time as text, of a zone where it says none.
    static func time(_ text: String, _ zone: InputZone?) throws(ExperimentError) -> Int64 {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(ExperimentError) in try time(bytes, zone) }
    }

    /// A number as a time; one that is a time of these years in another unit is refused.
    static func number(
        _ bytes: UnsafeBufferPointer<UInt8>, in unit: TimeUnit
    ) throws(ExperimentError) -> Int64 {
        let microseconds = unit.microseconds(bytes)
        if let microseconds, TimeUnit.isPlausible(microseconds) { return microseconds }
        if let plausible = TimeUnit.plausible(bytes) {
            throw .invalid(
                "timestamp",
                "reads as \(plausible.word) since 1970 and not as \(unit.word): say --timestamp-unit \(plausible.rawValue), "
                    + "or name the column timestamp_\(plausible.rawValue)")
        }
        guard let microseconds else { throw .invalid("timestamp", "must be a number of \(unit.word) since 1970") }
        return microseconds
    }

    /// Whether a text is a number, as a time in some unit since 1970 is.
    static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count != 14 && bytes.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }
    }
}
