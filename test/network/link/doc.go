// SPDX-License-Identifier: MIT

// Package link emulates a network link between two devices, packet by packet: delay, jitter, a rate with a bounded
// queue, loss (single or in bursts), interruptions and reordering, for each direction by itself, changeable while it
// runs. It stands in for the kernel's netem where that does not exist.
package link
