"""The engine: occurrences become deliveries, and each delivery comes to one outcome."""
