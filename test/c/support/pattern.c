/* SPDX-License-Identifier: MIT */
#include "pattern.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The scenery lies on a torus, which is panned over. Sums of smooth noise whose strength falls with its frequency have
 * the spectrum of photographs. */
#define LUMA_SIDE 1024u
#define CHROMA_SIDE (LUMA_SIDE / 2)

/* A camera's noise: what is left for the coder once it has found the motion. */
#define GRAIN_MOST 3u
#define GRAIN_PLACES 4096u
#define WIDEST 8192u

static uint8_t *luma;
static uint8_t *chroma_u;
static uint8_t *chroma_v;
static uint8_t *grain; /* one row of noise, longer than the widest picture's rows by GRAIN_PLACES */
static pthread_once_t drawn = PTHREAD_ONCE_INIT;

/* -1 to 1, the same for the same place. */
static float random_at(uint32_t x, uint32_t y, uint32_t seed) {
    uint32_t bits = x * 0x9E3779B1u ^ y * 0x85EBCA77u ^ seed * 0xC2B2AE3Du;
    bits = (bits ^ bits >> 15) * 0x2C1B3C6Du;
    bits = (bits ^ bits >> 12) * 0x297A2D39u;
    bits ^= bits >> 15;
    return (float)bits / 2147483648.0F - 1;
}

static float eased(float part) { return part * part * (3 - 2 * part); }

/* Adds noise with one lattice point in every period pixels. */
static void add_noise(float *plane, unsigned side, unsigned period, float strength, uint32_t seed) {
    unsigned cells = side / period;
    for (unsigned y = 0; y < side; y++) {
        unsigned row = y / period;
        float down = eased((float)(y % period) / (float)period);
        for (unsigned x = 0; x < side; x++) {
            unsigned column = x / period;
            unsigned right = (column + 1) % cells;
            unsigned below = (row + 1) % cells;
            float across = eased((float)(x % period) / (float)period);
            float top = random_at(column, row, seed) * (1 - across) + random_at(right, row, seed) * across;
            float bottom = random_at(column, below, seed) * (1 - across) + random_at(right, below, seed) * across;
            plane[(size_t)y * side + x] += strength * (top * (1 - down) + bottom * down);
        }
    }
}

static uint8_t *noise_plane(unsigned side, float middle, unsigned longest, unsigned shortest, float strength,
                            uint32_t seed) {
    float *sums = calloc((size_t)side * side, sizeof *sums);
    uint8_t *plane = malloc((size_t)side * side);
    CHECK(sums != NULL && plane != NULL);
    for (unsigned period = longest; period >= shortest; period /= 2, strength *= 0.55F) {
        add_noise(sums, side, period, strength, seed++);
    }
    for (size_t at = 0; at < (size_t)side * side; at++) {
        plane[at] = (uint8_t)fminf(fmaxf(middle + sums[at], 60), 190);
    }
    free(sums);
    return plane;
}

static void draw_scenery(void) {
    grain = malloc(WIDEST + GRAIN_PLACES);
    CHECK(grain != NULL);
    for (unsigned at = 0; at < WIDEST + GRAIN_PLACES; at++) {
        grain[at] = (uint8_t)((random_at(at, 0, 300) + 1) * (GRAIN_MOST + 0.49F));
    }
    luma = noise_plane(LUMA_SIDE, 120, 128, 4, 52, 1);
    chroma_u = noise_plane(CHROMA_SIDE, 122, 64, 16, 28, 100);
    chroma_v = noise_plane(CHROMA_SIDE, 132, 64, 16, 28, 200);
}

/* One row of the torus from (x, y) on. */
static void copy_row(uint8_t *to, unsigned width, const uint8_t *torus, unsigned side, unsigned x, unsigned y) {
    const uint8_t *row = torus + (size_t)(y % side) * side;
    for (unsigned done = 0; done < width;) {
        unsigned from = (x + done) % side;
        unsigned size = side - from < width - done ? side - from : width - done;
        memcpy(to + done, row + from, size);
        done += size;
    }
}

static void draw_background(picture *self, unsigned x, unsigned y) {
    for (unsigned row = 0; row < self->height; row++) {
        copy_row(self->y + (size_t)row * self->width, self->width, luma, LUMA_SIDE, x, y + row);
    }
    for (unsigned row = 0; row < chroma_height(self); row++) {
        size_t at = (size_t)row * chroma_width(self);
        copy_row(self->u + at, chroma_width(self), chroma_u, CHROMA_SIDE, x / 2, y / 2 + row);
        copy_row(self->v + at, chroma_width(self), chroma_v, CHROMA_SIDE, x / 2, y / 2 + row);
    }
}

/* Every row of every frame has its noise from another place. */
static void add_grain(picture *self, unsigned number) {
    uint32_t state = number * 2654435761u + 1;
    for (unsigned y = 0; y < self->height; y++) {
        state = state * 1664525u + 1013904223u;
        const uint8_t *from = grain + (state >> 16) % GRAIN_PLACES;
        uint8_t *row = self->y + (size_t)y * self->width;
        for (unsigned x = 0; x < self->width; x++) {
            row[x] = (uint8_t)(row[x] + from[x] - GRAIN_MOST);
        }
    }
}

typedef struct span {
    unsigned from;
    unsigned to;
} span;

/* The part of a row that a disc covers. */
static span disc_span(double x, double y, double radius, unsigned row, unsigned width) {
    double half = radius * radius - (row + 0.5 - y) * (row + 0.5 - y);
    if (half <= 0) {
        return (span){0, 0};
    }
    half = sqrt(half);
    double from = fmin(fmax(x - half, 0), width);
    double to = fmin(fmax(x + half, 0), width);
    return (span){(unsigned)from, (unsigned)to};
}

/* A disc with scenery of its own, that moves with it. */
static void draw_disc(picture *self, double x, double y, double radius, int brighter, uint8_t u, uint8_t v) {
    unsigned place_x = LUMA_SIDE * 4 - (unsigned)(int)x;
    unsigned place_y = LUMA_SIDE * 4 - (unsigned)(int)y;
    for (unsigned row = 0; row < self->height; row++) {
        span part = disc_span(x, y, radius, row, self->width);
        uint8_t *line = self->y + (size_t)row * self->width;
        const uint8_t *from = luma + (size_t)((place_y + row) % LUMA_SIDE) * LUMA_SIDE;
        for (unsigned at = part.from; at < part.to; at++) {
            line[at] = (uint8_t)(from[(place_x + at) % LUMA_SIDE] + brighter);
        }
    }
    for (unsigned row = 0; row < chroma_height(self); row++) {
        span part = disc_span(x / 2, y / 2, radius / 2, row, chroma_width(self));
        size_t at = (size_t)row * chroma_width(self) + part.from;
        memset(self->u + at, u, part.to - part.from);
        memset(self->v + at, v, part.to - part.from);
    }
}

/* The number stands in two rows of cells at the top, a sixteenth of the height each. A bit is the difference between
 * its two cells, so that no brightness has to be known; and Gray's code changes one of them from number to number, so
 * that the coder has little work. */
#define ID_BITS 4u
#define CELLS (NUMBER_BITS + ID_BITS)
#define CELL_ROWS 16u
#define CELL_BLACK 16
#define CELL_WHITE 235
#define CONTRAST_LEAST 70

static void draw_cell(picture *self, unsigned column, unsigned row, bool bright) {
    unsigned left = column * self->width / CELLS;
    unsigned right = (column + 1) * self->width / CELLS;
    for (unsigned y = row * self->height / CELL_ROWS; y < (row + 1) * self->height / CELL_ROWS; y++) {
        memset(self->y + (size_t)y * self->width + left, bright ? CELL_WHITE : CELL_BLACK, right - left);
        size_t at = (size_t)(y / 2) * chroma_width(self) + left / 2;
        memset(self->u + at, 128, right / 2 - left / 2);
        memset(self->v + at, 128, right / 2 - left / 2);
    }
}

static void draw_number(picture *self, unsigned stream, unsigned number) {
    number &= NUMBER_MASK;
    uint32_t bits = (number ^ number >> 1) << ID_BITS | stream;
    for (unsigned column = 0; column < CELLS; column++) {
        bool set = bits >> (CELLS - 1 - column) & 1;
        draw_cell(self, column, 0, set);
        draw_cell(self, column, 1, !set);
    }
}

/* The mean of the inner half of a cell. */
static int cell_mean(const picture *self, unsigned column, unsigned row) {
    unsigned left = (4 * column + 1) * self->width / (4 * CELLS);
    unsigned right = (4 * column + 3) * self->width / (4 * CELLS);
    unsigned top = (4 * row + 1) * self->height / (4 * CELL_ROWS);
    unsigned bottom = (4 * row + 3) * self->height / (4 * CELL_ROWS);
    unsigned sum = 0;
    unsigned count = 0;
    for (unsigned y = top; y <= bottom - (bottom > top); y++) {
        for (unsigned x = left; x <= right - (right > left); x++, count++) {
            sum += self->y[(size_t)y * self->width + x];
        }
    }
    return (int)(sum / count);
}

bool pattern_read(const picture *self, unsigned *stream, unsigned *number) {
    if (self->width < CELLS || self->height < CELL_ROWS) {
        return false;
    }
    uint32_t bits = 0;
    for (unsigned column = 0; column < CELLS; column++) {
        int difference = cell_mean(self, column, 0) - cell_mean(self, column, 1);
        if (abs(difference) < CONTRAST_LEAST) {
            return false;
        }
        bits = bits << 1 | (difference > 0);
    }
    *stream = bits & ((1u << ID_BITS) - 1);
    unsigned gray = bits >> ID_BITS;
    *number = 0;
    for (; gray != 0; gray >>= 1) {
        *number ^= gray;
    }
    return true;
}

bool pattern_is_numbered(unsigned width, unsigned height) { return width >= 4 * CELLS && height >= 4 * CELL_ROWS; }

void pattern_draw(picture *self, unsigned stream, unsigned number) {
    CHECK(stream < STREAMS_MOST);
    CHECK(pthread_once(&drawn, draw_scenery) == 0);
    bool numbered = pattern_is_numbered(self->width, self->height);
    if (!numbered) {
        number = 0;
    }
    /* A pan in whole chroma pixels; the discs take a few seconds from side to side. */
    double time = number / 40.0 + stream;
    double width = self->width;
    double height = self->height;
    draw_background(self, 2 * number + 150 * stream, 2 * (unsigned)(100 + 60 * sin(time / 3)) + 70 * stream);
    draw_disc(self, width * (0.5 + 0.4 * sin(time)), height * (0.6 + 0.2 * cos(time)), height / 6, 40, 100, 170);
    draw_disc(self, width * (0.4 + 0.3 * cos(0.7 * time)), height * (0.5 + 0.3 * sin(0.9 * time)), height / 8, -40, 160,
              90);
    draw_disc(self, width * (0.7 + 0.2 * cos(1.3 * time)), height * (0.7 + 0.2 * sin(1.1 * time)), height / 10, 20, 90,
              100);
    add_grain(self, number);
    if (numbered) {
        draw_number(self, stream, number);
    }
}

unsigned number_now(unsigned frames_per_second) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t microseconds = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    return (unsigned)(microseconds * frames_per_second / 1000000) & NUMBER_MASK;
}

unsigned frames_behind(unsigned number, unsigned frames_per_second) {
    return (number_now(frames_per_second) - number) & NUMBER_MASK;
}
