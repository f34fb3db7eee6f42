"""The ground floor: errors, states, values and time. It imports nothing of Loa."""
