/// The difference of two nearly equal products, to the last digit.
enum ExactProduct {
    /// total − a·b/n, with the product and the quotient as two doubles each.
    ///
    /// Source: T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", Numerische Mathematik 18
    /// (1971), with fused multiply-add for the exact errors.
    static func centred(_ total: Double, minus a: Double, times b: Double, over n: Double) -> Double {
        let product = a * b
        let productError = (-product).addingProduct(a, b)
        let quotient = product / n
        let remainder = product.addingProduct(-quotient, n)
        return (total - quotient) - (remainder + productError) / n
    }
}
