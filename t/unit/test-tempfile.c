#include "unit.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/tempfile.h"

/* Each test works in a folder of its own. */
static char folder[] = "/tmp/test-tempfile-XXXXXX";

static int enter(void **state UNUSED)
{
	return !mkdtemp(folder) || chdir(folder);
}

static int leave(void **state UNUSED)
{
	unlink("file");
	return chdir("/") || rmdir(folder);
}

static void expect_content(const char *text)
{
	struct strbuf content = STRBUF_INIT;

	assert_true(strbuf_read_file(&content, "file", 0) >= 0);
	assert_string_equal(content.buf, text);
	strbuf_release(&content);
}

static void test_the_target_changes_at_commit_only(void **state UNUSED)
{
	struct tempfile t = TEMPFILE_INIT;

	assert_int_equal(tempfile_create(&t, "file"), 0);
	fputs("one", t.fp);
	fflush(t.fp);
	assert_int_equal(access("file", F_OK), -1);
	assert_int_equal(tempfile_commit(&t), 0);
	expect_content("one");
	assert_null(t.fp);
	tempfile_abort(&t);
	tempfile_abort(&t);
	expect_content("one");
}

static void test_two_may_be_under_way(void **state UNUSED)
{
	struct tempfile a = TEMPFILE_INIT, b = TEMPFILE_INIT;

	assert_int_equal(tempfile_create(&a, "file"), 0);
	assert_int_equal(tempfile_create(&b, "file"), 0);
	assert_string_not_equal(a.path, b.path);
	fputs("a", a.fp);
	fputs("b", b.fp);
	assert_int_equal(tempfile_commit(&a), 0);
	expect_content("a");
	assert_int_equal(tempfile_commit(&b), 0);
	expect_content("b");
}

static void test_a_child_that_exits_takes_nothing_away(void **state UNUSED)
{
	struct tempfile t = TEMPFILE_INIT;
	int status;
	pid_t pid;

	assert_int_equal(tempfile_create(&t, "file"), 0);
	fflush(NULL);
	pid = fork();
	if (!pid)
		exit(0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(access(t.path, F_OK), 0);
	tempfile_abort(&t);
}

static void test_a_lost_file_is_an_error(void **state UNUSED)
{
	struct tempfile t = TEMPFILE_INIT;

	assert_int_equal(tempfile_create(&t, "file"), 0);
	unlink(t.path);
	assert_int_equal(tempfile_commit(&t), -1);
	assert_non_null(strstr(error_message(), "cannot write '"));
	assert_non_null(strstr(error_message(), "file': No such file or directory"));
	assert_null(t.target);
}

static void note(int sig UNUSED)
{
	if (write(STDERR_FILENO, "note ", 5) < 0)
		_exit(1);
}

static void note_again(int sig UNUSED)
{
	if (write(STDERR_FILENO, "again ", 6) < 0)
		_exit(1);
}

static void end_with_notes(void)
{
	cleanup_add(note);
	cleanup_add(note_again);
	cleanup_add(note);
	raise(SIGTERM);
}

static void test_the_last_cleanup_runs_first_and_each_once(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(end_with_notes, &said), 128 + SIGTERM);
	assert_string_equal(said.buf, "again note ");
	strbuf_release(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, while this process has no cleanup that its child would take over. */
		cmocka_unit_test(test_the_last_cleanup_runs_first_and_each_once),
		cmocka_unit_test(test_the_target_changes_at_commit_only),
		cmocka_unit_test(test_two_may_be_under_way),
		cmocka_unit_test(test_a_child_that_exits_takes_nothing_away),
		cmocka_unit_test(test_a_lost_file_is_an_error),
	};

	return cmocka_run_group_tests_name("tempfile", tests, enter, leave);
}
