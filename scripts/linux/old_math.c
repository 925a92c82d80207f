/* SPDX-License-Identifier: MIT */
/* The functions of libm that have a newer version than the rest of what the library calls. Linked with --wrap, these
 * take their first version, which differs from the newer one only in what it does for matherr(). */
#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST "GLIBC_2.17"
#else
#error "the first version of libm's functions on this processor is not known"
#endif

__asm__(".symver first_exp, exp@" FIRST);
__asm__(".symver first_log, log@" FIRST);
__asm__(".symver first_pow, pow@" FIRST);
__asm__(".symver first_logf, logf@" FIRST);

double first_exp(double x);
double first_log(double x);
double first_pow(double x, double y);
float first_logf(float x);

double __wrap_exp(double x) { return first_exp(x); }
double __wrap_log(double x) { return first_log(x); }
double __wrap_pow(double x, double y) { return first_pow(x, y); }
float __wrap_logf(float x) { return first_logf(x); }
