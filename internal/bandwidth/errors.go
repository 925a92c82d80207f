package bandwidth

import "errors"

var (
	errTooLarge  = errors.New("the packet is too large to be sent")
	errQueueFull = errors.New("too many packets wait to be sent")
)
