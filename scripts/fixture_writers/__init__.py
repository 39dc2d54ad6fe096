"""What writes the fixtures: a module for each topic, with `write(fixtures)`, the folder Tests/Fixtures."""
