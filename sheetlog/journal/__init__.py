"""Where records wait until they are delivered: one protocol (`base`), and a file for each kind."""
