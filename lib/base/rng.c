#include "base/rng.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream)
{
	/*
	 * One after the other, each through the whole of splitmix: xoshiro is linear, and
	 * states that are a xor of what follows from each alone give streams that go together.
	 */
	uint64_t x = seed, y = splitmix(&x) + stream;

	x = splitmix(&y);
	for (size_t i = 0; i < 4; i++)
		rng->state[i] = splitmix(&x);
	/* Of all states this one alone would stay as it is. */
	if (!(rng->state[0] | rng->state[1] | rng->state[2] | rng->state[3]))
		rng->state[0] = 1;
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t *s = rng->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

double rng_double(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t rng_below(struct rng *rng, uint64_t limit)
{
	uint64_t x, skip;

	if (!limit)
		BUG("a random number below 0");
	/* The first values are left out, so that the rest is a multiple of `limit`. */
	skip = -limit % limit;
	do
		x = rng_next(rng);
	while (x < skip);
	return x % limit;
}

double rng_normal(struct rng *rng)
{
	double u = 1 - rng_double(rng), v = rng_double(rng);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}
