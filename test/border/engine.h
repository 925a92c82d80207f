/*
 * A stand-in for the Go engine, in C, so that the whole border can run under the
 * sanitizers: each data channel opens at once and gives back what it is sent, and so
 * do the tracks (tracks.h).
 */
#ifndef FAKE_ENGINE_H
#define FAKE_ENGINE_H

/* Starts the threads that serve requests. */
void engine_start(void);

#endif
