#ifndef BORDER_CHECK_H
#define BORDER_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#define CHECK_EQUAL(got, wanted)                                                                                       \
    do {                                                                                                               \
        int64_t is = (int64_t)(got);                                                                                   \
        int64_t should = (int64_t)(wanted);                                                                            \
        if (is != should) {                                                                                            \
            fprintf(stderr, "%s:%d: %s is %" PRId64 ", not %" PRId64 "\n", __FILE__, __LINE__, #got, is, should);      \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#endif
