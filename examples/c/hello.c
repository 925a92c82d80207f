/* Two connections in one process: alice says hello to bob. */
#include <ml_webrtc.h>
#include <stdio.h>

static MLHandle alice, bob, chat;
static int done;

/* Signalling: each side's descriptions and candidates go to the other one. */
static void offer(const char *sdp, void *other) { MLWebRTCConnectionSetRemoteOffer(*(MLHandle *)other, sdp); }
static void answer(const char *sdp, void *other) { MLWebRTCConnectionSetRemoteAnswer(*(MLHandle *)other, sdp); }
static void candidate(const MLWebRTCConnectionIceCandidate *found, void *other) {
    MLWebRTCConnectionAddRemoteIceCandidate(*(MLHandle *)other, found);
}
static void message(const MLWebRTCDataChannelMessage *got, void *name) {
    done = printf("%s received: %.*s\n", (const char *)name, (int)got->data_size, (const char *)got->data);
}
static void opened(void *text) {
    MLWebRTCDataChannelSendMessage(chat, &(MLWebRTCDataChannelMessage){.data = text, .data_size = 6});
}
static void received(MLHandle channel, void *other) {
    (void)other;
    MLWebRTCDataChannelSetEventCallbacks(channel,
                                         &(MLWebRTCDataChannelEventCallbacks){.context = "bob", .on_message = message});
}
static void create(MLHandle *self, MLHandle *other) {
    MLWebRTCConnectionEventCallbacks callbacks = {.context = other};
    callbacks.on_local_offer_created = offer;
    callbacks.on_local_answer_created = answer;
    callbacks.on_local_ice_candidate_found = candidate;
    callbacks.on_data_channel_received = received;
    MLWebRTCConnectionCreate(&(MLWebRTCConnectionConfig){0}, &callbacks, self);
}

int main(void) {
    MLWebRTCInstanceCreate();
    create(&alice, &bob);
    create(&bob, &alice);
    MLWebRTCDataChannelCreate(alice, "chat", &chat);
    MLWebRTCDataChannelSetEventCallbacks(chat,
                                         &(MLWebRTCDataChannelEventCallbacks){.context = "hello!", .on_open = opened});
    MLWebRTCConnectionCreateOffer(alice);
    while (!done) { /* an application does this once a frame */
        MLWebRTCConnectionProcessEvents(alice);
        MLWebRTCConnectionProcessEvents(bob);
    }
    return MLWebRTCInstanceDestroy();
}
