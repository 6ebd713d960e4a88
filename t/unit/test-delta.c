#include "unit.h"

#include "repo/delta.h"

#define BASE "0123456789abcdef"

/* Applies a delta from memory of just its size; NULL when it is refused. Owned by the caller. */
static char *applied(const char *delta, size_t len)
{
	unsigned char *held = xmalloc(len ? len : 1);
	uint64_t base_size, size;
	char *out = NULL;
	size_t at;

	memcpy(held, delta, len);
	at = delta_sizes(held, len, &base_size, &size);
	if (at && base_size == strlen(BASE) && size <= 1 << 20) {
		out = xcalloc(size + 1, 1);
		if (delta_apply(BASE, strlen(BASE), held + at, held + len, out, size)) {
			free(out);
			out = NULL;
		}
	}
	free(held);
	return out;
}

#define assert_applied(delta, expected)                        \
	do {                                                   \
		char *out = applied(delta, sizeof(delta) - 1); \
		assert_non_null(out);                          \
		assert_string_equal(out, expected);            \
		free(out);                                     \
	} while (0)

#define assert_refused(delta) assert_null(applied(delta, sizeof(delta) - 1))

static void test_instructions(void **state UNUSED)
{
	assert_applied("\x10\x04\x90\x04", "0123");
	assert_applied("\x10\x04\x91\x0c\x04", "cdef");
	assert_applied("\x10\x03\x03xyz", "xyz");
	assert_applied("\x10\x07\x91\x0a\x03\x04-xyz", "abc-xyz");
	assert_applied("\x10\x10\x90\x10", BASE);
	/* All four bytes of the offset and all three of the length. */
	assert_applied("\x10\x02\xff\x0e\x00\x00\x00\x02\x00\x00", "ef");
	assert_applied("\x10\x00", "");
}

static void test_sizes_of_several_bytes(void **state UNUSED)
{
	uint64_t base_size, size;

	assert_int_equal(delta_sizes((const unsigned char *)"\x80\x01\xff\xff\x03", 5, &base_size, &size), 5);
	assert_int_equal(base_size, 128);
	assert_int_equal(size, 65535);
}

static void test_malformed_deltas_are_refused(void **state UNUSED)
{
	assert_refused("");
	assert_refused("\x10");
	assert_refused("\x90");
	/* A size that never ends. */
	assert_refused("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
	/* The reserved instruction. */
	assert_refused("\x10\x04\x00");
	/* A copy from beyond the base, from its end on, and of more than is left. */
	assert_refused("\x10\x04\x91\x11\x04");
	assert_refused("\x10\x04\x91\x0d\x04");
	assert_refused("\x10\x04\x9f\xff\xff\xff\xff\x04");
	/* More than the result takes, and less than it wants. */
	assert_refused("\x10\x03\x90\x04");
	assert_refused("\x10\x05\x90\x04");
	assert_refused("\x10\x02\x03xyz");
	assert_refused("\x10\x04");
	/* Cut off within an instruction. */
	assert_refused("\x10\x04\x91");
	assert_refused("\x10\x04\x91\x0c");
	assert_refused("\x10\x03\x03xy");
	/* A length of 0 means 65536. */
	assert_refused("\x10\x04\x80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_instructions),
		cmocka_unit_test(test_sizes_of_several_bytes),
		cmocka_unit_test(test_malformed_deltas_are_refused),
	};

	return cmocka_run_group_tests_name("delta", tests, NULL, NULL);
}
