#include "common/random.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;
static bool seeded;

static void seed(void)
{
	struct timespec now;

	seeded = true;
#ifdef FEEDD_TEST_HOOKS
	const char *given = getenv("FEEDD_TEST_SEED");

	if (given != NULL) {
		state = strtoull(given, NULL, 10);
		return;
	}
#endif
	if (getrandom(&state, sizeof(state), GRND_NONBLOCK) == (ssize_t)sizeof(state))
		return;
	/* So early after boot that the kernel has none: any spread will do. */
	clock_gettime(CLOCK_REALTIME, &now);
	state = (uint64_t)now.tv_nsec ^ ((uint64_t)now.tv_sec << 30) ^ ((uint64_t)getpid() << 48);
}

uint64_t random_bits(void)
{
	if (!seeded)
		seed();
	return random_next(&state);
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t random_next(uint64_t *own)
{
	uint64_t z = *own += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t random_below(uint64_t limit)
{
	/* The bias of a modulus is below 2^-32 for any limit that we have. */
	return limit == 0 ? 0 : random_bits() % limit;
}
