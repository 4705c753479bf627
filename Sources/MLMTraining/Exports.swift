@_exported import MLM
@_exported import MLMData
