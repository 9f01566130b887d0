"""Statistics of the text itself: counts, shares and formulas, all from one reading by the text engine."""
