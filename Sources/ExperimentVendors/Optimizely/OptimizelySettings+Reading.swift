import Experimentation

extension OptimizelySettings {
    /// Reads the settings of a phase, in the order in which they are stored.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        earlier = fields.required("earlier").list(EarlierExperiment.init)
        encoding = TextEncoding(fields.required("encoding"))
        entries = fields.required("entries").list(Allocation.Entry.init)
        group = fields.optional("group").map(Allocation.init)
        holdouts = fields.required("holdouts").list(Allocation.init)
        fields.noteUnread()
    }
}

extension OptimizelySettings.Allocation {
    /// Reads an allocation.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        entityID = fields.required("entityID").text
        entries = fields.required("entries").list(Entry.init)
        fields.noteUnread()
    }
}

extension OptimizelySettings.Allocation.Entry {
    /// Reads a range.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        end = fields.required("end").whole
        index = fields.optional("index")?.whole
        fields.noteUnread()
    }
}

extension OptimizelySettings.EarlierExperiment {
    /// Reads an earlier experiment.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        id = fields.required("id").text
        settings = OptimizelySettings(fields.required("settings"))
        fields.noteUnread()
    }
}
