#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/files.h"

/* Names of 200 bytes, that many below each other: longer than a path can be. */
#define DEPTH 40
#define NAME 200

static void test_a_tree_deeper_than_a_path_is_removed(void **state UNUSED)
{
	char dir[] = "/tmp/test-files-XXXXXX", name[NAME + 1];
	int home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	memset(name, 'd', NAME);
	name[NAME] = '\0';
	assert_non_null(mkdtemp(dir));
	assert_true(home >= 0 && !chdir(dir));
	for (int i = 0; i < DEPTH; i++)
		assert_true(!mkdir(name, 0700) && !chdir(name));
	assert_int_equal(fchdir(home), 0);
	if (remove_tree(dir))
		fail_msg("%s", error_message());
	assert_int_equal(access(dir, F_OK), -1);
	/* It is where it was, and nothing there is no error. */
	assert_int_equal(remove_tree(dir), 0);
	assert_int_equal(remove_tree("/dev/null/within"), 0);
	close(home);
}

static void test_links_are_removed_not_followed(void **state UNUSED)
{
	char dir[] = "/tmp/test-files-XXXXXX";
	char *inner = NULL, *kept = NULL, *link = NULL;

	assert_non_null(mkdtemp(dir));
	inner = xstrfmt("%s/inner", dir);
	kept = xstrfmt("%s/kept", dir);
	link = xstrfmt("%s/inner/link", dir);
	assert_int_equal(make_directories(inner), 0);
	assert_int_equal(make_directories(kept), 0);
	assert_int_equal(symlink(kept, link), 0);
	assert_int_equal(remove_tree(inner), 0);
	assert_int_equal(access(inner, F_OK), -1);
	assert_int_equal(access(kept, F_OK), 0);
	/* The root, too. */
	assert_int_equal(symlink(kept, inner), 0);
	assert_int_equal(remove_tree(inner), 0);
	assert_int_equal(access(kept, F_OK), 0);
	assert_int_equal(remove_tree(dir), 0);
	free(inner);
	free(kept);
	free(link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_tree_deeper_than_a_path_is_removed),
		cmocka_unit_test(test_links_are_removed_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
