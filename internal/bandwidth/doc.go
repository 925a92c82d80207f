// Package bandwidth decides how much a connection sends, and when each packet leaves.
//
//   - estimate.go holds the estimate of what the path carries. Its heart is pion's GCC (gcc.go),
//     which finds the rate at which queues begin to grow. Around it are what that lacks: loss.go
//     judges losses, trains.go measures the path with the packets that are sent anyway, so that
//     the estimate can grow fast where there is room, reports.go serves peers without
//     transport-wide feedback.
//   - pacer.go spreads packets over time and sends retransmissions first.
//   - controller.go shares the estimate among the streams.
//   - interceptor.go is how pion/webrtc sees all of that: an interceptor, the one that is closest
//     to the network. It writes the transport-wide sequence number and the send time (stamp.go)
//     at the moment at which a packet leaves.
package bandwidth
