"""What surrounded a run: its data. Each piece collects on its own and in a bounded time."""
