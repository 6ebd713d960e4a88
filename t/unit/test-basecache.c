#include "unit.h"

#include "repo/basecache.h"

#define LIMIT ((size_t)1 << 20)

static struct base_cache cache;

static int set_up(void **state UNUSED)
{
	base_cache_init(&cache, LIMIT);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	base_cache_release(&cache);
	return 0;
}

static struct base_entry *add(uint32_t pack, uint64_t offset, size_t size)
{
	struct base_entry *e = base_entry_new(size);

	assert_non_null(e);
	e->pack = pack;
	e->offset = offset;
	e->kind = OBJECT_BLOB;
	e->size = size;
	memset(e->data, (int)(offset % 251), size);
	base_cache_add(&cache, e);
	return e;
}

static void test_found_by_pack_and_offset(void **state UNUSED)
{
	struct base_entry *a = add(0, 12, 100), *b = add(1, 12, 100), *c = add(0, 13, 0);

	assert_ptr_equal(base_cache_find(&cache, 0, 12), a);
	assert_ptr_equal(base_cache_find(&cache, 1, 12), b);
	assert_ptr_equal(base_cache_find(&cache, 0, 13), c);
	assert_null(base_cache_find(&cache, 1, 13));
	assert_null(base_cache_find(&cache, 0, 14));
}

static void test_the_least_recently_used_goes_first(void **state UNUSED)
{
	for (uint64_t i = 0; i < 16; i++) {
		add(0, i, LIMIT / 16);
		/* The first is used all the time. */
		assert_non_null(base_cache_find(&cache, 0, 0));
		assert_true(cache.bytes <= LIMIT);
	}
	assert_null(base_cache_find(&cache, 0, 1));
	assert_non_null(base_cache_find(&cache, 0, 2));
	assert_non_null(base_cache_find(&cache, 0, 15));
	assert_non_null(base_cache_find(&cache, 0, 0));
}

static void test_a_big_one_pushes_nothing_out_and_goes_next(void **state UNUSED)
{
	struct base_entry *big;

	for (uint64_t i = 0; i < 8; i++)
		add(0, i, LIMIT / 16);
	big = add(0, 100, 4 * LIMIT);
	assert_ptr_equal(base_cache_find(&cache, 0, 100), big);
	for (uint64_t i = 0; i < 8; i++)
		assert_non_null(base_cache_find(&cache, 0, i));
	add(0, 101, 10);
	assert_null(base_cache_find(&cache, 0, 100));
	for (uint64_t i = 0; i < 8; i++)
		assert_non_null(base_cache_find(&cache, 0, i));
	assert_true(cache.bytes <= LIMIT);
}

static void test_big_ones_one_after_the_other(void **state UNUSED)
{
	for (uint64_t i = 0; i < 5; i++) {
		struct base_entry *e = add(0, i, 2 * LIMIT);

		assert_ptr_equal(base_cache_find(&cache, 0, i), e);
		assert_true(cache.bytes < 3 * LIMIT);
	}
}

static void test_thousands_of_small_ones(void **state UNUSED)
{
	size_t found = 0;

	for (uint64_t i = 0; i < 50000; i++)
		add((uint32_t)(i % 3), i * 7, i % 90);
	assert_true(cache.bytes <= LIMIT);
	for (uint64_t i = 0; i < 50000; i++) {
		struct base_entry *e = base_cache_find(&cache, (uint32_t)(i % 3), i * 7);

		if (!e)
			continue;
		found++;
		assert_int_equal(e->size, i % 90);
	}
	assert_true(found > LIMIT / 200);
}

static void test_a_size_that_cannot_be(void **state UNUSED)
{
	assert_null(base_entry_new(SIZE_MAX));
	assert_null(base_entry_new(SIZE_MAX - sizeof(struct base_entry)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_found_by_pack_and_offset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_least_recently_used_goes_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_big_one_pushes_nothing_out_and_goes_next, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_big_ones_one_after_the_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_thousands_of_small_ones, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_size_that_cannot_be, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("basecache", tests, NULL, NULL);
}
