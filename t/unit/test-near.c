#include "unit.h"

#include "profile/near.h"

/* What is near `wish` among the paths up to a NULL, as "a b c". */
static void expect_near(const char *wish, const char *const *paths, const char *expected)
{
	/* In both orders: the answer must not depend on it. */
	for (int reverse = 0; reverse < 2; reverse++) {
		struct near near = NEAR_INIT;
		struct strbuf out = STRBUF_INIT;
		size_t nr = 0;

		while (paths[nr])
			nr++;
		near_wish(&near, wish);
		for (size_t i = 0; i < nr; i++)
			near_offer(&near, paths[reverse ? nr - 1 - i : i]);
		for (size_t i = 0; i < near.v[0].nr; i++)
			strbuf_addf(&out, "%s%s", i ? " " : "", near.v[0].best[i].path);
		assert_string_equal(out.buf, expected);
		near_release(&near);
		strbuf_release(&out);
	}
}

#define PATHS(...)                         \
	(const char *const[])              \
	{                                  \
		__VA_ARGS__, (char *)NULL, \
	}

static void test_same_name_elsewhere(void **state UNUSED)
{
	expect_near("drivers/dma/mutex.c", PATHS("kernel/locking/mutex.c", "kernel/fork.c", "mm/slab.c"),
		    "kernel/locking/mutex.c");
	expect_near("mutex.c", PATHS("kernel/locking/mutex.c"), "kernel/locking/mutex.c");
	expect_near("a/mutex.c", PATHS("mutex.c", "a/mutex.h.in"), "mutex.c");
}

static void test_same_names_shut_out_others(void **state UNUSED)
{
	expect_near("a/mutex.c", PATHS("a/mutex.h", "a/mutexx.c", "z/mutex.c", "a/mutes.c"), "z/mutex.c");
}

static void test_shared_directories_come_first(void **state UNUSED)
{
	/* From the top, from the file upward, both. */
	expect_near("net/core/dev.c", PATHS("a/dev.c", "net/x/dev.c", "x/core/dev.c", "net/x/core/dev.c"),
		    "net/x/core/dev.c net/x/dev.c x/core/dev.c");
	expect_near("linux-6.1/kernel/sched/core.c",
		    PATHS("drivers/base/core.c", "kernel/sched/core.c", "kernel/locking/core.c", "sched/core.c"),
		    "kernel/sched/core.c sched/core.c drivers/base/core.c");
	/* Whole names of directories count, not parts of them. */
	expect_near("net/core/dev.c", PATHS("xcore/dev.c", "a/dev.c", "netx/dev.c"),
		    "a/dev.c netx/dev.c xcore/dev.c");
}

static void test_three_at_most_by_byte_order(void **state UNUSED)
{
	expect_near("Makefile", PATHS("d/Makefile", "b/Makefile", "a/Makefile", "c/Makefile", "B/Makefile"),
		    "B/Makefile a/Makefile b/Makefile");
}

static void test_names_up_to_two_edits_away(void **state UNUSED)
{
	expect_near("kernel/fairy.c", PATHS("kernel/fair.c"), "kernel/fair.c");
	expect_near("kernel/fai.c", PATHS("kernel/fair.c"), "kernel/fair.c");
	expect_near("kernel/fear.c", PATHS("kernel/fair.c"), "kernel/fair.c");
	expect_near("kernel/fiar.c", PATHS("kernel/fair.c"), "kernel/fair.c");
	expect_near("kernel/fuor.c", PATHS("kernel/fair.c"), "kernel/fair.c");
	expect_near("kernel/Fiar.c", PATHS("kernel/fair.c"), "kernel/fair.c");
	expect_near("kernel/fair.cpp", PATHS("kernel/fair.c"), "kernel/fair.c");
	expect_near("kernel/fab.c", PATHS("kernel/xfab.cx"), "kernel/xfab.cx");
	expect_near("kernel/Fiary.c", PATHS("kernel/fair.c"), "");
	expect_near("kernel/fair.c", PATHS("kernel/deadline.c", "fair.c/x"), "");
}

static void test_fewer_edits_come_first(void **state UNUSED)
{
	expect_near("kernel/fair_x.c", PATHS("kernel/fair.c", "drivers/fair_y.c", "a/fair_x.h.c"),
		    "drivers/fair_y.c kernel/fair.c a/fair_x.h.c");
	expect_near("kernel/sched.c",
		    PATHS("a/sched.h", "kernel/sched.h", "kernel/schedu.c", "kernel/scked.cc"),
		    "kernel/sched.h kernel/schedu.c a/sched.h");
}

static void test_short_names_allow_one_edit(void **state UNUSED)
{
	expect_near("io.c", PATHS("a.c", "io.h", "ix.h"), "io.h");
}

static void test_wishes_are_independent(void **state UNUSED)
{
	struct near near = NEAR_INIT;

	near_wish(&near, "a/one.c");
	near_wish(&near, "a/two.c");
	near_wish(&near, "a/three.c");
	near_offer(&near, "b/two.c");
	near_offer(&near, "b/one.c");
	assert_int_equal(near.nr, 3);
	assert_string_equal(near.v[0].best[0].path, "b/one.c");
	assert_string_equal(near.v[1].best[0].path, "b/two.c");
	assert_int_equal(near.v[2].nr, 0);
	near_release(&near);
	assert_int_equal(near.nr, 0);
}

/* Edits with swaps of neighbours, by the textbook, to hold the chooser against. */
static unsigned slow_edits(const char *a, const char *b)
{
	unsigned d[8][8];
	size_t na = strlen(a), nb = strlen(b);

	for (size_t i = 0; i <= na; i++) {
		for (size_t j = 0; j <= nb; j++) {
			unsigned best = i && j ? d[i - 1][j - 1] + (a[i - 1] != b[j - 1]) : (unsigned)(i + j);

			if (i && d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (j && d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[na][nb];
}

static void test_edits_are_those_of_the_textbook(void **state UNUSED)
{
	static const char wish[] = "abcab";
	char name[8];

	/* Every name of one to seven letters out of three. */
	for (unsigned len = 1; len <= 7; len++) {
		unsigned count = 1;

		for (unsigned i = 0; i < len; i++)
			count *= 3;
		for (unsigned n = 0; n < count; n++) {
			struct near near = NEAR_INIT;
			unsigned edits, rest = n;

			for (unsigned i = 0; i < len; i++, rest /= 3)
				name[i] = (char)('a' + rest % 3);
			name[len] = '\0';
			edits = slow_edits(wish, name);
			near_wish(&near, wish);
			near_offer(&near, name);
			if (near.v[0].nr != (edits <= 2) || (near.v[0].nr && near.v[0].best[0].edits != edits))
				fail_msg("%s is %u edits away", name, edits);
			near_release(&near);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_name_elsewhere),
		cmocka_unit_test(test_same_names_shut_out_others),
		cmocka_unit_test(test_shared_directories_come_first),
		cmocka_unit_test(test_three_at_most_by_byte_order),
		cmocka_unit_test(test_names_up_to_two_edits_away),
		cmocka_unit_test(test_fewer_edits_come_first),
		cmocka_unit_test(test_short_names_allow_one_edit),
		cmocka_unit_test(test_wishes_are_independent),
		cmocka_unit_test(test_edits_are_those_of_the_textbook),
	};

	return cmocka_run_group_tests_name("near", tests, NULL, NULL);
}
