"""The text engine: numba kernels over Arrow string buffers, one reading of every document for all its statistics."""
