"""Where rows land: one file per kind of sheet, each an implementation of `base.Sink`."""
