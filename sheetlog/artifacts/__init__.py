"""Where files land: what a value becomes as a file, and the stores that keep it."""
