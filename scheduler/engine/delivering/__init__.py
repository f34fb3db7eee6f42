"""One delivery to one outcome: prepared, its intent on disk, called, and what came of it recorded."""
