"""Dense: the linear layers that some models put after pooling (`2_Dense`), read from safetensors, in fp32."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from selection.core.errors import BackendUnavailable

ACTIVATIONS = ("Identity", "Tanh", "ReLU", "GELU", "Sigmoid", "SiLU")  # classes of torch.nn


class Dense:
    """activation(x @ weight.T + bias), plus a residual where the model has one."""

    def __init__(self, folder: Path, device: str) -> None:
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            weights = load_file(folder / "model.safetensors", device=device)
        except (OSError, ValueError, SafetensorError) as error:
            raise BackendUnavailable(
                f"a dense layer needs config.json and model.safetensors, {folder} has neither whole"
                f" ({str(error)[:100]}); copy the model again"
            ) from None
        name = str(config.get("activation_function", "Tanh")).rpartition(".")[2]
        if name not in ACTIVATIONS:
            raise BackendUnavailable(
                f"the activation of a dense layer must be one of {', '.join(ACTIVATIONS)}, got {name!r} in {folder}"
            )
        self._activate: Any = getattr(torch.nn, name)()
        self._weight = weights["linear.weight"].float()
        self._bias = weights["linear.bias"].float() if "linear.bias" in weights else None
        self._residual = weights.get("residual.weight")
        self._skips = bool(config.get("use_residual", False))

    def __call__(self, x: Any) -> Any:
        """(n_texts, out_features) float32 of (n_texts, in_features) float32."""
        from torch.nn.functional import linear

        out = self._activate(linear(x, self._weight, self._bias))
        if not self._skips:
            return out
        return out + (x if self._residual is None else linear(x, self._residual.float()))
