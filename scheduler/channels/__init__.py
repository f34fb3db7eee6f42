"""The channels' floor: the contract with plugins, their loading, and the only door they use."""
