#include "repo/bloom.h"

static uint32_t rotate(uint32_t x, int by)
{
	return x << by | x >> (32 - by);
}

static uint32_t scramble(uint32_t k)
{
	return rotate(k * 0xcc9e2d51, 15) * 0x1b873593;
}

/* A byte as the filter's writer widened it. */
static uint32_t wide(char c, bool as_signed)
{
	return as_signed ? (uint32_t)(signed char)c : (unsigned char)c;
}

/*
 * MurmurHash3, 32 bits. With `as_signed` it has the historical fault of
 * git's filters of version 1: bytes from 0x80 on are sign-extended.
 */
static uint32_t murmur3(uint32_t hash, const char *data, size_t len, bool as_signed)
{
	const char *end = data + len;
	uint32_t tail = 0;

	for (; end - data >= 4; data += 4) {
		uint32_t k = wide(data[0], as_signed) | wide(data[1], as_signed) << 8 |
			     wide(data[2], as_signed) << 16 | wide(data[3], as_signed) << 24;

		hash = rotate(hash ^ scramble(k), 13) * 5 + 0xe6546b64;
	}
	for (int i = 0; i < end - data; i++)
		tail ^= wide(data[i], as_signed) << (8 * i);
	if (data < end)
		hash ^= scramble(tail);
	hash ^= (uint32_t)len;
	hash = (hash ^ hash >> 16) * 0x85ebca6b;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35;
	return hash ^ hash >> 16;
}

void bloom_key_init(struct bloom_key *key, const char *path, size_t len)
{
	static const uint32_t seeds[2] = { 0x293ae76f, 0x7e646e2c };

	for (size_t i = 0; i < 2; i++) {
		key->as_signed[i] = murmur3(seeds[i], path, len, true);
		key->as_unsigned[i] = murmur3(seeds[i], path, len, false);
	}
}

static bool holds(const struct bloom_filter *filter, const uint32_t *hash)
{
	uint32_t at = hash[0];

	for (uint32_t i = 0; i < filter->nhashes; i++, at += hash[1]) {
		uint32_t bit = at % filter->nbits;

		if (!(filter->bits[bit >> 3] >> (bit & 7) & 1))
			return false;
	}
	return true;
}

bool bloom_maybe(const struct bloom_filter *filter, const struct bloom_key *key)
{
	if (!filter->nbits)
		return true;
	if (filter->version == 1 && holds(filter, key->as_signed))
		return true;
	/* Version 1 does not say whether its writer's char was signed. */
	if (filter->version == 1 && !memcmp(key->as_signed, key->as_unsigned, sizeof(key->as_signed)))
		return false;
	return holds(filter, key->as_unsigned);
}
