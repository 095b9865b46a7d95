"""What /proc knows of the runtime's processes."""

import os


def stat_of(pid):
    """The fields of a process's status behind its name: state, parent, group, session, …; [] if it is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            # The name stands in parentheses and may hold anything.
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def all_processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def processes_of_session(leader):
    """Those of the session that `leader` leads, the dead that nobody has waited for among them."""
    found = ((pid, stat_of(pid)) for pid in all_processes())
    return [pid for pid, stat in found if len(stat) > 3 and int(stat[3]) == leader]
