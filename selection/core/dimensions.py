"""The quality dimensions that methods name by default; a dimension is a signal on 0-5, whoever rated it.

ODiS (arXiv:2510.18909) has eleven but does not name them; these are ours. The last two measure difficulty and are
neutral.
"""

BETTER_WHEN_HIGHER = (
    "grammar",
    "coherence",
    "readability",
    "cleanliness",
    "factuality",
    "knowledge_depth",
    "educational_value",
    "information_density",
    "originality",
)
NEUTRAL = ("required_expertise", "reasoning")
DIMENSIONS = BETTER_WHEN_HIGHER + NEUTRAL
