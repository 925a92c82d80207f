#include "sha256.h"

#include <stdio.h>
#include <string.h>

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t value, unsigned by) { return value >> by | value << (32 - by); }

static void compress(sha256 *hash) {
    uint32_t word[64];
    for (unsigned at = 0; at < 16; at++) {
        const uint8_t *byte = hash->block + 4 * at;
        word[at] = (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
    }
    for (unsigned at = 16; at < 64; at++) {
        uint32_t near = word[at - 2], far = word[at - 15];
        word[at] = word[at - 16] + word[at - 7] + (rotate(far, 7) ^ rotate(far, 18) ^ far >> 3) +
                   (rotate(near, 17) ^ rotate(near, 19) ^ near >> 10);
    }
    uint32_t s[8];
    memcpy(s, hash->state, sizeof s);
    for (unsigned at = 0; at < 64; at++) {
        uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint32_t first =
            s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + choice + round_constants[at] + word[at];
        uint32_t second = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + majority;
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += first;
        s[0] = first + second;
    }
    for (unsigned at = 0; at < 8; at++) {
        hash->state[at] += s[at];
    }
}

void sha256_begin(sha256 *hash) {
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(hash->state, start, sizeof start);
    hash->size = 0;
}

void sha256_add(sha256 *hash, const void *data, size_t size) {
    const uint8_t *byte = data;
    while (size > 0) {
        size_t at = hash->size % 64;
        size_t part = size < 64 - at ? size : 64 - at;
        memcpy(hash->block + at, byte, part);
        hash->size += part;
        byte += part;
        size -= part;
        if (hash->size % 64 == 0) {
            compress(hash);
        }
    }
}

void sha256_end(sha256 *hash, char out[65]) {
    uint64_t bits = hash->size * 8;
    uint8_t tail[8];
    for (unsigned at = 0; at < 8; at++) {
        tail[at] = (uint8_t)(bits >> (56 - 8 * at));
    }
    sha256_add(hash, "\x80", 1);
    while (hash->size % 64 != 56) {
        sha256_add(hash, "", 1);
    }
    sha256_add(hash, tail, 8);
    for (unsigned at = 0; at < 8; at++) {
        snprintf(out + 8 * at, 9, "%08x", hash->state[at]);
    }
}
