/* Writes what a page sends into files that any player plays: pictures as YUV4MPEG2, sound as WAVE. */
#ifndef RECORDER_H
#define RECORDER_H

#include <ml_webrtc.h>

typedef struct recorder recorder;

/* Files page-ID.y4m and page-ID.wav in a folder, begun with the first picture and the first sound; a NULL folder:
 * nothing is written. */
recorder *recorder_open(const char *folder, int id);
void recorder_close(recorder *self);

/* Half as large, ten a second, for a minute at most. Pictures of another size than the first one are left out. */
void recorder_picture(recorder *self, const MLWebRTCFramePlanes *planes, double time);

/* From any thread; ten minutes at most. */
void recorder_sound(recorder *self, const int16_t *samples, uint32_t frames, uint32_t channels);

/* How loud it was since the last call, in dB of full scale. */
double recorder_level(recorder *self);

#endif
