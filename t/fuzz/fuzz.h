/*
 * What every fuzzer has: the entry point of libFuzzer, a check that ends the
 * run, and copies of input in blocks of their own, so that a byte too far is
 * seen.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/error.h"

#define REQUIRE(holds)                                \
	do {                                          \
		if (!(holds))                         \
			BUG("%s", "not so: " #holds); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Exactly these bytes. */
static inline char *fuzz_copy(const void *data, size_t len)
{
	char *text = xmalloc(len);

	if (len)
		memcpy(text, data, len);
	return text;
}

/* Text up to the first NUL of the input. */
static inline char *fuzz_string(const void *data, size_t len)
{
	return xmemdupz(data, strnlen(data, len));
}

#endif
