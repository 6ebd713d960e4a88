#include "unit.h"

#include "profile/suffix.h"

static void expect_normal(const char *path, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	suffix_normalize(&out, path);
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void test_normalize(void **state UNUSED)
{
	expect_normal("/a//b/./c.c", "/a/b/c.c");
	expect_normal("./a/../b.c", "b.c");
	expect_normal("/build/obj/../src/x.c", "/build/src/x.c");
	expect_normal("../../a.c", "../../a.c");
	expect_normal("a/../../b.c", "../b.c");
	expect_normal("/../../a.c", "/a.c");
	expect_normal("/a/../..", "/");
	expect_normal("", "");
	expect_normal("/", "/");
}

static const char *find(const char *const *paths, const char *work_tree, const char *file)
{
	struct suffixes s = SUFFIXES_INIT;
	const char *found;
	static char copy[256];

	for (size_t i = 0; paths[i]; i++)
		suffixes_add(&s, paths[i]);
	s.work_tree = work_tree ? xstrdup(work_tree) : NULL;
	found = suffixes_find(&s, file);
	snprintf(copy, sizeof(copy), "%s", found ? found : "-");
	suffixes_release(&s);
	return copy;
}

static void test_find(void **state UNUSED)
{
	static const char *const tree[] = {
		"main.c", "src/main.c", "kernel/sched/fair.c", "lib/a.c", "tools/lib/a.c", "x/b.c",
		"y/b.c",  NULL
	};

	assert_string_equal(find(tree, NULL, "/build/linux-6.1/./kernel/sched/fair.c"), "kernel/sched/fair.c");
	/* The longest end, not the first. */
	assert_string_equal(find(tree, NULL, "/build/tools/lib/a.c"), "tools/lib/a.c");
	assert_string_equal(find(tree, NULL, "/build/lib/a.c"), "lib/a.c");
	assert_string_equal(find(tree, NULL, "/build/src/main.c"), "src/main.c");
	assert_string_equal(find(tree, NULL, "/build/main.c"), "main.c");
	/* Relative files may be shorter than paths; of several none is taken. */
	assert_string_equal(find(tree, NULL, "sched/fair.c"), "kernel/sched/fair.c");
	assert_string_equal(find(tree, NULL, "b.c"), "-");
	assert_string_equal(find(tree, NULL, "/b.c"), "-");
	assert_string_equal(find(tree, NULL, "/build/z/b.c"), "-");
	/* An end of a name is no end of a path. */
	assert_string_equal(find(tree, NULL, "/build/dolib/a.c"), "-");
	assert_string_equal(find(tree, NULL, "/build/unfair.c"), "-");
	assert_string_equal(find(tree, NULL, ""), "-");
}

static void test_a_work_tree_is_exact(void **state UNUSED)
{
	static const char *const tree[] = { "a/x.c", "x.c", NULL };

	assert_string_equal(find(tree, "/build/of/tree/", "/build/of/tree/x.c"), "x.c");
	assert_string_equal(find(tree, "/build/of/a/", "/build/of/a/x.c"), "x.c");
	/* A copy below it. */
	assert_string_equal(find(tree, "/build/of/a/", "/build/of/a/build/a/x.c"), "a/x.c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalize),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_a_work_tree_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
