"""Settings of an axes run: how signals are scaled, how many orthogonal axes are kept, and whether they are rotated."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from selection.core.settings import Settings


class AxesSettings(Settings):
    """Defaults follow ODiS where it says something (four axes at most); the rest is ours."""

    n_axes: int = Field(
        0, ge=0, le=32, description="How many axes to keep; 0 lets tau and k_max decide."
    )
    tau: float = Field(
        0.80,
        gt=0,
        le=1,
        description="Automatic number: keep axes until this share of the variance is explained.",
    )
    k_max: int = Field(4, ge=1, le=32, description="Automatic number: never more axes than this.")
    scaling: Literal["z", "rank_normal"] = Field(
        "z",
        description="z standardises each signal; rank_normal replaces values by normal scores of their ranks, which "
        "suits lumpy or skewed ratings.",
    )
    missing: Literal["drop", "median"] = Field(
        "drop",
        description="A document that lacks a signal is left out, or gets the signal's median; both are counted.",
    )
    rotation: Literal["none", "varimax"] = Field(
        "none",
        description="varimax turns the kept axes, still uncorrelated, so that each leans on few signals.",
    )
