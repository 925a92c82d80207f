#include "internal/picture/import.h"

#include <libyuv.h>
#include <string.h>

typedef ImagePlaneInfoNative plane;

/* Bytes from the first pixel to the last one's end, with rows of row_bytes. */
static uint64_t extent(uint64_t rows, uint64_t stride, uint64_t row_bytes) { return (rows - 1) * stride + row_bytes; }

static bool sane(const plane *given) {
    return given->image_data_ptr != NULL && given->width >= 1 && given->width <= ML_PICTURE_SIDE_MOST &&
           given->height >= 1 && given->height <= ML_PICTURE_SIDE_MOST && given->stride <= INT32_MAX;
}

static bool has(const plane *given, uint64_t rows, uint64_t row_bytes) {
    return given->stride >= row_bytes && extent(rows, given->stride, row_bytes) <= given->size;
}

/* How the chroma of a YUV frame lies in memory. */
typedef enum chroma_layout {
    CHROMA_IMPOSSIBLE,
    CHROMA_PLANAR,
    CHROMA_UV,   /* one plane of U and V in turn */
    CHROMA_VU,   /* or of V and U */
    CHROMA_STEPS /* two planes, each with a gap after every pixel */
} chroma_layout;

/* Interleaved planes overlap, and callers count the bytes of each from its own first one: what may be
 * read is what the two cover together. */
static bool has_interleaved(const plane *first, const plane *second, uint64_t rows, uint64_t columns) {
    uint64_t readable = first->size;
    if (second->size + UINT64_C(1) > readable) {
        readable = second->size + UINT64_C(1);
    }
    return first->stride == second->stride && first->stride >= 2 * columns &&
           extent(rows, first->stride, 2 * columns) <= readable;
}

/* The planes have at least the rows and columns of the luma's halves (rounded up). */
static chroma_layout layout_of(const plane *u, const plane *v, uint64_t rows, uint64_t columns) {
    uintptr_t at_u = (uintptr_t)u->image_data_ptr;
    uintptr_t at_v = (uintptr_t)v->image_data_ptr;
    /* Planes of a single pixel can be neighbours too. */
    bool single = rows == 1 && columns == 1 && u->bytes_per_pixel == 1;
    if (at_v - at_u == 1 && !single) {
        return has_interleaved(u, v, rows, columns) ? CHROMA_UV : CHROMA_IMPOSSIBLE;
    }
    if (at_u - at_v == 1 && !single) {
        return has_interleaved(v, u, rows, columns) ? CHROMA_VU : CHROMA_IMPOSSIBLE;
    }
    if (u->bytes_per_pixel == 2 && has(u, rows, 2 * columns - 1) && has(v, rows, 2 * columns - 1)) {
        return CHROMA_STEPS;
    }
    return has(u, rows, columns) && has(v, rows, columns) ? CHROMA_PLANAR : CHROMA_IMPOSSIBLE;
}

static void gather(uint8_t *to, const plane *from, uint32_t rows, uint32_t columns) {
    for (uint32_t row = 0; row < rows; row++) {
        const uint8_t *line = (const uint8_t *)from->image_data_ptr + (uint64_t)row * from->stride;
        for (uint32_t column = 0; column < columns; column++) {
            *to++ = line[2 * column];
        }
    }
}

static void convert_yuv(ml_picture *picture, const plane *planes, chroma_layout layout) {
    const uint8_t *y = planes[0].image_data_ptr;
    const uint8_t *u = planes[1].image_data_ptr;
    const uint8_t *v = planes[2].image_data_ptr;
    int stride_y = (int)planes[0].stride;
    int stride_u = (int)planes[1].stride;
    int stride_v = (int)planes[2].stride;
    int width = (int)picture->width;
    int height = (int)picture->height;
    int chroma = (int)ml_picture_chroma(picture->width);
    switch (layout) {
    case CHROMA_PLANAR:
        I420Copy(y, stride_y, u, stride_u, v, stride_v, picture->y, width, picture->u, chroma, picture->v, chroma,
                 width, height);
        break;
    case CHROMA_UV:
        NV12ToI420(y, stride_y, u, stride_u, picture->y, width, picture->u, chroma, picture->v, chroma, width, height);
        break;
    case CHROMA_VU:
        NV21ToI420(y, stride_y, v, stride_v, picture->y, width, picture->u, chroma, picture->v, chroma, width, height);
        break;
    case CHROMA_STEPS:
        CopyPlane(y, stride_y, picture->y, width, width, height);
        gather(picture->u, &planes[1], ml_picture_chroma(picture->height), (uint32_t)chroma);
        gather(picture->v, &planes[2], ml_picture_chroma(picture->height), (uint32_t)chroma);
        break;
    case CHROMA_IMPOSSIBLE:
        break;
    }
}

static bool chroma_step(const plane *given) { return given->bytes_per_pixel == 1 || given->bytes_per_pixel == 2; }

static uint32_t larger(uint32_t one, uint32_t other) { return one > other ? one : other; }

/* The sides that chroma planes must have room for: those of the picture, and their own. Some callers halve
 * odd sides to the lower number; 0: neither that nor more. */
static uint32_t chroma_side(uint32_t side, uint32_t of_u, uint32_t of_v) {
    bool halved = of_u >= side / 2 && of_v >= side / 2;
    return halved ? larger(ml_picture_chroma(side), larger(of_u, of_v)) : 0;
}

static MLResult import_yuv(const plane *planes, ml_picture **picture) {
    if (!sane(&planes[0]) || !sane(&planes[1]) || !sane(&planes[2])) {
        return MLResult_InvalidParam;
    }
    uint32_t width = planes[0].width;
    uint32_t height = planes[0].height;
    if (planes[0].bytes_per_pixel != 1 || !has(&planes[0], height, width) || !chroma_step(&planes[1]) ||
        planes[1].bytes_per_pixel != planes[2].bytes_per_pixel) {
        return MLResult_InvalidParam;
    }
    uint32_t rows = chroma_side(height, planes[1].height, planes[2].height);
    uint32_t columns = chroma_side(width, planes[1].width, planes[2].width);
    chroma_layout layout = CHROMA_IMPOSSIBLE;
    if (rows != 0 && columns != 0) {
        layout = layout_of(&planes[1], &planes[2], rows, columns);
    }
    if (layout == CHROMA_IMPOSSIBLE) {
        return MLResult_InvalidParam;
    }
    *picture = ml_picture_new(width, height);
    if (*picture == NULL) {
        return MLResult_AllocFailed;
    }
    convert_yuv(*picture, planes, layout);
    return MLResult_Ok;
}

static MLResult import_rgba(const plane *given, ml_picture **picture) {
    if (!sane(given) || given->bytes_per_pixel != 4 || !has(given, given->height, UINT64_C(4) * given->width)) {
        return MLResult_InvalidParam;
    }
    ml_picture *made = *picture = ml_picture_new(given->width, given->height);
    if (made == NULL) {
        return MLResult_AllocFailed;
    }
    int chroma = (int)ml_picture_chroma(made->width);
    /* libyuv names formats by the order in a little-endian word: these bytes are R, G, B, A. */
    ABGRToI420(given->image_data_ptr, (int)given->stride, made->y, (int)made->width, made->u, chroma, made->v, chroma,
               (int)made->width, (int)made->height);
    return MLResult_Ok;
}

MLResult ml_picture_import(const MLWebRTCFrame *frame, ml_picture **picture) {
    *picture = NULL;
    const MLWebRTCFramePlanes *given = frame->frame_data;
    plane planes[3]; /* copied: what is checked is what is used, whatever the host does meanwhile */
    MLResult result;
    switch (frame->format) {
    case MLWebRTCOutputFormat_YUV_420_888:
        if (given->plane_count != 3) {
            return MLResult_WebRTCInvalidFramePlaneCount;
        }
        memcpy(planes, given->image_planes, 3 * sizeof *planes);
        result = import_yuv(planes, picture);
        break;
    case MLWebRTCOutputFormat_RGBA_8888:
        if (given->plane_count != 1) {
            return MLResult_WebRTCInvalidFramePlaneCount;
        }
        memcpy(planes, given->image_planes, sizeof *planes);
        result = import_rgba(planes, picture);
        break;
    case MLWebRTCOutputFormat_NativeBuffer:
        return MLResult_WebRTCSendNativeFrameError;
    default:
        return MLResult_WebRTCInvalidFrameFormat;
    }
    if (result == MLResult_Ok) {
        (*picture)->time_us = frame->time_stamp;
    }
    return result;
}
