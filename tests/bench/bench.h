#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdint.h>

/*
 * What the benchmarks share: a clock, and one way to say a number.
 */

/* Seconds of the monotonic clock, and of CPU time: the process's, this thread's. */
double bench_wall_s(void);
double bench_cpu_s(void);
double bench_thread_cpu_s(void);

/* The process's own peak, in MB (VmHWM). */
double bench_peak_mb(void);

/* One result: {"bench": …, "value": …, "unit": …}. */
void bench_say(const char *name, double value, const char *unit);

#endif
