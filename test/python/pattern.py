#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The library in Python, by ctypes: pattern.py LIBRARY

Two peers connect and exchange 1,000 messages each way, with exceptions in callbacks, Ctrl-C, and a
thread that collects garbage all the time. The library is the one built with -tags mltest.
"""
import ctypes
import gc
import os
import signal
import sys
import threading
import time

MESSAGES = 1000
PATIENCE_S = 60  # a hang guard

OK, PENDING = 0, 1

Handle = ctypes.c_uint64
Context = ctypes.c_void_p


class Candidate(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("candidate", ctypes.c_char_p), ("sdp_mid", ctypes.c_char_p),
                ("sdp_mline_index", ctypes.c_int32)]


class Message(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("data", ctypes.c_void_p), ("data_size", ctypes.c_uint64),
                ("is_binary", ctypes.c_uint8)]


class Config(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("ice_servers", ctypes.c_void_p),
                ("num_ice_servers", ctypes.c_uint32), ("proxy_config", ctypes.c_void_p)]


OnPlain = ctypes.CFUNCTYPE(None, Context)
OnText = ctypes.CFUNCTYPE(None, ctypes.c_char_p, Context)
OnHandle = ctypes.CFUNCTYPE(None, Handle, Context)
OnCandidate = ctypes.CFUNCTYPE(None, ctypes.POINTER(Candidate), Context)
OnMessage = ctypes.CFUNCTYPE(None, ctypes.POINTER(Message), Context)
OnTrackAdded = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p, Context)
OnDebugMessage = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_char_p, Context)


class DebugUtils(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("context", Context), ("log_level", ctypes.c_uint32),
                ("on_debug_message", OnDebugMessage)]


class ConnectionCallbacks(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("context", Context), ("on_error", OnText), ("on_connected", OnPlain),
                ("on_disconnected", OnPlain), ("on_track_added", OnTrackAdded), ("on_track_removed", OnHandle),
                ("on_data_channel_received", OnHandle), ("on_local_offer_created", OnText),
                ("on_local_answer_created", OnText), ("on_local_ice_candidate_found", OnCandidate),
                ("on_ice_gathering_completed", OnPlain)]


class ChannelCallbacks(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("context", Context), ("on_open", OnPlain), ("on_closed", OnPlain),
                ("on_message", OnMessage)]


class Alive(ctypes.Structure):
    _fields_ = [("handles", ctypes.c_uint32), ("connections", ctypes.c_uint32), ("channels", ctypes.c_uint32),
                ("sources", ctypes.c_uint32), ("sinks", ctypes.c_uint32), ("frames", ctypes.c_uint32),
                ("events", ctypes.c_uint64), ("pictures", ctypes.c_uint64), ("sounds", ctypes.c_uint64),
                ("engine", ctypes.c_uint32), ("goroutines", ctypes.c_uint32)]


class Boom(Exception):
    """Raised inside callbacks: ctypes reports it and returns from the callback."""


reported = []
raised = 0
sys.unraisablehook = lambda unraisable: reported.append(unraisable.exc_value)


def boom(what):
    global raised
    raised += 1
    raise Boom(what)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def call(name, *arguments):
    result = getattr(lib, name)(*arguments)
    check(result == OK, f"{name}: {result}")


def until(condition, step, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        check(time.monotonic() < deadline, f"waited in vain: {what}")
        step()
        time.sleep(0.001)


class Channel:
    def __init__(self, handle):
        self.handle = Handle(handle)
        self.opened = self.closed = self.sent = 0
        self.received = []
        self.callbacks = ChannelCallbacks(1, 3, OnPlain(self.on_open), OnPlain(self.on_closed),
                                          OnMessage(self.on_message))
        call("MLWebRTCDataChannelSetEventCallbacks", self.handle, ctypes.byref(self.callbacks))

    def on_open(self, context):
        self.opened += 1
        boom("OnOpen")

    def on_closed(self, context):
        self.closed += 1
        boom("OnClosed")

    def on_message(self, message, context):
        self.received.append(ctypes.string_at(message.contents.data, message.contents.data_size))
        if len(self.received) % 10 == 0:
            boom("OnMessage")

    def send(self):
        """Sends the next message; False if the send buffer is full."""
        text = b"%d %s" % (self.sent, b"x" * (self.sent % 500))
        data = ctypes.create_string_buffer(text, len(text))
        message = Message(1, ctypes.addressof(data), len(text), self.sent % 2)
        result = lib.MLWebRTCDataChannelSendMessage(self.handle, ctypes.byref(message))
        check(result in (OK, PENDING), f"SendMessage: {result}")
        self.sent += result == OK
        return result == OK

    def complete(self):
        return self.received == [b"%d %s" % (n, b"x" * (n % 500)) for n in range(MESSAGES)]


class Peer:
    def __init__(self):
        self.handle = Handle()
        self.other = None
        self.connected = self.disconnected = 0
        self.channels = []
        self.callbacks = ConnectionCallbacks(
            1, 5, OnText(lambda message, context: boom(message)), OnPlain(self.on_connected),
            OnPlain(self.on_disconnected), OnTrackAdded(), OnHandle(), OnHandle(self.on_channel),
            OnText(self.on_offer), OnText(self.on_answer), OnCandidate(self.on_candidate), OnPlain())
        call("MLWebRTCConnectionCreate", ctypes.byref(Config()), ctypes.byref(self.callbacks),
             ctypes.byref(self.handle))

    def on_connected(self, context):
        self.connected += 1
        boom("OnConnected")

    def on_disconnected(self, context):
        self.disconnected += 1
        boom("OnDisconnected")

    def on_channel(self, handle, context):
        self.channels.append(Channel(handle))
        boom("OnDataChannelReceived")

    def on_offer(self, offer, context):
        call("MLWebRTCConnectionSetRemoteOffer", self.other.handle, offer)
        boom("OnLocalOfferCreated")

    def on_answer(self, answer, context):
        call("MLWebRTCConnectionSetRemoteAnswer", self.other.handle, answer)
        boom("OnLocalAnswerCreated")

    def on_candidate(self, candidate, context):
        call("MLWebRTCConnectionAddRemoteIceCandidate", self.other.handle, candidate)
        boom("OnLocalIceCandidateFound")

    def process(self):
        call("MLWebRTCConnectionProcessEvents", self.handle)


def interrupt():
    """Ctrl-C is a KeyboardInterrupt of the main thread, as without the library."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
        until(lambda: False, lambda: None, "KeyboardInterrupt")
    except KeyboardInterrupt:
        return


def chat():
    caller, callee = Peer(), Peer()
    caller.other, callee.other = callee, caller
    handle = Handle()
    call("MLWebRTCDataChannelCreate", caller.handle, b"chat", ctypes.byref(handle))
    mine = Channel(handle.value)
    call("MLWebRTCConnectionCreateOffer", caller.handle)

    def pump():
        caller.process()
        callee.process()

    until(lambda: caller.connected and callee.connected and mine.opened and callee.channels
          and callee.channels[0].opened, pump, "connected")
    theirs = callee.channels[0]
    label = ctypes.c_void_p()
    call("MLWebRTCDataChannelGetLabel", theirs.handle, ctypes.byref(label))
    check(ctypes.string_at(label.value) == b"chat", "label")
    call("MLWebRTCDataChannelReleaseLabelMemory", theirs.handle, label)
    interrupt()

    def talk():
        for channel in (mine, theirs):
            for _ in range(20):
                if channel.sent == MESSAGES or not channel.send():
                    break
        interrupt()
        pump()

    until(lambda: len(mine.received) >= MESSAGES and len(theirs.received) >= MESSAGES, talk, "messages")
    check(mine.complete() and theirs.complete(), "messages are complete and in order")

    call("MLWebRTCConnectionDestroy", caller.handle)
    until(lambda: theirs.closed and callee.disconnected, callee.process, "the end of the caller")
    call("MLWebRTCConnectionDestroy", callee.handle)
    check(caller.connected == callee.connected == callee.disconnected == 1, "connected and disconnected once")
    check(mine.opened == theirs.opened == theirs.closed == 1, "opened and closed once")


def main():
    done = threading.Event()

    def collect():
        while not done.is_set():
            gc.collect()
            time.sleep(0)

    debug_messages = []
    on_debug_message = OnDebugMessage(lambda level, message, context: debug_messages.append(message))
    utils = DebugUtils(1, 9, 3, on_debug_message)
    collector = threading.Thread(target=collect)
    collector.start()
    try:
        interrupt()
        call("MLWebRTCInstanceCreateWithDebugUtils", ctypes.byref(utils))
        chat()
        call("MLWebRTCInstanceDestroy")
        silent = len(debug_messages)
        alive = Alive()

        def nothing():
            call("MLWebRTCTestGetAlive", ctypes.byref(alive))
            return not any(getattr(alive, name) for name, _ in Alive._fields_)

        until(nothing, lambda: None, "nothing left")
    finally:
        done.set()
        collector.join()
    check(silent and silent == len(debug_messages), "debug messages came, and ended with the instance")
    check(len(reported) == raised and all(isinstance(one, Boom) for one in reported),
          f"{raised} exceptions in callbacks, reported were {len(reported)}: {set(map(repr, reported))}")
    print(f"test/python: {2 * MESSAGES} messages, {raised} exceptions in callbacks, "
          f"{silent} debug messages")
    print("test/python: OK")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    lib = ctypes.CDLL(os.path.abspath(sys.argv[1]))
    # Handles have 64 bits: without a type ctypes would pass an int as 32.
    lib.MLWebRTCConnectionSetRemoteOffer.argtypes = [Handle, ctypes.c_char_p]
    lib.MLWebRTCConnectionSetRemoteAnswer.argtypes = [Handle, ctypes.c_char_p]
    lib.MLWebRTCDataChannelCreate.argtypes = [Handle, ctypes.c_char_p, ctypes.POINTER(Handle)]
    main()
