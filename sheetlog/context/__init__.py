"""What surrounded a run: git, environment, hardware, notebook, data.

Each piece collects on its own and in a bounded time; `around` puts them together.
"""
