// What an application needs of the modules below comes with `import MLM`.
@_exported import MLMModel
@_exported import MLMText
