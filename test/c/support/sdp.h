/* SPDX-License-Identifier: MIT */

/* Descriptions, changed as a peer with fewer abilities would write them. */
#ifndef SUPPORT_SDP_H
#define SUPPORT_SDP_H

#include "check.h"

/* A copy of sdp without a codec ("VP8"), nor the retransmission of it. */
char *sdp_without_codec(const char *sdp, const char *codec);

/* How many lines begin with prefix. */
unsigned sdp_count(const char *sdp, const char *prefix);

#endif
