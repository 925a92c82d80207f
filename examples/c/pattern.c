#include "pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Textures and ridges repeat with this period, a power of two. */
#define PERIOD 1024
#define AROUND(at) ((unsigned)(at) & (PERIOD - 1))

/* The blocks of a number: 16 for its bits, 8 for a check of them. */
#define BLOCKS 24
#define BLOCKS_ACROSS 48 /* as many would fill the width */
#define BLACK 40
#define WHITE 210

static unsigned check_of(unsigned number) { return (number ^ number >> 8 ^ 0x5a) & 0xff; }

/* --- pictures --------------------------------------------------------------------------- */

static int plane_side(int side, int plane) { return plane == 0 ? side : (side + 1) / 2; }

picture picture_create(int width, int height) {
    size_t luma = (size_t)width * (size_t)height;
    size_t chroma = (size_t)plane_side(width, 1) * (size_t)plane_side(height, 1);
    picture self = {width, height, {malloc(luma + 2 * chroma)}};
    if (self.plane[0] != NULL) {
        memset(self.plane[0], 128, luma + 2 * chroma);
        self.plane[1] = self.plane[0] + luma;
        self.plane[2] = self.plane[1] + chroma;
    }
    return self;
}

void picture_destroy(picture *self) { free(self->plane[0]); }

/* --- the scene -------------------------------------------------------------------------- */

/* From the back to the front. The nearer a layer is, the faster it moves. */
typedef struct layer {
    int speed;     /* pixels from one number to the next */
    int ridge;     /* where it begins at 720 rows, from the top */
    int relief;    /* how much its ridge goes up and down */
    int colour[3]; /* Y, U, V */
    int grain[3];  /* how much its texture shows in each of them */
    int brighter;  /* towards the bottom, per 256 rows */
    int sharp;     /* which texture */
} layer;

static const layer layers[] = {
    {1, 0, 0, {150, 152, 112}, {60, -14, 10}, 60, 0},     /* the sky */
    {2, 260, 180, {112, 140, 118}, {60, 6, -4}, 30, 0},   /* mountains in the haze */
    {4, 400, 140, {84, 118, 120}, {120, -12, 10}, 20, 1}, /* hills */
    {7, 520, 100, {96, 100, 122}, {130, -16, 18}, 30, 1}  /* a meadow */
};
#define LAYERS ((int)(sizeof layers / sizeof *layers))

static int8_t textures[2][PERIOD][PERIOD];
static int16_t ridges[LAYERS][PERIOD];

/* A random number from -1 to 1 that belongs to a point. */
static float random_at(unsigned x, unsigned y) {
    unsigned bits = x * 0x8da6b343u ^ y * 0xd8163841u;
    bits = (bits ^ bits >> 15) * 0x2c1b3c6du;
    bits = (bits ^ bits >> 12) * 0x297a2d39u;
    return (float)((bits ^ bits >> 15) & 0xffff) / 32768 - 1;
}

/* Random numbers on a grid of cells, with smooth passages between them. */
static float smooth_random(unsigned x, unsigned y, unsigned cell) {
    unsigned cells = PERIOD / cell, column = x / cell, row = y / cell;
    float right = (float)(x % cell) / (float)cell, down = (float)(y % cell) / (float)cell;
    right *= right * (3 - 2 * right);
    down *= down * (3 - 2 * down);
    unsigned next_column = (column + 1) % cells, next_row = (row + 1) % cells;
    float top = random_at(column, row) * (1 - right) + random_at(next_column, row) * right;
    float bottom = random_at(column, next_row) * (1 - right) + random_at(next_column, next_row) * right;
    return top * (1 - down) + bottom * down;
}

/* Nature is rough at every scale: fainter by a factor at half the size. -1 to 1. */
static float rough(unsigned x, unsigned y, float fainter) {
    float sum = 0, weight = 1, weights = 0;
    for (unsigned cell = PERIOD / 4; cell >= 2; cell /= 2) {
        sum += smooth_random(x, y, cell) * weight;
        weights += weight;
        weight *= fainter;
    }
    return sum / weights;
}

/* Limited, so that no layer's colours leave the range of a byte. */
static int8_t grain_at(unsigned x, unsigned y, float fainter) {
    return (int8_t)fmaxf(-80, fminf(80, 127 * rough(x, y, fainter)));
}

static void prepare(void) {
    static int ready;
    if (ready) {
        return;
    }
    ready = 1;
    for (unsigned y = 0; y < PERIOD; y++) {
        for (unsigned x = 0; x < PERIOD; x++) {
            textures[0][y][x] = grain_at(x, y, 0.7f);
            textures[1][y][x] = grain_at(x, y, 0.95f);
        }
    }
    for (int of = 0; of < LAYERS; of++) {
        for (unsigned x = 0; x < PERIOD; x++) {
            ridges[of][x] =
                (int16_t)((float)layers[of].ridge + (float)layers[of].relief * rough(x, 77 * (unsigned)of, 0.5f));
        }
    }
}

/* One row of one layer, wherever the layer reaches up to it. step: pixels of the picture per
 * pixel of the plane. */
static void draw_row(uint8_t *row, int width, int step, int y, int scene_y, int of, int plane, unsigned number) {
    const layer *self = &layers[of];
    int colour = self->colour[plane] + (plane == 0 ? (scene_y - self->ridge) * self->brighter / 256 : 0);
    int grain = self->grain[plane];
    for (int x = 0; x < width;) {
        /* As far as texture and ridge go without starting over. */
        unsigned at = AROUND((unsigned)(x * step) + number * (unsigned)self->speed);
        const int8_t *texture = &textures[self->sharp][AROUND(y + 100 * of)][at];
        const int16_t *ridge = &ridges[of][at];
        int end = x + ((int)(PERIOD - at) + step - 1) / step;
        for (int from = 0; x < end && x < width; x++, from += step) {
            row[x] = scene_y >= ridge[from] ? (uint8_t)(colour + (texture[from] * grain >> 7)) : row[x];
        }
    }
}

static void draw_plane(picture *self, int plane, unsigned number) {
    int step = plane == 0 ? 1 : 2;
    int width = plane_side(self->width, plane), height = plane_side(self->height, plane);
    for (int row = 0; row < height; row++) {
        int y = row * step, scene_y = y * 720 / self->height;
        uint8_t *pixels = self->plane[plane] + (size_t)row * (size_t)width;
        for (int of = 0; of < LAYERS; of++) {
            int behind = of + 1 < LAYERS && scene_y >= layers[of + 1].ridge + layers[of + 1].relief;
            int below = scene_y >= layers[of].ridge - layers[of].relief;
            if (below && !behind) {
                draw_row(pixels, width, step, y, scene_y, of, plane, number);
            }
        }
    }
}

void pattern_draw(picture *self, unsigned number) {
    prepare();
    for (int plane = 0; plane < 3; plane++) {
        draw_plane(self, plane, number);
    }
    pattern_write_number(self, number);
}

/* --- the number ------------------------------------------------------------------------- */

void pattern_write_number(picture *self, unsigned number) {
    unsigned bits = (number & 0xffff) << 8 | check_of(number & 0xffff);
    for (int plane = 0; plane < 3; plane++) {
        int width = plane_side(self->width, plane);
        int side = width / BLOCKS_ACROSS;
        for (int y = 0; y < side; y++) {
            uint8_t *row = self->plane[plane] + (size_t)y * (size_t)width;
            for (int block = 0; block < BLOCKS; block++) {
                int bright = bits >> (BLOCKS - 1 - block) & 1;
                int colour = plane != 0 ? 128 : bright ? WHITE : BLACK;
                int begin = block * width / BLOCKS_ACROSS, end = (block + 1) * width / BLOCKS_ACROSS;
                memset(row + begin, colour, (size_t)(end - begin));
            }
        }
    }
}

int pattern_read_number(const uint8_t *luma, int width, int height) {
    int side = width / BLOCKS_ACROSS;
    if (side < 4 || height < side) {
        return -1;
    }
    unsigned bits = 0;
    for (int block = 0; block < BLOCKS; block++) {
        /* Only the middle of a block: its edges are blurred. */
        int sum = 0, count = 0, left = block * width / BLOCKS_ACROSS;
        for (int y = side / 4; y < side - side / 4; y++) {
            for (int x = left + side / 4; x < left + side - side / 4; x++) {
                sum += luma[(size_t)y * (size_t)width + (size_t)x];
                count++;
            }
        }
        bits = bits << 1 | (sum > count * (BLACK + WHITE) / 2);
    }
    unsigned number = bits >> 8;
    return (bits & 0xff) == check_of(number) ? (int)number : -1;
}

/* --- the comparison --------------------------------------------------------------------- */

static uint64_t error_in_full_size(const picture *original, const uint8_t *luma) {
    uint64_t sum = 0;
    for (int y = 0; y < original->height; y++) {
        size_t begin = (size_t)y * (size_t)original->width;
        const uint8_t *left = original->plane[0] + begin, *right = luma + begin;
        unsigned row = 0; /* enough for 66,000 pixels */
        for (int x = 0; x < original->width; x++) {
            int difference = left[x] - right[x];
            row += (unsigned)(difference * difference);
        }
        sum += row;
    }
    return sum;
}

/* The mean of the pixels that one pixel of a smaller copy stands for. */
static int scaled_pixel(const picture *original, int x, int y, int width, int height) {
    int left = x * original->width / width, right = (x + 1) * original->width / width;
    int top = y * original->height / height, bottom = (y + 1) * original->height / height;
    int sum = 0, count = 0;
    for (int row = top; row < bottom; row++) {
        for (int column = left; column < right; column++) {
            sum += original->plane[0][(size_t)row * (size_t)original->width + (size_t)column];
            count++;
        }
    }
    return count > 0 ? (sum + count / 2) / count : 0;
}

double pattern_luma_error(const picture *original, const uint8_t *luma, int width, int height) {
    uint64_t sum = 0;
    if (width == original->width && height == original->height) {
        sum = error_in_full_size(original, luma);
    } else {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int difference =
                    scaled_pixel(original, x, y, width, height) - luma[(size_t)y * (size_t)width + (size_t)x];
                sum += (uint64_t)(difference * difference);
            }
        }
    }
    return (double)sum / width / height;
}

double pattern_psnr(double error) { return error > 0 ? 10 * log10(255.0 * 255.0 / error) : INFINITY; }
