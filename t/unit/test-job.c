#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"
#include "base/job.h"

static char dir[] = "/tmp/test-job-XXXXXX";

static struct job new_job(const char *command)
{
	struct job job = JOB_INIT;

	job_shell(&job, command);
	job.grace = 0.2;
	return job;
}

static void run(struct job *job)
{
	error_clear();
	if (job_run(job))
		fail_msg("%s", error_message());
}

/* Runs; how it ended must be `expected`. */
static void expect_how(struct job *job, const char *expected)
{
	struct strbuf how = STRBUF_INIT;

	run(job);
	assert_int_equal(job_failed(job, &how), *expected != '\0');
	assert_string_equal(how.buf, expected);
	strbuf_release(&how);
	job_release(job);
}

static void test_how_it_ended(void **state UNUSED)
{
	struct job job = new_job("exit 0");

	expect_how(&job, "");
	job = new_job("exit 7");
	expect_how(&job, "ended with status 7");
	job = new_job("kill -SEGV $$");
	expect_how(&job, "was ended by signal 11 (Segmentation fault)");
	job = new_job("exec sleep 1000");
	job.timeout = 0.1;
	expect_how(&job, "took more than 0.1 s");
	job = new_job("");
	strvec_release(&job.args);
	strvec_push(&job.args, "no-such-program");
	assert_int_equal(job_run(&job), -1);
	assert_string_equal(error_message(), "cannot run no-such-program: No such file or directory");
	job.dir = "/nowhere";
	assert_int_equal(job_run(&job), -1);
	assert_string_equal(error_message(),
			    "cannot run no-such-program in /nowhere: No such file or directory");
	job_release(&job);
}

static int note_line(const char *line, size_t len, bool is_err, void *data)
{
	struct strbuf *lines = data;

	strbuf_addf(lines, "%s[%.*s]", is_err ? "err" : "out", (int)len, line);
	return 0;
}

static void test_output_goes_everywhere(void **state UNUSED)
{
	struct job job = new_job("echo one; echo two >&2; printf three; cat; pwd -P; echo $X$HOME");
	struct strbuf out = STRBUF_INIT, lines = STRBUF_INIT, log = STRBUF_INIT;

	job.dir = "/";
	strvec_pushl(&job.env, "X=y", "HOME", NULL);
	job.out = &out;
	job.line = note_line;
	job.data = &lines;
	job.log = xstrfmt("%s/log", dir);
	run(&job);
	assert_string_equal(out.buf, "one\nthree/\ny\n");
	assert_non_null(strstr(lines.buf, "out[one]"));
	assert_non_null(strstr(lines.buf, "err[two]"));
	assert_non_null(strstr(lines.buf, "out[three/]"));
	assert_true(strbuf_read_file(&log, job.log, 0) == (ssize_t)strlen("one\ntwo\nthree/\ny\n"));
	assert_non_null(strstr(job.tail.buf, "two\n"));
	assert_true(job.wall >= 0 && job.user >= 0 && job.sys >= 0);
	free((char *)job.log);
	job_release(&job);
	strbuf_release(&out);
	strbuf_release(&lines);
	strbuf_release(&log);
}

static void test_input_and_its_end(void **state UNUSED)
{
	struct job job = new_job("cat; echo end");
	struct strbuf input = STRBUF_INIT, out = STRBUF_INIT;

	strbuf_addchars(&input, 'x', 300000);
	job.input = &input;
	job.out = &out;
	run(&job);
	assert_int_equal(out.len, 300004);
	job_release(&job);
	/* Held open, there is no end; who reads no input at all is no error. */
	job = new_job("sleep 0.2; exit 3");
	job.input = &input;
	job.hold_in = true;
	run(&job);
	assert_int_equal(job.status, 3);
	job_release(&job);
	job = new_job("cat");
	job.hold_in = true;
	job.timeout = 0.2;
	run(&job);
	assert_int_equal(job.end, JOB_TIMED_OUT);
	job_release(&job);
	strbuf_release(&input);
	strbuf_release(&out);
}

static void test_cpu_time_is_of_the_whole_tree(void **state UNUSED)
{
	struct job job = new_job("(i=0; while test $i -lt 200000; do i=$((i + 1)); done) & wait");

	run(&job);
	assert_true(job.user + job.sys > 0.001);
	assert_true(job.wall > 0.001);
	job_release(&job);
}

#define BURNT 0.2

static void burn(void)
{
	struct timespec now;

	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	} while ((double)now.tv_sec + (double)now.tv_nsec / 1e9 < BURNT);
	_exit(0);
}

/* One process works, two levels below; its parent waits for it, or is gone at once. */
static int have_worked(void *data)
{
	const bool *waits = data;
	int fds[2];
	char c;

	if (pipe(fds))
		return 1;
	if (!fork()) {
		if (!fork())
			burn();
		if (*waits)
			wait(NULL);
		_exit(0);
	}
	close(fds[1]);
	wait(NULL);
	/* The worker holds it to its end. */
	return read(fds[0], &c, 1) ? 1 : 0;
}

static void test_cpu_time_of_orphans_counts_once(void **state UNUSED)
{
	for (int waits = 0; waits < 2; waits++) {
		struct job job = JOB_INIT;
		bool data = waits;

		strvec_push(&job.args, "a function");
		job.run = have_worked;
		job.run_data = &data;
		run(&job);
		assert_int_equal(job.status, 0);
		if (job.user + job.sys < BURNT * 0.99 || job.user + job.sys > BURNT * 1.9)
			fail_msg("%g s of %g, %s", job.user + job.sys, BURNT, data ? "waited for" : "orphan");
		job_release(&job);
	}
}

static void test_a_log_keeps_head_and_tail(void **state UNUSED)
{
	struct job job = new_job("echo first; yes 0123456789 | head -n 100000; echo last");
	struct strbuf log = STRBUF_INIT;

	job.log = xstrfmt("%s/capped", dir);
	job.log_max = 1000;
	run(&job);
	assert_true(strbuf_read_file(&log, job.log, 0) > 1000);
	assert_true(log.len < 1100);
	assert_true(starts_with(log.buf, "first\n0123456789\n"));
	assert_non_null(strstr(log.buf, "\n... 1099011 bytes left out ...\n"));
	assert_true(ends_with(log.buf, "0123456789\nlast\n"));
	assert_true(job.tail.len <= 4096);
	assert_true(ends_with(job.tail.buf, "\n0123456789\nlast\n"));
	free((char *)job.log);
	job_release(&job);
	strbuf_release(&log);
}

static void test_output_beyond_its_cap_is_counted(void **state UNUSED)
{
	struct job job = new_job("yes | head -c 1000");
	struct strbuf out = STRBUF_INIT;

	job.out = &out;
	job.out_max = 100;
	run(&job);
	assert_int_equal(out.len, 100);
	assert_int_equal(job.out_dropped, 900);
	job_release(&job);
	strbuf_release(&out);
}

static int stop_at_three(const char *line, size_t len, bool is_err UNUSED, void *data)
{
	size_t *count = data;

	++*count;
	return len == 1 && *line == '3';
}

static void test_a_line_can_end_it(void **state UNUSED)
{
	struct job job = new_job("for i in 1 2 3; do echo $i; done; exec sleep 1000");
	size_t count = 0;

	job.line = stop_at_three;
	job.data = &count;
	run(&job);
	assert_int_equal(job.end, JOB_STOPPED);
	assert_int_equal(count, 3);
	job_release(&job);
}

static void test_jobs_run_side_by_side(void **state UNUSED)
{
	struct job load = new_job("while :; do echo busy; done"), job = new_job("echo done");
	struct strbuf out = STRBUF_INIT;

	assert_int_equal(job_start(&load), 0);
	job.out = &out;
	run(&job);
	assert_string_equal(out.buf, "done\n");
	assert_false(job_ended(&load));
	job_stop(&load);
	assert_int_equal(job_wait(&load), 0);
	assert_int_equal(load.end, JOB_STOPPED);
	job_release(&load);
	job_release(&job);
	strbuf_release(&out);
	/* Released while it runs, it is ended as well. */
	load = new_job("exec sleep 1000");
	assert_int_equal(job_start(&load), 0);
	job_release(&load);
}

static int say_and_run(void *data)
{
	struct job inner = new_job("cat; echo of a job of its own");
	struct strbuf out = STRBUF_INIT;
	int status;

	inner.in_fd = STDIN_FILENO;
	inner.out = &out;
	status = job_run(&inner) || strcmp(out.buf, "given\nof a job of its own\n") != 0;
	job_release(&inner);
	strbuf_release(&out);
	dprintf(STDOUT_FILENO, "said\n");
	return status ? 99 : *(const int *)data;
}

static void test_a_function_instead_of_a_program(void **state UNUSED)
{
	struct job job = JOB_INIT, other = new_job("echo other; sleep 1000");
	struct strbuf out = STRBUF_INIT, input = STRBUF_INIT, lines = STRBUF_INIT;
	int status = 5;

	strbuf_addstr(&input, "given\n");
	other.line = note_line;
	other.data = &lines;
	assert_int_equal(job_start(&other), 0);
	strvec_push(&job.args, "a function");
	job.run = say_and_run;
	job.run_data = &status;
	job.input = &input;
	job.out = &out;
	run(&job);
	assert_int_equal(job.end, JOB_EXITED);
	assert_int_equal(job.status, 5);
	assert_string_equal(out.buf, "said\n");
	/* It has ended none that was not its own. */
	while (!lines.len)
		job_serve(-1);
	assert_false(job_ended(&other));
	job_release(&other);
	job_release(&job);
	strbuf_release(&out);
	strbuf_release(&input);
	strbuf_release(&lines);
}

/* Never ends by itself, and neither does what it has started. */
static int hang(void *data UNUSED)
{
	struct job inner = new_job("setsid sleep 1000 & echo $! >&2; exec sleep 1000");

	inner.grace = 0.1;
	dprintf(STDOUT_FILENO, "here\n");
	return job_run(&inner);
}

static void test_a_function_ends_with_all_it_began(void **state UNUSED)
{
	struct job job = JOB_INIT;
	struct strbuf lines = STRBUF_INIT;

	strvec_push(&job.args, "a function");
	job.run = hang;
	job.line = note_line;
	job.data = &lines;
	assert_int_equal(job_start(&job), 0);
	while (!lines.len)
		job_serve(-1);
	job_stop(&job);
	assert_int_equal(job_wait(&job), 0);
	assert_int_equal(job.end, JOB_STOPPED);
	assert_int_equal(job.left, 0);
	job_release(&job);
	strbuf_release(&lines);
}

static void test_no_pipe_of_ours_is_inherited(void **state UNUSED)
{
	struct job load = new_job("exec sleep 1000"), job = new_job("ls /proc/self/fd");
	struct strbuf out = STRBUF_INIT;
	int fd = open("/dev/null", O_RDONLY);

	assert_true(fd > 2);
	assert_int_equal(job_start(&load), 0);
	job.out = &out;
	run(&job);
	assert_string_equal(out.buf, "0\n1\n2\n3\n");
	close(fd);
	job_release(&load);
	job_release(&job);
	strbuf_release(&out);
}

static void test_a_log_that_cannot_be_made_is_an_error(void **state UNUSED)
{
	struct job job = new_job("true");

	job.log = "/nowhere/log";
	assert_int_equal(job_run(&job), -1);
	assert_string_equal(error_message(), "cannot open '/nowhere/log': No such file or directory");
	job_release(&job);
	if (access("/dev/full", W_OK))
		skip();
	job = new_job("echo x");
	job.log = "/dev/full";
	assert_int_equal(job_run(&job), -1);
	assert_string_equal(error_message(), "cannot write '/dev/full': No space left on device");
	job_release(&job);
}

static int make_dir(void **state UNUSED)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state UNUSED)
{
	char *command = xstrfmt("rm -r %s", dir);
	struct job job = new_job(command);
	int result = job_run(&job);

	free(command);
	job_release(&job);
	return result;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_how_it_ended),
		cmocka_unit_test(test_output_goes_everywhere),
		cmocka_unit_test(test_input_and_its_end),
		cmocka_unit_test(test_cpu_time_is_of_the_whole_tree),
		cmocka_unit_test(test_cpu_time_of_orphans_counts_once),
		cmocka_unit_test(test_a_log_keeps_head_and_tail),
		cmocka_unit_test(test_output_beyond_its_cap_is_counted),
		cmocka_unit_test(test_a_line_can_end_it),
		cmocka_unit_test(test_jobs_run_side_by_side),
		cmocka_unit_test(test_a_function_instead_of_a_program),
		cmocka_unit_test(test_a_function_ends_with_all_it_began),
		cmocka_unit_test(test_no_pipe_of_ours_is_inherited),
		cmocka_unit_test(test_a_log_that_cannot_be_made_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
