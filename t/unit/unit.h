/*
 * What unit tests share: cmocka with what its header wants before it, and a
 * child process for what must not happen in the test itself (BUG(), exit()).
 */
#ifndef UNIT_H
#define UNIT_H

#include "base/compat.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/strbuf.h"

/*
 * Runs `fn` in a child and takes what it says on stderr. Returns its exit
 * status, or 128 + the signal that ended it.
 */
static inline int unit_child(void (*fn)(void), struct strbuf *said)
{
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		/* A BUG() is to end this process, not to be reported by cmocka. */
		signal(SIGABRT, SIG_DFL);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		fn();
		_exit(0);
	}
	assert_true(pid > 0);
	close(fds[1]);
	assert_true(strbuf_read(said, fds[0], 0, "the child") >= 0);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* `fn` must end in a BUG() whose text holds `text`. */
static inline void unit_expect_bug(void (*fn)(void), const char *text)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(fn, &said), 128 + SIGABRT);
	assert_non_null(strstr(said.buf, "BUG: "));
	assert_non_null(strstr(said.buf, text));
	strbuf_release(&said);
}

#endif
