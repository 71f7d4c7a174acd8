"""fp32 ONNX -> int8: word embeddings with a scale a row, matrix products with a scale a channel.

One scale for the whole table of embeddings, as onnxruntime's own tools give it, is set by the largest of
all rows and rounds the rows of rare pieces away. The rows lie in a file of their own, which onnxruntime
maps: of the 96 MB of a multilingual model only the pages of words in use are ever in memory.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from onnxruntime.quantization import QuantType, quantize_dynamic

# Smaller tables (positions, types) gain nothing.
ROWS = 2000
# Tensors from this size on, in bytes, lie in the file beside the graph.
BESIDE = 1 << 20


def quantise(source: Path, target: Path) -> str:
    """Writes `target` and `target`.data; the result says how: `int8` or `int8-reduced-range`."""
    model = onnx.load(source)
    for table in _tables(model.graph):
        _quantise_rows(model.graph, table)
    reduced = _overflows()
    quantize_dynamic(
        model,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=reduced,
        op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )
    onnx.save_model(
        onnx.load(target),
        target,
        save_as_external_data=True,
        location=f"{target.name}.data",
        size_threshold=BESIDE,
    )
    # onnx makes that file for its owner alone; a server may run as somebody else.
    target.with_name(f"{target.name}.data").chmod(target.stat().st_mode)
    return "int8-reduced-range" if reduced else "int8"


def _overflows() -> bool:
    """Whether this processor's 8-bit products saturate (AVX2 without VNNI); 7-bit weights do not."""
    size = 64
    weights = numpy_helper.from_array(np.full((size, size), 127, dtype=np.int8), "weights")
    node = helper.make_node("MatMulInteger", ["values", "weights"], ["products"])
    given = helper.make_tensor_value_info("values", TensorProto.UINT8, [1, size])
    made = helper.make_tensor_value_info("products", TensorProto.INT32, [1, size])
    graph = helper.make_graph([node], "overflow", [given], [made], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (products,) = session.run(None, {"values": np.full((1, size), 255, dtype=np.uint8)})
    return bool((products != 255 * 127 * size).any())


def _tables(graph: onnx.GraphProto) -> list[onnx.TensorProto]:
    looked_up = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    return [
        tensor
        for tensor in graph.initializer
        if tensor.name in looked_up
        and tensor.data_type == TensorProto.FLOAT
        and len(tensor.dims) == 2
        and tensor.dims[0] >= ROWS
    ]


def _quantise_rows(graph: onnx.GraphProto, table: onnx.TensorProto) -> None:
    """Gather(table) -> Gather(int8 rows) * Gather(scales): only the rows asked for become floats."""
    name, values = table.name, numpy_helper.to_array(table)
    scales = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12) / np.float32(127)
    rows = np.rint(values / scales).astype(np.int8)
    graph.initializer.remove(table)
    graph.initializer.extend(
        [numpy_helper.from_array(rows, f"{name}.rows"), numpy_helper.from_array(scales, f"{name}.scales")]
    )
    nodes = [made for node in graph.node for made in _by_rows(node, name)]
    del graph.node[:]
    graph.node.extend(nodes)


def _by_rows(node: onnx.NodeProto, table: str) -> list[onnx.NodeProto]:
    """The node itself, unless it looks rows of the table up."""
    if node.op_type != "Gather" or node.input[0] != table:
        return [node]
    output, places = node.output[0], node.input[1]
    return [
        helper.make_node("Gather", [f"{table}.rows", places], [f"{output}.rows"]),
        helper.make_node("Gather", [f"{table}.scales", places], [f"{output}.scales"]),
        helper.make_node("Cast", [f"{output}.rows"], [f"{output}.cast"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{output}.cast", f"{output}.scales"], [output]),
    ]
