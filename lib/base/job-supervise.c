#include "base/job-private.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/clock.h"

/* How long KILL is repeated for what does not die of it (it hangs in the kernel, or is not ours). */
#define KILL_SECONDS 10
/* A process that deep below us is none of ours. */
#define DEPTH_MAX 4096

struct tree {
	pid_t child;
	bool child_ended;
	struct job_report report;
};

/* State and parent of a process; false when it is gone. */
static bool process_parent(const char *pid, char *state, pid_t *parent)
{
	char path[64], text[512], *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	/* The name before may hold anything, also ")". */
	end = strrchr(text, ')');
	if (!end || !end[1] || !end[2])
		return false;
	*state = end[2];
	*parent = (pid_t)strtol(end + 3, NULL, 10);
	return true;
}

/* Is this a living process below us? */
static bool is_below(const char *name, pid_t self)
{
	char pid[16], state;
	pid_t parent;

	if (!process_parent(name, &state, &parent) || state == 'Z' || state == 'X')
		return false;
	for (int depth = 0; depth < DEPTH_MAX && parent > 1; depth++) {
		if (parent == self)
			return true;
		snprintf(pid, sizeof(pid), "%ld", (long)parent);
		if (!process_parent(pid, &state, &parent))
			return false;
	}
	return false;
}

/* Sends the signals to everything below us; returns how many that is. */
static size_t signal_tree(const int *signals, size_t nr)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	pid_t self = getpid();
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || !is_below(entry->d_name, self))
			continue;
		count++;
		for (size_t i = 0; i < nr; i++)
			kill((pid_t)strtol(entry->d_name, NULL, 10), signals[i]);
	}
	if (dir)
		closedir(dir);
	return count;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Takes what has ended. Is there anything left below us? */
static bool reap(struct tree *tree)
{
	struct rusage usage;
	int status;
	pid_t pid;

	for (;;) {
		pid = wait4(-1, &status, WNOHANG, &usage);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return !pid;
		/*
		 * Each comes to one parent only: what another one waited for is in that one's usage, and
		 * what nobody did wait for falls to us.
		 */
		tree->report.user += seconds_of(usage.ru_utime);
		tree->report.sys += seconds_of(usage.ru_stime);
		if (pid != tree->child)
			continue;
		tree->child_ended = true;
		tree->report.wait_status = status;
	}
}

/* Waits for an end of a child or, when `control` is no -1, of it; at most `seconds` (negative: any time). */
static bool wait_event(int chld, int control, double seconds)
{
	struct pollfd fds[] = { { .fd = chld, .events = POLLIN }, { .fd = control, .events = POLLIN } };
	struct signalfd_siginfo info;
	int milliseconds = seconds < 0 ? -1 : seconds > 1e6 ? 1000000000 : (int)(seconds * 1000) + 1;

	if (poll(fds, ARRAY_SIZE(fds), milliseconds) < 0)
		return false;
	while (read(chld, &info, sizeof(info)) > 0)
		;
	return fds[1].revents;
}

static void end_tree(struct tree *tree, int chld, double grace)
{
	static const int gently[] = { SIGTERM, SIGCONT }, hard[] = { SIGSTOP, SIGKILL };
	double limit = clock_real() + grace;

	if (!reap(tree))
		return;
	tree->report.outlived = signal_tree(gently, ARRAY_SIZE(gently));
	while (clock_real() < limit && reap(tree))
		wait_event(chld, -1, limit - clock_real());
	limit = clock_real() + KILL_SECONDS;
	while (reap(tree) && clock_real() < limit) {
		/* Stopped first, all of them, so that none can be faster than this walk. */
		signal_tree(hard, 1);
		signal_tree(hard, ARRAY_SIZE(hard));
		wait_event(chld, -1, 0.01);
	}
	if (reap(tree))
		tree->report.left = signal_tree(NULL, 0);
}

static void write_report(int fd, const void *data, size_t len)
{
	/* Less than a pipe holds; when no one is there any more, no one asks. */
	ssize_t n = write(fd, data, len);

	(void)n;
}

/* Everything but what is kept is closed: pipes of others must not be held open from here. */
static void close_others(const int *keep, size_t nr)
{
	int from = STDERR_FILENO + 1;

	for (;;) {
		int next = INT_MAX;

		for (size_t i = 0; i < nr; i++)
			if (keep[i] >= from && keep[i] < next)
				next = keep[i];
		if (next > from)
			close_range((unsigned)from, next == INT_MAX ? ~0U : (unsigned)next - 1, 0);
		if (next == INT_MAX)
			return;
		from = next + 1;
	}
}

/* A function of ours: a fork that runs it, and ends. */
static NORETURN void become_function(const struct job_setup *setup, const int *from, int null)
{
	int error = 0;

	setpgid(0, 0);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && !error; fd++)
		if (dup2(from[fd], fd) < 0)
			error = errno;
	if (!error && setup->dir && chdir(setup->dir))
		error = errno;
	close(null);
	job_forget();
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &setup->mask, NULL);
	_exit(error ? 127 : setup->run(setup->run_data));
}

/*
 * A program; returns 0 or an error number. Spawned, because to copy the
 * memory of a large process a second time costs more than all else here.
 */
static int spawn(const struct job_setup *setup, const int *from, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	int error = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setsigmask(&attributes, &setup->mask);
	/* A group of its own, for what it does to "its group". */
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes,
				 POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && !error; fd++)
		error = posix_spawn_file_actions_adddup2(&actions, from[fd], fd);
	if (!error && setup->dir)
		error = posix_spawn_file_actions_addchdir_np(&actions, setup->dir);
	if (!error)
		error = posix_spawnp(child, setup->args[0], &actions, &attributes, setup->args,
				     setup->environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return error;
}

/* Starts the child; returns 0 or an error number. */
static int start(const struct job_setup *setup, pid_t *child)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), error = 0;
	const int from[] = { setup->in >= 0 ? setup->in : null, setup->out, setup->err };

	if (null < 0)
		return errno;
	if (!setup->run) {
		error = spawn(setup, from, child);
	} else {
		*child = fork();
		error = *child < 0 ? errno : 0;
		if (!*child)
			become_function(setup, from, null);
	}
	/* The caller's streams are not held open by a supervisor. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	close(null);
	return error;
}

/* Until the command has ended, or has to. */
static void watch(const struct job_setup *setup, struct tree *tree, int chld)
{
	double start_time = clock_real(), limit = start_time + setup->timeout;

	for (;;) {
		double left = limit - clock_real();

		reap(tree);
		tree->report.wall = clock_real() - start_time;
		if (tree->child_ended)
			return;
		if (setup->timeout > 0 && left <= 0) {
			tree->report.timed_out = true;
			return;
		}
		if (wait_event(chld, setup->control, setup->timeout > 0 ? left : -1)) {
			tree->report.stopped = true;
			return;
		}
	}
}

void job_supervise(const struct job_setup *setup)
{
	const int keep[] = { setup->in, setup->out, setup->err, setup->control, setup->report };
	struct tree tree = { 0 };
	sigset_t all, chld_set;
	int chld, error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* A disposition that ignores ends of children would hide them. */
	signal(SIGCHLD, SIG_DFL);
	setsid();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	close_others(keep, ARRAY_SIZE(keep));
	sigemptyset(&chld_set);
	sigaddset(&chld_set, SIGCHLD);
	chld = signalfd(-1, &chld_set, SFD_CLOEXEC | SFD_NONBLOCK);
	error = chld < 0 ? errno : start(setup, &tree.child);
	if (setup->in >= 0)
		close(setup->in);
	close(setup->out);
	close(setup->err);
	write_report(setup->report, &error, sizeof(error));
	if (!error) {
		watch(setup, &tree, chld);
		end_tree(&tree, chld, setup->grace);
		write_report(setup->report, &tree.report, sizeof(tree.report));
	}
	_exit(0);
}
