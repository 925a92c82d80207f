/* SPDX-License-Identifier: MIT */
/* What the library uses of Apple's C library and other ones do not have (see c.sh). */
#include <pthread.h>
int pthread_cond_timedwait_relative_np(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *wait);
