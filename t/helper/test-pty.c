/*
 * Runs a command on a terminal of its own and copies what appears there to
 * standard output, carriage returns dropped before line ends.
 *
 *	test-pty [--columns <n>] [--type <when> <keys>]... <command> [<arg>...]
 *
 * --type types <keys> once the text <when> has appeared: "^C" is Control-C,
 * anything else is typed as it stands. Texts are waited for in their order.
 * Exits with the command's status (128 + n for signal n), 124 after a minute.
 */
#include "base/strbuf.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

#define STATUS_USAGE 129
#define STATUS_LATE 124
#define PATIENCE_MS 60000
#define KEYS_MAX 8

struct typing {
	const char *when;
	const char *keys;
};

struct terminal {
	int fd;
	struct typing typing[KEYS_MAX];
	size_t nr, typed;
	/* Everything that appeared, and where the next text is looked for. */
	struct strbuf seen;
	size_t looked;
};

static void type_keys(struct terminal *t)
{
	while (t->typed < t->nr) {
		const struct typing *next = &t->typing[t->typed];
		const char *at = strstr(t->seen.buf + t->looked, next->when);
		const char *keys = strcmp(next->keys, "^C") ? next->keys : "\003";

		if (!at)
			return;
		t->looked = (size_t)(at - t->seen.buf) + strlen(next->when);
		t->typed++;
		if (write(t->fd, keys, strlen(keys)) < 0)
			return;
	}
}

/* Returns -1 when the command stays silent for too long. */
static int copy(struct terminal *t)
{
	char piece[4096];
	ssize_t n;

	for (;;) {
		struct pollfd in = { .fd = t->fd, .events = POLLIN };

		if (!poll(&in, 1, PATIENCE_MS))
			return -1;
		n = read(t->fd, piece, sizeof(piece));
		/* EIO: nobody holds the other side any more. */
		if (n <= 0)
			return 0;
		strbuf_add(&t->seen, piece, (size_t)n);
		type_keys(t);
	}
}

static void print_seen(const struct strbuf *seen)
{
	for (size_t i = 0; i < seen->len; i++)
		if (seen->buf[i] != '\r' || seen->buf[i + 1] != '\n')
			putchar(seen->buf[i]);
}

int main(int argc, char **argv)
{
	struct terminal t = { .seen = STRBUF_INIT };
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int at = 1, status = 0, late;
	pid_t pid;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--columns") && at + 1 < argc) {
			size.ws_col = (unsigned short)strtoul(argv[++at], NULL, 10);
		} else if (!strcmp(argv[at], "--type") && at + 2 < argc && t.nr < KEYS_MAX) {
			t.typing[t.nr++] = (struct typing){ argv[at + 1], argv[at + 2] };
			at += 2;
		} else {
			return STATUS_USAGE;
		}
	}
	if (at == argc)
		return STATUS_USAGE;
	pid = forkpty(&t.fd, NULL, NULL, &size);
	if (!pid) {
		execvp(argv[at], argv + at);
		_exit(127);
	}
	late = copy(&t);
	if (late)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	print_seen(&t.seen);
	strbuf_release(&t.seen);
	if (late)
		return STATUS_LATE;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
