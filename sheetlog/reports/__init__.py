"""Reports: what runs show (`findings`), and the files that say it (`excel`, `tables`)."""
