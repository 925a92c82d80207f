#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs a program among networks with real servers:
#   run.sh NAMESPACE PROGRAM [ARGUMENT ...]
# NAMESPACE is where the program runs:
#   open     10.77.1.2 fd77:1::2, reaches the servers, and "beside" by a link of its own (10.77.5.1 and .2)
#   closed   10.77.3.2, reaches nothing but the proxies
# Its peer belongs into another one, /run/netns/peer (10.77.2.2 fd77:2::2), which reaches the servers and nobody else: the two
# can only meet at a relay. /run/netns/beside is the other end of the link of "open".
#
#   10.77.0.1 fd77::1   turn.test           coturn: 3478 UDP and TCP, 5349 TLS with a certificate of a private authority
#   10.77.0.9           silent.test         swallows everything
#   10.77.3.1           proxy.test wpad     proxies, and web.test with PAC files (proxies.sh)
# The private authority's certificate is $ML_TEST_AUTHORITY. User "alice" has the password "secret" everywhere.
#
# Everything runs in process, mount and network namespaces of its own, which end with this script, whatever ends it: no process,
# device or name is left. Needs root, or user namespaces ("closed": root, or sudo); without either it fails.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" != inside ]; then
    if [ $# -lt 2 ]; then
        sed -n 's/^# \{0,1\}//; 3,16p' "$0" >&2
        exit 2
    fi
    if [ "$1" = closed ] && [ "$(id -u)" != 0 ]; then
        # squid and Dante change their user, which a namespace with a single one does not let them.
        sudo -n true || { echo "servers: the proxies need root" >&2; exit 1; }
        exec sudo -n --preserve-env "$0" "$@"
    fi
    own=(unshare --net --mount --pid --fork --kill-child --mount-proc)
    if [ "$(id -u)" != 0 ]; then
        own+=(--user --map-root-user)
        if ! "${own[@]}" true 2>/dev/null; then
            echo "servers: needs root, or user namespaces" >&2
            exit 1
        fi
    fi
    exec "${own[@]}" "$0" inside "$@"
fi
shift
unset https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
namespace=$1
shift

# Where the names of namespaces and all files of the servers live, without touching anybody else's.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 777 /run/test
export ML_TEST_AUTHORITY=/run/test/authority.pem

cat >/run/test/hosts <<END
127.0.0.1 localhost
10.77.0.1 turn.test four.turn.test
fd77::1 turn.test six.turn.test
10.77.0.9 silent.test
10.77.3.1 proxy.test web.test wpad
END
# Who asks for another name is seen doing it, and gets no answer.
printf 'nameserver 10.77.0.9\noptions timeout:1 attempts:1\n' >/run/test/resolv.conf
mount --bind /run/test/hosts /etc/hosts
resolver=$(readlink -m /etc/resolv.conf) # perhaps something in what was /run
mkdir -p "$(dirname "$resolver")"
[ -e "$resolver" ] || : >"$resolver"
mount --bind /run/test/resolv.conf "$resolver"

for name in open closed peer beside server proxy; do
    ip netns add $name
    ip -n $name link set lo up
done

# link NETWORK NAMESPACE-OF-.1 NAMESPACE-OF-.2: 10.77.NETWORK.0/24 and fd77:NETWORK::/64 between two namespaces.
link() {
    local network=$1 end
    ip link add "left$network" type veth peer name "right$network"
    for end in 1 2; do
        local at=$2 device=left$network
        [ $end = 1 ] || { at=$3 device=right$network; }
        ip link set "$device" netns "$at"
        ip -n "$at" addr add "10.77.$network.$end/24" dev "$device"
        if [ "$at" != closed ]; then
            ip -n "$at" addr add "fd77:$network::$end/64" dev "$device" nodad
        else
            ip netns exec "$at" sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
        fi
        ip -n "$at" link set "$device" up
    done
}
link 1 server open
link 2 server peer
link 3 proxy closed
link 4 server proxy
link 5 open beside
ip netns exec server sysctl -q -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
ip netns exec proxy sysctl -q -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
ip -n server addr add 10.77.0.1/32 dev lo
ip -n server addr add fd77::1/128 dev lo nodad
ip -n open route add 10.77.0.0/24 via 10.77.1.1
ip -n open route add fd77::/64 via fd77:1::1
ip -n peer route add default via 10.77.2.1
ip -n peer route add default via fd77:2::1
ip -n proxy route add 10.77.0.0/24 via 10.77.4.1
ip -n proxy route add fd77::/64 via fd77:4::1
ip -n server route add blackhole 10.77.0.9/32

# A private authority, and the server's certificate by it.
(
    cd /run/test
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=Private authority" \
        -keyout authority.key -out authority.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=turn.test" -keyout server.key -out server.csr
    openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -out server.pem \
        -extfile <(echo "subjectAltName=DNS:turn.test,DNS:four.turn.test,DNS:six.turn.test,DNS:proxy.test,IP:10.77.0.1")
    chmod 644 server.key
) >/run/test/openssl.log 2>&1

# started NAMESPACE PORT...: waits until all of the TCP ports listen.
started() {
    local at=$1 port patience=200
    shift
    for port in "$@"; do
        until ip netns exec "$at" ss -Hltn "sport = :$port" | grep -q .; do
            if [ $((patience -= 1)) -le 0 ]; then
                echo "servers: nothing listens at port $port of $at" >&2
                tail -n 20 /run/test/*.log >&2
                exit 1
            fi
            sleep 0.05
        done
    done
}

cat >/run/test/turnserver.conf <<END
listening-ip=10.77.0.1
listening-ip=fd77::1
relay-ip=10.77.0.1
relay-ip=fd77::1
listening-port=3478
tls-listening-port=5349
min-port=50000
max-port=50999
fingerprint
lt-cred-mech
realm=turn.test
user=alice:secret
cert=/run/test/server.pem
pkey=/run/test/server.key
userdb=/run/test/turndb
pidfile=/run/test/turnserver.pid
log-file=/run/test/turnserver.log
simple-log
verbose
no-cli
relay-threads=1
END
ip netns exec server turnserver -c /run/test/turnserver.conf >/run/test/turnserver.out 2>&1 &
if [ "$namespace" = closed ]; then
    # shellcheck source=test/network/servers/proxies.sh
    . "$here/proxies.sh"
fi
started server 3478 5349

status=0
nsenter --net="/run/netns/$namespace" "$@" || status=$?
if [ $status != 0 ]; then
    tail -n 15 /run/test/*.log >&2
fi
exit $status
