#include "png.h"

#include <stdio.h>
#include <string.h>

typedef struct chunk {
    FILE *file;
    uint32_t crc;
} chunk;

static void put_number(uint8_t to[4], uint32_t number) {
    for (int at = 0; at < 4; at++) {
        to[at] = (uint8_t)(number >> (24 - 8 * at));
    }
}

static uint32_t crc32(uint32_t crc, const uint8_t *data, size_t size) {
    for (size_t at = 0; at < size; at++) {
        crc ^= data[at];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return crc;
}

static uint32_t adler32(uint32_t adler, const uint8_t *data, size_t size) {
    uint32_t low = adler & 0xffff, high = adler >> 16;
    for (size_t at = 0; at < size; at++) {
        low = (low + data[at]) % 65521;
        high = (high + low) % 65521;
    }
    return high << 16 | low;
}

static void chunk_add(chunk *self, const void *data, size_t size) {
    self->crc = crc32(self->crc, data, size);
    fwrite(data, 1, size, self->file);
}

static void chunk_begin(chunk *self, FILE *file, const char *name, uint32_t size) {
    uint8_t length[4];
    put_number(length, size);
    fwrite(length, 1, sizeof length, file);
    *self = (chunk){file, 0xffffffff};
    chunk_add(self, name, 4);
}

static void chunk_end(chunk *self) {
    uint8_t crc[4];
    put_number(crc, ~self->crc);
    fwrite(crc, 1, sizeof crc, self->file);
}

static void write_header(FILE *file, uint32_t width, uint32_t height) {
    uint8_t fields[13] = {0};
    put_number(fields, width);
    put_number(fields + 4, height);
    fields[8] = 8; /* bits a sample */
    fields[9] = 6; /* red, green, blue, alpha */
    chunk part;
    chunk_begin(&part, file, "IHDR", sizeof fields);
    chunk_add(&part, fields, sizeof fields);
    chunk_end(&part);
}

/* A zlib stream (RFC 1950) of stored blocks (RFC 1951), one for each row of the picture. */
static void write_pixels(FILE *file, const uint8_t *rgba, uint32_t width, uint32_t height) {
    uint32_t row_size = 1 + 4 * width; /* a row begins with its filter: 0, none */
    uint32_t adler = 1;
    chunk part;
    chunk_begin(&part, file, "IDAT", 2 + height * (5 + row_size) + 4);
    chunk_add(&part, "\x78\x01", 2);
    for (uint32_t y = 0; y < height; y++) {
        const uint8_t *row = rgba + (size_t)y * width * 4;
        uint8_t begin[6] = {y + 1 == height,    (uint8_t)row_size,         (uint8_t)(row_size >> 8),
                            (uint8_t)~row_size, (uint8_t)(~row_size >> 8), 0};
        chunk_add(&part, begin, sizeof begin);
        chunk_add(&part, row, (size_t)width * 4);
        adler = adler32(adler32(adler, begin + 5, 1), row, (size_t)width * 4);
    }
    uint8_t sum[4];
    put_number(sum, adler);
    chunk_add(&part, sum, sizeof sum);
    chunk_end(&part);
}

int png_write(const char *path, const uint8_t *rgba, uint32_t width, uint32_t height) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return -1;
    }
    fwrite("\x89PNG\r\n\x1a\n", 1, 8, file);
    write_header(file, width, height);
    write_pixels(file, rgba, width, height);
    chunk end;
    chunk_begin(&end, file, "IEND", 0);
    chunk_end(&end);
    int failed = ferror(file);
    return fclose(file) != 0 || failed ? -1 : 0;
}
