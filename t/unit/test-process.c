#include "unit.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "base/error.h"
#include "base/process.h"

/* The commands here are all known to end: whatever hangs is our fault. */
#define HANG_SECONDS 60

static char trace_name[] = "/tmp/test-process-XXXXXX";

/* `sh -c script`; the tests' own commands, nothing from outside. */
static void use_script(struct process *p, const char *script)
{
	*p = (struct process)PROCESS_INIT;
	strvec_pushl(&p->args, "sh", "-c", script, NULL);
}

/* Runs the script; its stdout must be `expected`. */
static void expect_output(struct process *p, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	error_clear();
	assert_int_equal(process_capture(p, NULL, &out, 0), 0);
	assert_string_equal(error_message(), "");
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

/* Runs the process, which must fail with this message and status. */
static void expect_failure(struct process *p, const char *message, int status)
{
	struct strbuf out = STRBUF_INIT;

	error_clear();
	assert_int_equal(process_capture(p, NULL, &out, 0), -1);
	assert_string_equal(error_message(), message);
	assert_int_equal(p->status, status);
	strbuf_release(&out);
}

static void test_capture_takes_stdout(void **state UNUSED)
{
	struct process p;
	struct strbuf out = STRBUF_INIT;

	use_script(&p, "printf 'a\\0b\\n'; cat");
	strbuf_addstr(&out, ">");
	assert_int_equal(process_capture(&p, NULL, &out, 0), 0);
	assert_int_equal(p.status, 0);
	assert_int_equal(out.len, 5);
	assert_memory_equal(out.buf, ">a\0b\n", 6);
	strbuf_release(&out);
}

static void test_arguments_are_not_interpreted(void **state UNUSED)
{
	struct process p = PROCESS_INIT;

	strvec_pushl(&p.args, "printf", "%s|", "a b", "$HOME", "`id`", "*", "", "'\"", NULL);
	expect_output(&p, "a b|$HOME|`id`|*||'\"|");
}

static void test_neither_side_blocks_the_other(void **state UNUSED)
{
	struct process p;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;

	for (unsigned i = 0; i < 700000; i++)
		strbuf_addf(&in, "%u\n", i);
	use_script(&p, "cat; echo said >&2");
	p.err = PROCESS_PIPE;
	assert_int_equal(process_capture(&p, &in, &out, 0), 0);
	assert_int_equal(out.len, in.len);
	assert_memory_equal(out.buf, in.buf, in.len);
	strbuf_release(&in);
	strbuf_release(&out);
}

static void test_empty_input_is_an_end(void **state UNUSED)
{
	struct process p;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;

	use_script(&p, "cat; echo end");
	assert_int_equal(process_capture(&p, &in, &out, 0), 0);
	assert_string_equal(out.buf, "end\n");
	strbuf_release(&out);
	/* So is none, where stdin was asked for. */
	use_script(&p, "cat; echo end");
	p.in = PROCESS_PIPE;
	expect_output(&p, "end\n");
}

static void test_input_may_be_left_unread(void **state UNUSED)
{
	struct process p;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;

	strbuf_addchars(&in, 'x', 1 << 20);
	use_script(&p, "exec <&-; echo done");
	assert_int_equal(process_capture(&p, &in, &out, 0), 0);
	assert_string_equal(out.buf, "done\n");
	strbuf_release(&in);
	strbuf_release(&out);
}

static void test_capture_refuses_more_than_the_limit(void **state UNUSED)
{
	struct process p;
	struct strbuf out = STRBUF_INIT;

	use_script(&p, "printf 12345");
	assert_int_equal(process_capture(&p, NULL, &out, 5), 0);
	/* What was there before does not count. */
	use_script(&p, "printf 12345");
	assert_int_equal(process_capture(&p, NULL, &out, 5), 0);
	assert_string_equal(out.buf, "1234512345");
	use_script(&p, "printf 123456");
	assert_int_equal(process_capture(&p, NULL, &out, 5), -1);
	assert_string_equal(error_message(), "sh printed more than 5 bytes");
	use_script(&p, "yes");
	assert_int_equal(process_capture(&p, NULL, &out, 100000), -1);
	strbuf_release(&out);
}

static void test_a_program_that_is_not_there(void **state UNUSED)
{
	struct process p = PROCESS_INIT;

	strvec_push(&p.args, "no-such-program");
	expect_failure(&p, "cannot run no-such-program: No such file or directory", 0);
	use_script(&p, "true");
	p.dir = "/no/such/dir";
	expect_failure(&p, "cannot run sh in /no/such/dir: No such file or directory", 0);
}

static void test_a_status_names_program_and_subcommand(void **state UNUSED)
{
	struct process p;

	use_script(&p, "exit 3");
	expect_failure(&p, "sh ended with status 3", 3);
	p = (struct process)PROCESS_INIT;
	strvec_pushl(&p.args, "git", "--no-replace-objects", "-c", "a.b=c", "-C", "/", "rev-parse",
		     "--verify", "no such thing", NULL);
	p.err = PROCESS_NULL;
	expect_failure(&p, "git rev-parse ended with status 128", 128);
	p = (struct process)PROCESS_INIT;
	strvec_pushl(&p.args, "/bin/false", "x", NULL);
	expect_failure(&p, "false ended with status 1", 1);
}

static void test_a_signal_is_told(void **state UNUSED)
{
	struct process p;

	use_script(&p, "kill -KILL $$");
	expect_failure(&p, "sh was ended by signal 9 (Killed)", 137);
}

static void test_the_child_speaks_for_itself(void **state UNUSED)
{
	struct process p;

	use_script(&p,
		   "echo 'warning: w' >&2; echo >&2; echo 'fatal: it broke ' >&2; echo 'error: e' >&2; exit 2");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "it broke", 2);
	use_script(&p, "printf '\\n\\nerror: no newline' >&2; exit 1");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "no newline", 1);
	use_script(&p, "echo 'schwerwiegend: kaputt' >&2; echo more >&2; exit 1");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "schwerwiegend: kaputt", 1);
	use_script(&p, "echo >&2; exit 1");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "sh ended with status 1", 1);
}

static void test_a_late_complaint_is_heard(void **state UNUSED)
{
	struct process p;

	use_script(&p, "exec >&-; sleep 0.1; echo 'fatal: late' >&2; exit 1");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "late", 1);
	/* Behind many warnings. */
	use_script(&p, "yes warning: w | head -n 2000 >&2; echo 'fatal: at last' >&2; exit 1");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "at last", 1);
}

static void test_much_said_blocks_nothing(void **state UNUSED)
{
	struct process p;

	use_script(&p,
		   "echo 'fatal: first' >&2; head -c 1000000 /dev/zero | tr '\\0' x >&2; printf out; exit 1");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "first", 1);
	/* The same while records are read and nothing else. */
	use_script(&p, "head -c 1000000 /dev/zero | tr '\\0' x >&2; printf out");
	p.out = p.err = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	{
		struct strbuf record = STRBUF_INIT;

		assert_int_equal(process_read_record(&p, &record, '\n', 10), 1);
		assert_string_equal(record.buf, "out");
		strbuf_release(&record);
	}
	assert_int_equal(process_finish(&p), 0);
	/* And while the child's input is written. */
	use_script(&p, "head -c 1000000 /dev/zero | tr '\\0' x >&2; cat >/dev/null");
	p.in = p.err = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(process_write(&p, trace_name, sizeof(trace_name)), 0);
	{
		static char megabyte[1 << 20];

		assert_int_equal(process_write(&p, megabyte, sizeof(megabyte)), 0);
	}
	assert_int_equal(process_finish(&p), 0);
}

static void test_a_reader_that_is_gone_is_an_error(void **state UNUSED)
{
	static char megabyte[1 << 20];
	struct process p;
	sigset_t pending;

	use_script(&p, "exec <&-; echo; cat /dev/null");
	p.in = PROCESS_PIPE;
	p.out = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_write(&p, megabyte, sizeof(megabyte)), -1);
	assert_string_equal(error_message(), "cannot write to sh: Broken pipe");
	sigpending(&pending);
	assert_false(sigismember(&pending, SIGPIPE));
	/* The way commands end on a closed pipe is as it was. */
	assert_ptr_equal(signal(SIGPIPE, SIG_DFL), SIG_DFL);
	process_kill(&p);
}

static void test_a_sigpipe_of_others_stays(void **state UNUSED)
{
	static char megabyte[1 << 20];
	struct process p;
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGPIPE);
	use_script(&p, "exec <&-");
	p.in = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_write(&p, megabyte, sizeof(megabyte)), -1);
	process_kill(&p);
	sigpending(&pending);
	assert_true(sigismember(&pending, SIGPIPE));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void test_children_die_of_sigpipe(void **state UNUSED)
{
	struct process p;

	signal(SIGPIPE, SIG_IGN);
	use_script(&p, "kill -PIPE $$; echo survived");
	expect_failure(&p, "sh was ended by signal 13 (Broken pipe)", 141);
	signal(SIGPIPE, SIG_DFL);
}

static void test_records(void **state UNUSED)
{
	struct process p;
	struct strbuf record = STRBUF_INIT;

	use_script(&p, "printf 'one\\0\\0two\\nlines\\0last'");
	p.out = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_read_record(&p, &record, '\0', 9), 1);
	assert_string_equal(record.buf, "one");
	assert_int_equal(process_read_record(&p, &record, '\0', 9), 1);
	assert_string_equal(record.buf, "");
	assert_int_equal(process_read_record(&p, &record, '\0', 9), 1);
	assert_string_equal(record.buf, "two\nlines");
	assert_int_equal(process_read_record(&p, &record, '\0', 9), 1);
	assert_string_equal(record.buf, "last");
	assert_int_equal(process_read_record(&p, &record, '\0', 9), 0);
	assert_int_equal(process_read_record(&p, &record, '\0', 9), 0);
	assert_int_equal(process_finish(&p), 0);
	strbuf_release(&record);
}

static void test_records_across_buffers(void **state UNUSED)
{
	struct process p;
	struct strbuf record = STRBUF_INIT, expected = STRBUF_INIT;
	unsigned nr = 0;

	/* 1.3 MB in records of many lengths, and one that is longer than any buffer. */
	use_script(&p, "seq 1 200000; head -c 300000 /dev/zero | tr '\\0' x; echo; echo end");
	p.out = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	while (nr < 200000 && process_read_record(&p, &record, '\n', 6) == 1) {
		strbuf_reset(&expected);
		strbuf_addf(&expected, "%u", ++nr);
		if (strcmp(record.buf, expected.buf))
			fail_msg("record %u is %s", nr, record.buf);
	}
	assert_int_equal(nr, 200000);
	assert_int_equal(process_read_record(&p, &record, '\n', 300000), 1);
	assert_int_equal(record.len, 300000);
	assert_int_equal(process_read_record(&p, &record, '\n', 3), 1);
	assert_string_equal(record.buf, "end");
	assert_int_equal(process_read_record(&p, &record, '\n', 3), 0);
	assert_int_equal(process_finish(&p), 0);
	strbuf_release(&record);
	strbuf_release(&expected);
}

static void test_a_record_over_the_limit(void **state UNUSED)
{
	struct process p;
	struct strbuf record = STRBUF_INIT;

	use_script(&p, "yes | tr -d '\\n'");
	p.out = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_read_record(&p, &record, '\n', 200000), -1);
	assert_string_equal(error_message(), "sh printed a record of more than 200000 bytes");
	process_kill(&p);
	strbuf_release(&record);
}

static void test_bytes_follow_records(void **state UNUSED)
{
	struct process p;
	struct strbuf text = STRBUF_INIT;

	/* As `git cat-file --batch` answers: a header line, then so many bytes. */
	use_script(&p,
		   "echo 5; printf 'a\\nb\\nc\\n'; echo 2000000; head -c 2000000 /dev/zero; echo; printf xyz");
	p.out = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_read_record(&p, &text, '\n', 10), 1);
	assert_int_equal(process_read_bytes(&p, &text, 6), 0);
	assert_string_equal(text.buf, "5a\nb\nc\n");
	assert_int_equal(process_read_record(&p, &text, '\n', 10), 1);
	strbuf_reset(&text);
	assert_int_equal(process_read_bytes(&p, &text, 2000001), 0);
	assert_int_equal(text.len, 2000001);
	assert_int_equal(text.buf[2000000], '\n');
	assert_int_equal(process_read_bytes(&p, &text, 0), 0);
	assert_int_equal(process_read_bytes(&p, &text, 4), -1);
	assert_string_equal(error_message(), "sh ended in the middle of its output");
	assert_int_equal(process_finish(&p), 0);
	strbuf_release(&text);
}

static void test_environment_and_directory(void **state UNUSED)
{
	struct process p;

	setenv("UNIT_REMOVED", "x", 1);
	setenv("UNIT_CHANGED", "x", 1);
	setenv("UNIT_KEPT", "kept", 1);
	use_script(&p, "echo \"${UNIT_REMOVED-none} $UNIT_CHANGED $UNIT_KEPT $UNIT_TWICE\"; pwd");
	strvec_pushl(&p.env, "UNIT_REMOVED", "UNIT_CHANGED=a=b", "UNIT_TWICE=1", "UNIT_TWICE=2", NULL);
	p.dir = "/";
	expect_output(&p, "none a=b kept 2\n/\n");
	/* It is there once, not only found first or last. */
	p = (struct process)PROCESS_INIT;
	strvec_pushl(&p.args, "printenv", "UNIT_TWICE", NULL);
	strvec_pushl(&p.env, "UNIT_TWICE=1", "UNIT_TWICE=2", NULL);
	expect_output(&p, "2\n");
	assert_string_equal(getenv("UNIT_CHANGED"), "x");
}

static void test_streams_may_be_descriptors(void **state UNUSED)
{
	struct process p;
	struct strbuf text = STRBUF_INIT;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	use_script(&p, "echo out; echo err >&2");
	p.out = p.err = PROCESS_FD;
	p.out_fd = p.err_fd = fds[1];
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_finish(&p), 0);
	/* It is still ours. */
	assert_int_equal(write(fds[1], "mine", 4), 4);
	close(fds[1]);
	assert_int_equal(strbuf_read(&text, fds[0], 0, "pipe"), 12);
	assert_string_equal(text.buf, "out\nerr\nmine");
	close(fds[0]);
	strbuf_release(&text);
}

static void test_capture_leaves_a_foreign_input_alone(void **state UNUSED)
{
	struct process p;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], "text", 4), 4);
	close(fds[1]);
	use_script(&p, "cat");
	p.in = PROCESS_FD;
	p.in_fd = fds[0];
	expect_output(&p, "text");
	assert_int_equal(close(fds[0]), 0);
}

static void test_pipes_are_not_inherited(void **state UNUSED)
{
	struct process first = PROCESS_INIT, second = PROCESS_INIT;
	struct strbuf record = STRBUF_INIT;

	strvec_push(&first.args, "cat");
	first.in = first.out = PROCESS_PIPE;
	strvec_push(&second.args, "cat");
	second.in = PROCESS_PIPE;
	assert_int_equal(process_start(&first), 0);
	assert_int_equal(process_start(&second), 0);
	/* Were our end open in the second, the first would wait for ever. */
	process_close_in(&first);
	assert_int_equal(process_read_record(&first, &record, '\n', 10), 0);
	assert_int_equal(process_finish(&first), 0);
	assert_int_equal(process_finish(&second), 0);
	strbuf_release(&record);
}

/* How many descriptors are open here? */
static unsigned open_descriptors(void)
{
	unsigned nr = 0;

	for (int fd = 0; fd < 256; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

static void test_nothing_is_left_open(void **state UNUSED)
{
	unsigned before = open_descriptors();
	struct process p;
	struct strbuf text = STRBUF_INIT;

	use_script(&p, "exit 1");
	p.err = PROCESS_PIPE;
	assert_int_equal(process_capture(&p, &text, &text, 0), -1);
	p = (struct process)PROCESS_INIT;
	strvec_push(&p.args, "no-such-program");
	p.in = p.out = p.err = PROCESS_PIPE;
	assert_int_equal(process_start(&p), -1);
	use_script(&p, "cat");
	p.in = p.out = p.err = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	process_kill(&p);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	strbuf_release(&text);
}

/* Starts with room for 0, 1, 2, ... more descriptors, until that is enough. */
static void start_short_of_descriptors(void)
{
	unsigned before = open_descriptors(), failures = 0;
	int lowest = dup(STDERR_FILENO);
	struct rlimit limit;
	struct process p;

	close(lowest);
	getrlimit(RLIMIT_NOFILE, &limit);
	for (limit.rlim_cur = (rlim_t)lowest; failures < 50; limit.rlim_cur++, failures++) {
		setrlimit(RLIMIT_NOFILE, &limit);
		use_script(&p, "cat; echo out");
		p.in = p.out = p.err = PROCESS_PIPE;
		if (!process_start(&p))
			break;
		if (strcmp(error_message(), "cannot run sh: Too many open files") ||
		    open_descriptors() != before)
			_exit(2);
	}
	/* Three pipes have six ends. */
	if (failures < 6 || failures == 50)
		_exit(3);
	process_kill(&p);
}

static void test_a_lack_of_descriptors_is_an_error(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(start_short_of_descriptors, &said), 0);
	strbuf_release(&said);
}

static void test_kill_ends_what_ignores_term(void **state UNUSED)
{
	struct process p;
	struct strbuf record = STRBUF_INIT;

	use_script(&p, "trap '' TERM; echo ready; exec sleep 1000");
	p.out = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_read_record(&p, &record, '\n', 10), 1);
	error_set("mine");
	process_kill(&p);
	assert_int_equal(p.status, 128 + SIGKILL);
	assert_string_equal(error_message(), "mine");
	strbuf_release(&record);
}

static void test_kill_of_what_never_started(void **state UNUSED)
{
	struct process p = PROCESS_INIT;

	strvec_push(&p.args, "no-such-program");
	assert_int_equal(process_start(&p), -1);
	process_kill(&p);
	assert_int_equal(p.args.nr, 0);
}

static volatile sig_atomic_t alarms;

static void count_alarm(int sig UNUSED)
{
	alarms++;
}

static void test_signals_interrupt_nothing(void **state UNUSED)
{
	struct sigaction count = { .sa_handler = count_alarm }, old;
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	struct process p;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;

	strbuf_addchars(&in, 'x', 1 << 20);
	sigaction(SIGALRM, &count, &old);
	setitimer(ITIMER_REAL, &often, NULL);
	use_script(&p, "sleep 0.05; cat; sleep 0.05");
	assert_int_equal(process_capture(&p, &in, &out, 0), 0);
	assert_int_equal(out.len, in.len);
	use_script(&p, "sleep 0.05; echo; sleep 0.05");
	p.out = PROCESS_PIPE;
	assert_int_equal(process_start(&p), 0);
	assert_int_equal(process_read_record(&p, &out, '\n', 10), 1);
	assert_int_equal(process_finish(&p), 0);
	use_script(&p, "exec >&-; sleep 0.05; echo 'fatal: late' >&2; exit 1");
	p.err = PROCESS_PIPE;
	expect_failure(&p, "late", 1);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	alarm(HANG_SECONDS);
	assert_true(alarms > 10);
	strbuf_release(&in);
	strbuf_release(&out);
}

static void run_without_streams(void)
{
	struct process p;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	strbuf_addstr(&in, "text");
	use_script(&p, "cat; echo 'fatal: said' >&2; exit 1");
	p.err = PROCESS_PIPE;
	if (!process_capture(&p, &in, &out, 0) || strcmp(out.buf, "text") || strcmp(error_message(), "said"))
		_exit(1);
	strbuf_release(&in);
	strbuf_release(&out);
}

/* Here the pipe for stderr would get the numbers 0 and 1, over which /dev/null then goes. */
static void run_with_stderr_only(void)
{
	struct process p;

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	use_script(&p, "echo 'fatal: said' >&2; exit 1");
	p.out = PROCESS_NULL;
	p.err = PROCESS_PIPE;
	if (process_start(&p) || !process_finish(&p) || strcmp(error_message(), "said"))
		_exit(1);
}

static void test_closed_standard_streams(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(run_without_streams, &said), 0);
	assert_int_equal(unit_child(run_with_stderr_only, &said), 0);
	strbuf_release(&said);
}

static void read_without_a_pipe(void)
{
	struct process p = PROCESS_INIT;
	struct strbuf record = STRBUF_INIT;

	strvec_push(&p.args, "true");
	if (!process_start(&p))
		process_read_record(&p, &record, '\n', 10);
}

static void test_a_stream_that_is_no_pipe_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(read_without_a_pipe, "reading from true without a pipe");
}

static void test_starts_and_ends_are_traced(void **state UNUSED)
{
	struct process p = PROCESS_INIT;
	struct strbuf trace = STRBUF_INIT;

	strvec_pushl(&p.args, "git", "rev-parse", "--is-inside-work-tree", "it's", "a b", "", "\x1b[m",
		     "A..B^{tree}", NULL);
	strvec_pushl(&p.env, "UNIT=x y", "GIT_DIR=/nonexistent", NULL);
	p.err = PROCESS_NULL;
	expect_failure(&p, "git rev-parse ended with status 128", 128);
	assert_true(strbuf_read_file(&trace, trace_name, 0) > 0);
	assert_non_null(strstr(trace.buf, ": 'UNIT=x y' GIT_DIR=/nonexistent git rev-parse --is-inside-work-tree "
					  "'it'\\''s' 'a b' '' '\\x1b[m' 'A..B^{tree}'\nrun: end "));
	assert_true(ends_with(trace.buf, ": status 128\n"));
	strbuf_release(&trace);
}

static int set_up(void **state UNUSED)
{
	int fd = mkstemp(trace_name);

	alarm(HANG_SECONDS);
	setenv("GIT_TRACE_PERF_RUN", trace_name, 1);
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state UNUSED)
{
	error_clear();
	return unlink(trace_name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capture_takes_stdout),
		cmocka_unit_test(test_arguments_are_not_interpreted),
		cmocka_unit_test(test_neither_side_blocks_the_other),
		cmocka_unit_test(test_empty_input_is_an_end),
		cmocka_unit_test(test_input_may_be_left_unread),
		cmocka_unit_test(test_capture_refuses_more_than_the_limit),
		cmocka_unit_test(test_a_program_that_is_not_there),
		cmocka_unit_test(test_a_status_names_program_and_subcommand),
		cmocka_unit_test(test_a_signal_is_told),
		cmocka_unit_test(test_the_child_speaks_for_itself),
		cmocka_unit_test(test_a_late_complaint_is_heard),
		cmocka_unit_test(test_much_said_blocks_nothing),
		cmocka_unit_test(test_a_reader_that_is_gone_is_an_error),
		cmocka_unit_test(test_a_sigpipe_of_others_stays),
		cmocka_unit_test(test_children_die_of_sigpipe),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_records_across_buffers),
		cmocka_unit_test(test_a_record_over_the_limit),
		cmocka_unit_test(test_bytes_follow_records),
		cmocka_unit_test(test_environment_and_directory),
		cmocka_unit_test(test_streams_may_be_descriptors),
		cmocka_unit_test(test_capture_leaves_a_foreign_input_alone),
		cmocka_unit_test(test_pipes_are_not_inherited),
		cmocka_unit_test(test_nothing_is_left_open),
		cmocka_unit_test(test_a_lack_of_descriptors_is_an_error),
		cmocka_unit_test(test_kill_ends_what_ignores_term),
		cmocka_unit_test(test_kill_of_what_never_started),
		cmocka_unit_test(test_signals_interrupt_nothing),
		cmocka_unit_test(test_closed_standard_streams),
		cmocka_unit_test(test_a_stream_that_is_no_pipe_is_a_bug),
		cmocka_unit_test(test_starts_and_ends_are_traced),
	};

	return cmocka_run_group_tests_name("process", tests, set_up, tear_down);
}
