"""Media workers: child processes that forward and record calls, and the desk's end of the rope."""
