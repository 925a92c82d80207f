#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs a program in network namespace "a", whose only way out is an emulated link to namespace "b":
#   run.sh EMULATOR PROGRAM [ARGUMENT ...]
# The program finds in its environment
#   ML_LINK       the emulator's control socket (test/network/link/control.go says what it takes)
#   ML_LINK_PEER  the file that names namespace b, for nsenter --net=
# a has the address 10.77.0.1, b has 10.77.0.2; their devices are end-a and end-b.
# With ML_NETWORKS=2 there is another link, which lets everything through: far-a with 10.78.0.1 and far-b with 10.78.0.2.
#
# Everything runs in process, mount and network namespaces of its own, which end with this script, whatever ends it: no
# process, device or name is left. Needs root, or user namespaces and /dev/net/tun; without either it fails.
set -euo pipefail

if [ "${1:-}" != inside ]; then
    if [ $# -lt 2 ]; then
        sed -n 's/^# \{0,1\}//; 3,12p' "$0" >&2
        exit 2
    fi
    own=(unshare --net --mount --pid --fork --kill-child)
    if [ "$(id -u)" != 0 ]; then
        own+=(--user --map-root-user)
        if [ ! -w /dev/net/tun ] || ! "${own[@]}" true 2>/dev/null; then
            echo "network: needs root, or user namespaces and /dev/net/tun" >&2
            exit 1
        fi
    fi
    exec "${own[@]}" "$0" inside "$@"
fi
shift
emulator=$1
shift

# Where the names of namespaces live, without touching anybody else's.
mount -t tmpfs tmpfs /run
export ML_LINK=/run/link ML_LINK_PEER=/run/netns/b
for end in a b; do
    ip netns add $end
done

coproc "$emulator" -a end-a -b end-b -control "$ML_LINK"
read -r ready <&"${COPROC[0]}"
[ "$ready" = ready ]

# No IPv6: its announcements would be counted as traffic.
plug() { # namespace, device, address, that of the peer
    ip link set "$2" netns "$1"
    ip -n "$1" link set lo up
    ip -n "$1" link set "$2" addrgenmode none mtu 1500
    ip -n "$1" addr add "$3" peer "$4/32" dev "$2"
    ip -n "$1" link set "$2" up
}
plug a end-a 10.77.0.1 10.77.0.2
plug b end-b 10.77.0.2 10.77.0.1
if [ "${ML_NETWORKS:-1}" = 2 ]; then
    exec {far}< <(exec "$emulator" -a far-a -b far-b -control /run/far)
    read -r ready <&"$far"
    [ "$ready" = ready ]
    plug a far-a 10.78.0.1 10.78.0.2
    plug b far-b 10.78.0.2 10.78.0.1
fi

status=0
nsenter --net=/run/netns/a "$@" || status=$?
exit $status
