#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// The functions of the C library that this module needs. This is the only file of the module that imports it, and each
// platform has it under another name. They are used by their standard names, so that a formula reads as in its source.

#if canImport(Darwin)
    func exp(_ x: Double) -> Double { Darwin.exp(x) }
    func expm1(_ x: Double) -> Double { Darwin.expm1(x) }
    func log(_ x: Double) -> Double { Darwin.log(x) }
    func log1p(_ x: Double) -> Double { Darwin.log1p(x) }
    func sinh(_ x: Double) -> Double { Darwin.sinh(x) }
    func cosh(_ x: Double) -> Double { Darwin.cosh(x) }
    func erf(_ x: Double) -> Double { Darwin.erf(x) }
    func erfc(_ x: Double) -> Double { Darwin.erfc(x) }
    /// ln |Γ(x)|.
    func logGamma(_ x: Double) -> Double { Darwin.lgamma(x).0 }
#elseif canImport(Glibc)
    func exp(_ x: Double) -> Double { Glibc.exp(x) }
    func expm1(_ x: Double) -> Double { Glibc.expm1(x) }
    func log(_ x: Double) -> Double { Glibc.log(x) }
    func log1p(_ x: Double) -> Double { Glibc.log1p(x) }
    func sinh(_ x: Double) -> Double { Glibc.sinh(x) }
    func cosh(_ x: Double) -> Double { Glibc.cosh(x) }
    func erf(_ x: Double) -> Double { Glibc.erf(x) }
    func erfc(_ x: Double) -> Double { Glibc.erfc(x) }
    /// ln |Γ(x)|.
    func logGamma(_ x: Double) -> Double { Glibc.lgamma(x).0 }
#elseif canImport(Musl)
    func exp(_ x: Double) -> Double { Musl.exp(x) }
    func expm1(_ x: Double) -> Double { Musl.expm1(x) }
    func log(_ x: Double) -> Double { Musl.log(x) }
    func log1p(_ x: Double) -> Double { Musl.log1p(x) }
    func sinh(_ x: Double) -> Double { Musl.sinh(x) }
    func cosh(_ x: Double) -> Double { Musl.cosh(x) }
    func erf(_ x: Double) -> Double { Musl.erf(x) }
    func erfc(_ x: Double) -> Double { Musl.erfc(x) }
    /// ln |Γ(x)|.
    func logGamma(_ x: Double) -> Double { Musl.lgamma(x).0 }
#endif
