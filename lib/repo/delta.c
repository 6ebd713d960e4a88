#include "repo/delta.h"

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static size_t read_size(const unsigned char *delta, size_t len, size_t at, uint64_t *size)
{
	*size = 0;
	for (unsigned shift = 0; at < len && shift < 63; shift += 7) {
		unsigned char byte = delta[at++];

		*size |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128))
			return at;
	}
	return 0;
}

size_t delta_sizes(const unsigned char *delta, size_t len, uint64_t *base_size, uint64_t *result_size)
{
	size_t at = read_size(delta, len, 0, base_size);

	return at ? read_size(delta, len, at, result_size) : 0;
}

/* A copy instruction's numbers: one byte for each bit that is set in `op`. */
static const unsigned char *read_copy(unsigned char op, const unsigned char *at, const unsigned char *end,
				      size_t *offset, size_t *len)
{
	if (end - at < __builtin_popcount(op & 127))
		return NULL;
	*offset = 0;
	*len = 0;
	for (unsigned i = 0; i < 4; i++)
		if (op & (1u << i))
			*offset |= (size_t)*at++ << (8 * i);
	for (unsigned i = 0; i < 3; i++)
		if (op & (16u << i))
			*len |= (size_t)*at++ << (8 * i);
	if (!*len)
		*len = 65536;
	return at;
}

int delta_apply(const char *base, size_t base_size, const unsigned char *at, const unsigned char *end,
		char *out, size_t size)
{
	char *out_end = out + size;

	while (at < end) {
		unsigned char op = *at++;
		size_t offset, len = op;

		if (op & 128) {
			at = read_copy(op, at, end, &offset, &len);
			if (!at || offset > base_size || len > base_size - offset ||
			    len > (size_t)(out_end - out))
				return -1;
			memcpy(out, base + offset, len);
		} else {
			/* 0 is reserved. */
			if (!op || len > (size_t)(end - at) || len > (size_t)(out_end - out))
				return -1;
			memcpy(out, at, len);
			at += len;
		}
		out += len;
	}
	return out == out_end ? 0 : -1;
}
