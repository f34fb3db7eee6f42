"""Plugins in processes of their own: what one does to its process does nothing to Loa's.

It guards against bugs (a hang, a leak, a crash), not against malice: the process has the user's own rights. ``pool``,
``process``, ``proxy``, ``models`` and ``opening`` work in Loa's process, ``child``, ``context`` and ``describing`` in
the plugin's; ``wire`` is what they say to each other, ``sheets`` how a plugin is described.
"""
