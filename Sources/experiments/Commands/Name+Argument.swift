public import ArgumentParser
public import Experimentation

extension Name: ExpressibleByArgument {
    /// Takes a word of the command line as it is.
    public init?(argument: String) {
        self.init(argument)
    }
}

extension MetricKind: ExpressibleByArgument {}
