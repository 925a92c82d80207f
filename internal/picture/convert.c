#include <libyuv.h>
#include <string.h>

#include "internal/picture/picture.h"

static void copy_description(ml_picture *to, const ml_picture *from) {
    to->flags = from->flags;
    to->time_us = from->time_us;
    to->captured_ns = from->captured_ns;
}

static int chroma_stride(const ml_picture *picture) { return (int)ml_picture_chroma(picture->width); }

ml_picture *ml_picture_scale(const ml_picture *picture, uint32_t width, uint32_t height) {
    ml_picture *scaled = ml_picture_new(width, height);
    if (scaled == NULL) {
        return NULL;
    }
    copy_description(scaled, picture);
    int failed =
        I420Scale(picture->y, (int)picture->width, picture->u, chroma_stride(picture), picture->v,
                  chroma_stride(picture), (int)picture->width, (int)picture->height, scaled->y, (int)width, scaled->u,
                  chroma_stride(scaled), scaled->v, chroma_stride(scaled), (int)width, (int)height, kFilterBox);
    if (failed != 0) {
        ml_picture_release(scaled);
        return NULL;
    }
    return scaled;
}

ml_picture *ml_picture_rotate(const ml_picture *picture, int degrees_clockwise) {
    bool lies = degrees_clockwise == 90 || degrees_clockwise == 270;
    ml_picture *turned =
        ml_picture_new(lies ? picture->height : picture->width, lies ? picture->width : picture->height);
    if (turned == NULL) {
        return NULL;
    }
    copy_description(turned, picture);
    int failed = I420Rotate(picture->y, (int)picture->width, picture->u, chroma_stride(picture), picture->v,
                            chroma_stride(picture), turned->y, (int)turned->width, turned->u, chroma_stride(turned),
                            turned->v, chroma_stride(turned), (int)picture->width, (int)picture->height,
                            (enum RotationMode)degrees_clockwise);
    if (failed != 0) {
        ml_picture_release(turned);
        return NULL;
    }
    return turned;
}

ml_picture *ml_picture_black(uint32_t width, uint32_t height) {
    ml_picture *black = ml_picture_new(width, height);
    if (black != NULL) {
        size_t chroma = (size_t)ml_picture_chroma(width) * ml_picture_chroma(height);
        memset(black->y, 16, (size_t)width * height);
        memset(black->u, 128, 2 * chroma); /* and v, right behind it */
    }
    return black;
}

void ml_picture_to_rgba(const ml_picture *picture, uint8_t *rgba) {
    /* libyuv names formats by the order in a little-endian word. */
    I420ToABGR(picture->y, (int)picture->width, picture->u, chroma_stride(picture), picture->v, chroma_stride(picture),
               rgba, (int)picture->width * 4, (int)picture->width, (int)picture->height);
}
