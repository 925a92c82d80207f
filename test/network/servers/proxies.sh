# SPDX-License-Identifier: MIT
# Part of run.sh: the proxies at 10.77.3.1, and what else there is.
#   1080  SOCKS5 (microsocks)                     3128  HTTP CONNECT (squid)
#   1081  SOCKS5, alice:secret (microsocks)       3129  HTTP CONNECT, Digest, alice:secret (squid)
#   1082  SOCKS5 (dante)                          3130  HTTP CONNECT, Basic, alice:secret (tinyproxy)
#                                                 3131  HTTP CONNECT within TLS (squid)
#   4001  answers nothing     4002  answers garbage     4003  answers without end     4004  hangs up
#   80    PAC files (odd.py, too)
# What leaves "closed" for anybody else is counted by nftables.

for port in 1080 1081; do
    credentials=()
    [ $port = 1080 ] || credentials=(-u alice -P secret)
    ip netns exec proxy microsocks -i 10.77.3.1 -p $port "${credentials[@]}" >/run/test/microsocks-$port.log 2>&1 &
done

cat >/run/test/danted.conf <<END
logoutput: /run/test/danted.log
internal: 10.77.3.1 port = 1082
external: right4
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
END
ip netns exec proxy danted -f /run/test/danted.conf -p /run/test/danted.pid >/run/test/danted.out 2>&1 &

cat >/run/test/tinyproxy.conf <<END
Port 3130
Listen 10.77.3.1
BasicAuth alice secret
LogFile "/run/test/tinyproxy.log"
END
ip netns exec proxy tinyproxy -d -c /run/test/tinyproxy.conf >/run/test/tinyproxy.out 2>&1 &

echo 'alice:secret' >/run/test/squid.digest
cat >/run/test/squid.conf <<END
http_port 10.77.3.1:3128
http_port 10.77.3.1:3129
https_port 10.77.3.1:3131 tls-cert=/run/test/server.pem tls-key=/run/test/server.key
auth_param digest program /usr/lib/squid/digest_file_auth /run/test/squid.digest
auth_param digest children 1 startup=1
auth_param digest realm proxy.test
acl guarded myportname 10.77.3.1:3129
acl known proxy_auth REQUIRED
acl forbidden port 9
http_access deny forbidden
http_access allow guarded known
http_access deny guarded
http_access allow all
cache_mem 8 MB
shutdown_lifetime 0 seconds
access_log stdio:/run/test/squid-access.log
cache_log /run/test/squid.log
pid_filename none
coredump_dir /run/test
pinger_enable off
hosts_file /etc/hosts
END
ip netns exec proxy squid -N -f /run/test/squid.conf >/run/test/squid.out 2>&1 &

ip netns exec proxy python3 "$here/odd.py" >/run/test/odd.log 2>&1 &

ip netns exec closed nft -f - <<END
table inet wire {
    counter stray { }
    chain out {
        type filter hook output priority 0
        oifname != "lo" ip daddr != 10.77.3.1 counter name stray
        oifname != "lo" meta nfproto ipv6 counter name stray
    }
}
END
ip -n closed route add default via 10.77.3.1
started proxy 80 1080 1081 1082 3128 3129 3130 3131 4001 4002 4003 4004
