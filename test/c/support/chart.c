/* SPDX-License-Identifier: MIT */
#include "pattern.h"

const colour chart_colours[CHART_ROWS * CHART_COLUMNS] = {
    {235, 235, 235}, {128, 128, 128}, {16, 16, 16},   {250, 10, 10},   {10, 250, 10}, {10, 10, 250},
    {10, 230, 230},  {230, 10, 230},  {230, 230, 10}, {224, 172, 140}, {60, 120, 60}, {90, 130, 200},
};

static const colour *chart_colour(unsigned column, unsigned row) {
    return &chart_colours[row * CHART_COLUMNS + column];
}

static void fill_field(uint8_t *plane, unsigned width, unsigned height, unsigned column, unsigned row, uint8_t value) {
    for (unsigned y = row * height / CHART_ROWS; y < (row + 1) * height / CHART_ROWS; y++) {
        for (unsigned x = column * width / CHART_COLUMNS; x < (column + 1) * width / CHART_COLUMNS; x++) {
            plane[(size_t)y * width + x] = value;
        }
    }
}

void chart_draw(picture *self) {
    for (unsigned row = 0; row < CHART_ROWS; row++) {
        for (unsigned column = 0; column < CHART_COLUMNS; column++) {
            yuv values = yuv_of(*chart_colour(column, row));
            fill_field(self->y, self->width, self->height, column, row, values.y);
            fill_field(self->u, chroma_width(self), chroma_height(self), column, row, values.u);
            fill_field(self->v, chroma_width(self), chroma_height(self), column, row, values.v);
        }
    }
}

/* The mean of the inner quarter of a field; step bytes lie between its pixels. */
static uint8_t field_mean(const uint8_t *plane, unsigned width, unsigned height, unsigned column, unsigned row,
                          unsigned step) {
    unsigned sum = 0;
    unsigned count = 0;
    for (unsigned y = (4 * row + 1) * height / (4 * CHART_ROWS); y < (4 * row + 3) * height / (4 * CHART_ROWS); y++) {
        for (unsigned x = (4 * column + 1) * width / (4 * CHART_COLUMNS);
             x < (4 * column + 3) * width / (4 * CHART_COLUMNS); x++, count++) {
            sum += plane[((size_t)y * width + x) * step];
        }
    }
    CHECK(count > 0);
    return (uint8_t)((sum + count / 2) / count);
}

yuv chart_field(const picture *self, unsigned column, unsigned row) {
    return (yuv){.y = field_mean(self->y, self->width, self->height, column, row, 1),
                 .u = field_mean(self->u, chroma_width(self), chroma_height(self), column, row, 1),
                 .v = field_mean(self->v, chroma_width(self), chroma_height(self), column, row, 1)};
}

colour chart_rgba_field(const uint8_t *rgba, unsigned width, unsigned height, unsigned column, unsigned row) {
    return (colour){.red = field_mean(rgba, width, height, column, row, 4),
                    .green = field_mean(rgba + 1, width, height, column, row, 4),
                    .blue = field_mean(rgba + 2, width, height, column, row, 4)};
}
