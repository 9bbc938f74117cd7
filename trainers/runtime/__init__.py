"""The subprocess side of training: reads a run folder, writes a run folder, knows neither Django nor a database."""
