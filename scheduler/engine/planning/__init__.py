"""From what the files ask for to deliveries, and what stands against that."""
