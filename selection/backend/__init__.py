"""The only folder that imports torch and transformers: models read from disk, driven on a CPU or a GPU alike."""
