// What an application needs of the modules below comes with `import MLM`.
@_exported import MLMModel
@_exported import MLMText
import MLMNumerics

/// The number format of the operands of matrix products.
public typealias Precision = MLMNumerics.Precision
