"""The presets of `mlm` that are compared."""

SHAPES = {  # layers, width, GeGLU width, heads
    "nano": (4, 128, 192, 4),
    "tiny": (6, 192, 288, 3),
    "mini": (7, 256, 384, 4),
    "small": (10, 384, 576, 6),
}
