"""The map of points: a WebGL component, what it is sent, and where it fetches it."""
