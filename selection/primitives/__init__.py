"""Pure maths that leaves share: arrays in, arrays out; no text, no files, no settings."""
