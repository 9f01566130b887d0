"""The shell: the same verbs as the pages and the library, one JSON object with `--json`, one sentence on a mistake."""
