"""What every method must beat: random, longest, one signal, a plain mean, clusters evened out."""
