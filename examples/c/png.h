/* PNG (ISO/IEC 15948), as much of it as the demo needs: pictures are stored, not compressed. */
#ifndef PNG_H
#define PNG_H

#include <stdint.h>

/* Writes red, green, blue and alpha, in rows without padding; width is at most 16,383. 0 if all went well. */
int png_write(const char *path, const uint8_t *rgba, uint32_t width, uint32_t height);

#endif
