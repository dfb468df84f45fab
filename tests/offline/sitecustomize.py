"""A network that raises. Python imports a module of this name by itself where its folder is on PYTHONPATH: conftest.py
puts it there, so that the processes that tests start are guarded, too. This machine may talk to itself."""

import functools
import ipaddress
import socket

NAMES = ('connect', 'connect_ex', 'sendto')


class NetworkTouched(AssertionError):
    "A test asked for something beyond this machine"


@functools.cache
def own_addresses():
    "What this machine calls itself by; no name is asked of anybody"
    found = {socket.gethostname(), 'localhost', 'localhost.localdomain', 'ip6-localhost', ''}
    try:
        found |= {entry[4][0] for entry in REAL_LOOKUP(socket.gethostname(), None)}
    except OSError:
        pass  # a machine whose own name nobody knows has no further addresses
    return found


def is_here(host):
    "Is a host this machine?"
    host = host.decode('ascii', 'replace') if isinstance(host, bytes) else host
    if host is None or host in own_addresses():
        return True
    try:
        address = ipaddress.ip_address(str(host).partition('%')[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def guarded(name, real):
    def call(self, *args):
        address = args[-1] if args else None
        if isinstance(address, tuple) and self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            raise NetworkTouched(f'socket.{name} to {address}: tests use no network.')
        return real(self, *args)

    return functools.wraps(real)(call)


def look_up(host, *args, **more):
    if not is_here(host) and not is_number(host):
        raise NetworkTouched(f'the address of {host!r} was asked for: tests use no network.')
    return REAL_LOOKUP(host, *args, **more)


def is_number(host):
    "Is a host an address already? Then looking it up asks nobody"
    try:
        return bool(ipaddress.ip_address(str(host).partition('%')[0]))
    except ValueError:
        return False


REAL_LOOKUP = socket.getaddrinfo
if not getattr(socket.getaddrinfo, 'guards', False):
    look_up.guards = True
    socket.getaddrinfo = look_up
    for name in NAMES:
        setattr(socket.socket, name, guarded(name, getattr(socket.socket, name)))
