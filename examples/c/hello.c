/* Two connections in one process: one says hello to the other. */
#include <ml_webrtc.h>
#include <stdio.h>

static MLHandle alice, bob, chat;
static int done;

static void offer(const char *sdp, void *to) { MLWebRTCConnectionSetRemoteOffer(*(MLHandle *)to, sdp); }
static void answer(const char *sdp, void *to) { MLWebRTCConnectionSetRemoteAnswer(*(MLHandle *)to, sdp); }
static void candidate(const MLWebRTCConnectionIceCandidate *c, void *to) {
    MLWebRTCConnectionAddRemoteIceCandidate(*(MLHandle *)to, c);
}
static void message(const MLWebRTCDataChannelMessage *m, void *context) {
    (void)context;
    done = printf("bob received: %.*s\n", (int)m->data_size, (const char *)m->data);
}
static void channel(MLHandle received, void *context) {
    (void)context;
    MLWebRTCDataChannelSetEventCallbacks(received, &(MLWebRTCDataChannelEventCallbacks){.on_message = message});
}
static void opened(void *context) {
    MLWebRTCDataChannelSendMessage(chat, &(MLWebRTCDataChannelMessage){.data = context, .data_size = 6});
}

int main(void) {
    MLWebRTCConnectionConfig config = {0};
    MLWebRTCConnectionEventCallbacks to_bob = {.context = &bob, .on_local_offer_created = offer, .on_local_ice_candidate_found = candidate};
    MLWebRTCConnectionEventCallbacks to_alice = {.context = &alice, .on_local_answer_created = answer, .on_local_ice_candidate_found = candidate, .on_data_channel_received = channel};
    MLWebRTCInstanceCreate();
    MLWebRTCConnectionCreate(&config, &to_bob, &alice);
    MLWebRTCConnectionCreate(&config, &to_alice, &bob);
    MLWebRTCDataChannelCreate(alice, "chat", &chat);
    MLWebRTCDataChannelSetEventCallbacks(chat, &(MLWebRTCDataChannelEventCallbacks){.context = "hello!", .on_open = opened});
    MLWebRTCConnectionCreateOffer(alice);
    while (!done) { /* an application does this once a frame */
        MLWebRTCConnectionProcessEvents(alice);
        MLWebRTCConnectionProcessEvents(bob);
    }
    return MLWebRTCInstanceDestroy();
}
