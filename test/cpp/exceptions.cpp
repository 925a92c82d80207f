// SPDX-License-Identifier: MIT

// A C++ host that throws out of its callbacks and catches around ProcessEvents, as managed hosts do: everything goes
// on.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "ml_webrtc.h"
#include "support/check.h"

namespace {

struct Thrown : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Peer {
    std::string name;
    MLHandle connection = ML_INVALID_HANDLE;
    MLHandle channel = ML_INVALID_HANDLE;
    Peer *other = nullptr;
    std::vector<std::string> events;
    std::vector<std::string> messages;
    bool throws = true;

    // The event counts; what is behind the throw does not happen.
    void happened(const char *event) {
        events.emplace_back(event);
        if (throws) {
            throw Thrown(name + " " + event);
        }
    }

    bool heard(const std::string &event) const {
        for (const auto &one : events) {
            if (one == event) {
                return true;
            }
        }
        return false;
    }
};

Peer &peer(void *context) { return *static_cast<Peer *>(context); }

MLWebRTCDataChannelEventCallbacks channelCallbacks(Peer &self) {
    MLWebRTCDataChannelEventCallbacks callbacks{};
    callbacks.version = 1;
    callbacks.context = &self;
    callbacks.on_open = [](void *context) { peer(context).happened("open"); };
    callbacks.on_closed = [](void *context) { peer(context).happened("closed"); };
    callbacks.on_message = [](const MLWebRTCDataChannelMessage *message, void *context) {
        peer(context).messages.emplace_back(static_cast<const char *>(message->data), message->data_size);
        peer(context).happened("message");
    };
    return callbacks;
}

MLWebRTCConnectionEventCallbacks connectionCallbacks(Peer &self) {
    MLWebRTCConnectionEventCallbacks callbacks{};
    callbacks.version = 1;
    callbacks.context = &self;
    callbacks.on_error = [](const char *, void *context) { peer(context).happened("error"); };
    callbacks.on_connected = [](void *context) { peer(context).happened("connected"); };
    callbacks.on_disconnected = [](void *context) { peer(context).happened("disconnected"); };
    callbacks.on_data_channel_received = [](MLHandle channel, void *context) {
        peer(context).channel = channel;
        auto ofChannel = channelCallbacks(peer(context));
        CHECK_OK(MLWebRTCDataChannelSetEventCallbacks(channel, &ofChannel));
        peer(context).happened("channel");
    };
    callbacks.on_local_offer_created = [](const char *offer, void *context) {
        CHECK_OK(MLWebRTCConnectionSetRemoteOffer(peer(context).other->connection, offer));
        peer(context).happened("offer");
    };
    callbacks.on_local_answer_created = [](const char *answer, void *context) {
        CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(peer(context).other->connection, answer));
        peer(context).happened("answer");
    };
    callbacks.on_local_ice_candidate_found = [](const MLWebRTCConnectionIceCandidate *candidate, void *context) {
        CHECK_OK(MLWebRTCConnectionAddRemoteIceCandidate(peer(context).other->connection, candidate));
        peer(context).happened("candidate");
    };
    callbacks.on_ice_gathering_completed = [](void *context) { peer(context).happened("gathered"); };
    return callbacks;
}

void create(Peer &self, Peer &other, const char *name) {
    self.name = name;
    self.other = &other;
    MLWebRTCConnectionConfig config{};
    auto callbacks = connectionCallbacks(self);
    CHECK_OK(MLWebRTCConnectionCreate(&config, &callbacks, &self.connection));
}

unsigned caught = 0;

void process(Peer &self) {
    if (self.connection == ML_INVALID_HANDLE) {
        return;
    }
    const auto before = self.events.size();
    try {
        CHECK_OK(MLWebRTCConnectionProcessEvents(self.connection));
    } catch (const Thrown &thrown) {
        CHECK(self.name + " " + self.events.back() == thrown.what());
        caught++;
    }
    // An event that threw is the last one of its ProcessEvents.
    CHECK(!self.throws || self.events.size() - before <= 1);
    if (self.events.size() == before) {
        nap();
    }
}

// A description that can't be applied, taken from a connection of its own.
std::string brokenOffer() {
    std::string offer;
    MLWebRTCConnectionConfig config{};
    MLWebRTCConnectionEventCallbacks callbacks{};
    callbacks.context = &offer;
    callbacks.on_local_offer_created = [](const char *sdp, void *context) {
        *static_cast<std::string *>(context) = sdp;
    };
    MLHandle maker = 0;
    CHECK_OK(MLWebRTCConnectionCreate(&config, &callbacks, &maker));
    CHECK_OK(MLWebRTCConnectionCreateOffer(maker));
    WAIT_UNTIL_STEP(!offer.empty(), {
        CHECK_OK(MLWebRTCConnectionProcessEvents(maker));
        nap();
    });
    CHECK_OK(MLWebRTCConnectionDestroy(maker));
    for (auto at = offer.find("a=fingerprint"); at != std::string::npos; at = offer.find("a=fingerprint")) {
        offer.erase(at, offer.find('\n', at) + 1 - at);
    }
    return offer;
}

void everyCallbackThrows() {
    constexpr unsigned messages = 100;
    Peer a, b;
    const auto both = [&] {
        process(a);
        process(b);
    };
    caught = 0;
    create(a, b, "a");
    create(b, a, "b");
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(b.connection, brokenOffer().c_str()));
    WAIT_UNTIL_STEP(b.heard("error"), both());
    CHECK_OK(MLWebRTCDataChannelCreate(a.connection, "first", &a.channel));
    auto ofChannel = channelCallbacks(a);
    CHECK_OK(MLWebRTCDataChannelSetEventCallbacks(a.channel, &ofChannel));
    CHECK_OK(MLWebRTCConnectionCreateOffer(a.connection));
    WAIT_UNTIL_STEP(a.heard("open") && b.heard("open"), both());
    for (unsigned number = 0; number < messages; number++) {
        const auto text = std::to_string(number);
        MLWebRTCDataChannelMessage message{};
        message.data = text.data();
        message.data_size = text.size();
        CHECK_OK(MLWebRTCDataChannelSendMessage(a.channel, &message));
        CHECK_OK(MLWebRTCDataChannelSendMessage(b.channel, &message));
    }
    WAIT_UNTIL_STEP(a.messages.size() == messages && b.messages.size() == messages, both());
    for (unsigned number = 0; number < messages; number++) {
        CHECK(a.messages[number] == std::to_string(number));
        CHECK(b.messages[number] == std::to_string(number));
    }
    WAIT_UNTIL_STEP(a.heard("gathered") && b.heard("gathered"), both());
    CHECK(caught > 2 * messages);
    // From now on b is quiet, and a is destroyed right after one of its callbacks threw.
    b.throws = false;
    CHECK_OK(MLWebRTCConnectionDestroy(a.connection));
    a.connection = ML_INVALID_HANDLE;
    WAIT_UNTIL_STEP(b.heard("closed") && b.heard("disconnected"), both());
    for (const char *event : {"error", "connected", "disconnected", "channel", "answer", "candidate", "gathered",
                              "open", "message", "closed"}) {
        check_about("%s", event);
        CHECK(b.heard(event));
    }
    CHECK_OK(MLWebRTCConnectionDestroy(b.connection));
}

// The two callbacks inside the host's own calls.
void sourceCallbacks() {
    MLWebRTCAppDefinedSourceEventCallbacks callbacks{};
    callbacks.on_set_enabled = [](MLWebRTCBool, void *) { throw Thrown("enabled"); };
    callbacks.on_destroyed = [](void *) { throw Thrown("destroyed"); };
    MLHandle source = 0;
    std::string heard;
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &source));
    for (int round = 0; round < 50; round++) {
        try {
            MLWebRTCSourceSetEnabled(source, round % 2 == 0);
            CHECK(false);
        } catch (const Thrown &thrown) {
            heard = thrown.what();
        }
        CHECK(heard == "enabled");
        MLWebRTCBool enabled = 2;
        CHECK_OK(MLWebRTCSourceIsEnabled(source, &enabled));
        CHECK_EQ(enabled, round % 2 == 0);
    }
    try {
        MLWebRTCSourceDestroy(source);
        CHECK(false);
    } catch (const Thrown &thrown) {
        heard = thrown.what();
    }
    CHECK(heard == "destroyed");
    CHECK_RESULT(MLWebRTCSourceDestroy(source), MLResult_WebRTCMismatchingHandle);
}

} // namespace

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"every_callback_throws", everyCallbackThrows},
        {"source_callbacks", sourceCallbacks},
    };
    return RUN_CASES(cases, argc, argv);
}
