"""What is known, as values for screens and commands, by what it is about; `Views` puts it together."""
